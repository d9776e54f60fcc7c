"""Hours of work of an offer: up to three spans, which may pass midnight, on the days that are not free."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.matching.hellowork.figures import days_off, minute, number, span
from services.matching.hours import DAY, LATEST, Window
from services.matching.offer import Unsaid

SPANS = (1, 2, 3)
WEEK = frozenset(range(7))
BY_AGREEMENT = "相談"


@dataclass(frozen=True)
class WorkTime:
    """`minutes_a_day` of the longest span without the break. `wrong`: tags that cannot be read. `unsaid`: what the advertisement does not tell.
    Without `windows` that is the hours, unless it says that they are by agreement; where the days off may change, it is the days."""

    windows: tuple[Window, ...]
    minutes_a_day: int | None
    days_a_week: int | None
    wrong: tuple[str, ...] = ()
    unsaid: tuple[Unsaid, ...] = ()


def work_time(tags: Mapping[str, str]) -> WorkTime:
    """Of `shgjnN_open`, `shgjnN_close` (or `shgjnN_open_close`, 8:30〜17:30), `kyukeijn_n` (minutes of break) and `kyjs` (days off)."""
    off, fixed = days_off(tags.get("kyjs", ""))
    working = tuple(sorted(WEEK - off)) or tuple(sorted(WEEK))
    spans: list[tuple[int, int]] = []
    wrong: list[str] = []
    for turn in SPANS:
        tag, ends = _ends(tags, turn)
        if ends is None:
            wrong += [tag] if tag and BY_AGREEMENT not in tags.get(tag, "") else []
        elif ends not in spans:
            spans.append(ends)
    longest = max((close - start for start, close in spans), default=None)
    rest = number(tags.get("kyukeijn_n", "")) or 0
    minutes = longest - rest if longest is not None and 0 <= rest < longest else longest
    windows = tuple(w for s in spans for w in windows_of(*s, working))
    days = len(working) if fixed and len(off) < len(WEEK) else None
    return WorkTime(windows, minutes, days, tuple(wrong), _unsaid(tags, spans, days))


def _unsaid(tags: Mapping[str, str], spans: list[tuple[int, int]], days: int | None) -> tuple[Unsaid, ...]:
    if spans:
        return ("days",) if days is None else ()
    agreed = any(tag.startswith("shgjn") and BY_AGREEMENT in text for tag, text in tags.items())
    return () if agreed else ("hours",)


def _ends(tags: Mapping[str, str], turn: int) -> tuple[str | None, tuple[int, int] | None]:
    """The tag to blame and the two minutes; no tag where nothing is said."""
    opening, closing, both = f"shgjn{turn}_open", f"shgjn{turn}_close", f"shgjn{turn}_open_close"
    if opening in tags or closing in tags:
        said = (tags.get(opening, ""), tags.get(closing, ""))
        tag = opening if minute(said[0]) is None else closing
    elif both in tags:
        said, tag = span(tags[both]) or ("", ""), both
    else:
        return None, None
    start, close = minute(said[0]), minute(said[1])
    if start is None or close is None or start == close or start >= DAY:
        return tag, None
    return tag, (start, close if close > start else close + DAY)


def windows_of(start: int, close: int, weekdays: tuple[int, ...]) -> tuple[Window, ...]:
    """A span from `start` on each weekday; what passes 30:00 goes on in the next day's morning. Minutes; the span is shorter than a day."""
    if close <= LATEST:
        return (Window(weekdays, start, close),)
    following = tuple(sorted((weekday + 1) % 7 for weekday in weekdays))
    return (Window(weekdays, start, LATEST, goes_on=True), Window(following, LATEST - DAY, close - DAY))
