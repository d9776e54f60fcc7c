"""Hours as parts of the week to tick and days to have off: short on a phone, and there and back without loss."""

from collections.abc import Iterable, Mapping, Sequence

from services.matching.hours import DAY, Window

KEEP = "keep"
WEEK = tuple(str(day) for day in range(7))
_DAYS: Mapping[str, tuple[str, tuple[int, ...]]] = {
    "weekday": ("平日", (0, 1, 2, 3, 4)),
    "weekend": ("土日", (5, 6)),
}
_PARTS: Mapping[str, tuple[str, int, int]] = {
    "early": ("早朝（5時〜9時）", 300, 540),
    "day": ("昼（9時〜17時）", 540, 1020),
    "evening": ("夕方から夜（17時〜22時）", 1020, 1320),
    "night": ("夜おそく（22時〜29時）", 1320, 1740),
}
WINDOWS: Mapping[str, Window] = {
    f"{days}-{part}": Window(weekdays, start, end)
    for days, (_, weekdays) in _DAYS.items()
    for part, (_, start, end) in _PARTS.items()
}
LABELS: Mapping[str, str] = {
    f"{days}-{part}": f"{name}の{label}"
    for days, (name, _) in _DAYS.items()
    for part, (label, _, _) in _PARTS.items()
}
_ALL = tuple(range(7))


def windows_of(
    parts: Sequence[str], days_off: Sequence[str], kept: tuple[Window, ...] = ()
) -> tuple[Window, ...] | None:
    """The hours wished for: the parts that are ticked without the days off, and what is kept when `KEEP` is ticked.

    Days off alone leave all other days, whole. None when days off leave nothing of what is ticked.
    """
    off = {int(day) for day in days_off if day in WEEK}
    ticked = [WINDOWS[part] for part in parts if part in WINDOWS]
    if not ticked and KEEP not in parts:
        if not off:
            return ()
        ticked = [Window(_ALL, 0, DAY)]
    left = [Window(days, w.start, w.end) for w in ticked if (days := _without(w.weekdays, off))]
    if KEEP in parts:
        left += kept
    return tuple(left) or None


def parts_of(hours: Iterable[Window]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[Window, ...]]:
    """(parts, days off, what they cannot say), such that `windows_of` gives the same hours again."""
    windows = tuple(dict.fromkeys(hours))
    if len(windows) == 1 and (windows[0].start, windows[0].end) == (0, DAY) and len(windows[0].weekdays) < 7:
        return (), _names(set(_ALL) - set(windows[0].weekdays)), ()
    parts: list[str] = []
    kept: list[Window] = []
    off: dict[str, set[int]] = {}
    for window in windows:
        group, part = _part(window) or ("", "")
        missing = set(_DAYS[group][1]) - set(window.weekdays) if group else set()
        if group and off.setdefault(group, missing) == missing:
            parts.append(f"{group}-{part}")
        else:
            kept.append(window)
    return tuple(parts), _names(set().union(*off.values())), tuple(kept)


def _part(window: Window) -> tuple[str, str] | None:
    """The group of days and the part of the day that a window lies in, some days of the group perhaps missing."""
    for part, (_, start, end) in _PARTS.items():
        if (window.start, window.end) == (start, end):
            return next(
                ((g, part) for g, (_, days) in _DAYS.items() if set(window.weekdays) <= set(days)), None
            )
    return None


def _without(weekdays: tuple[int, ...], off: set[int]) -> tuple[int, ...]:
    return tuple(day for day in weekdays if day not in off)


def _names(days: set[int]) -> tuple[str, ...]:
    return tuple(str(day) for day in sorted(days))
