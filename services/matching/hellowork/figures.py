"""Numbers, days and times as Hello Work writes them. Every function gives None for what it cannot read."""

import re
import unicodedata
from datetime import date

ERAS = {
    "令和": (date(2019, 5, 1), date.max),
    "平成": (date(1989, 1, 8), date(2019, 4, 30)),
    "昭和": (date(1926, 12, 25), date(1989, 1, 7)),
}
"""First and last day. Source: 元号を改める政令 (2019, 1989), 昭和改元の詔書 (1926)."""
_LETTERS = {"R": "令和", "H": "平成", "S": "昭和"}
_WESTERN = re.compile(r"(\d{4})(?:[-/.年]?)(\d{1,2})(?:[-/.月]?)(\d{1,2})日?")
_ERA = re.compile(r"(令和|平成|昭和|[RHS])\.?(\d{1,2}|元)(?:[-/.年])(\d{1,2})(?:[-/.月])(\d{1,2})日?")
_CLOCK = re.compile(r"(\d{1,2})(?::|時|(?=\d\d$))(\d{1,2})?分?")
_SPAN = re.compile(r"(.+?)(?:~|-|〜|から)(.+?)(?:まで)?")
WEEKDAYS = "月火水木金土日"
_DAYS_OFF = re.compile(rf"(?:[{WEEKDAYS}](?:曜日?)?)+")
_HOLIDAYS = {"祝", "祝日", "祝祭日", "国民の祝日"}


def plain(text: str) -> str:
    """Narrow digits and letters, no blanks."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text))


def number(text: str) -> int | None:
    """The only number of a text: 192,000円, 3人, 月平均5時間. None where there are several or none."""
    found = re.findall(r"\d+(?:\.\d+)?", plain(text).replace(",", ""))
    return int(float(found[0])) if len(found) == 1 and len(found[0]) <= 10 else None


def day(text: str) -> date | None:
    """2026/12/1, 20261201, 2026年12月1日, 令和8年12月1日, R8.12.1. A day outside its era is none."""
    said = plain(text)
    if western := _WESTERN.fullmatch(said):
        return _date(*(int(part) for part in western.groups()))
    if japanese := _ERA.fullmatch(said):
        era, year, month, of_month = japanese.groups()
        first, last = ERAS[_LETTERS.get(era, era)]
        found = _date(first.year - 1 + (1 if year == "元" else int(year)), int(month), int(of_month))
        return found if found and first <= found <= last else None
    return None


def _date(year: int, month: int, of_month: int) -> date | None:
    try:
        return date(year, month, of_month)
    except ValueError:
        return None


def minute(text: str) -> int | None:
    """Minutes since midnight of 8:30, 0830, 8時30分, 8時; up to 30:00."""
    found = _CLOCK.fullmatch(plain(text))
    if found is None:
        return None
    hours, minutes = int(found[1]), int(found[2] or 0)
    return hours * 60 + minutes if minutes < 60 and hours * 60 + minutes <= 30 * 60 else None


def span(text: str) -> tuple[str, str] | None:
    """The two ends of 8:30〜17:30, as they are written."""
    found = _SPAN.fullmatch(plain(text))
    return (found[1], found[2]) if found else None


def days_off(text: str) -> tuple[frozenset[int], bool]:
    """Weekdays that are always free (0 is Monday), and whether nothing else is said that may change from week to week.

    土，日，祝日 gives Saturday and Sunday, fixed; 日，その他 gives Sunday, not fixed.
    """
    off: set[int] = set()
    fixed = True
    for word in re.split(r"[,、・/]", plain(text)):
        stem = re.sub(r"(?:国民の祝日|祝祭日|祝日|祝)$", "", word)
        if _DAYS_OFF.fullmatch(stem):
            off |= {WEEKDAYS.index(sign) for sign in re.sub(r"曜日?", "", stem)}
        elif stem or not (word in _HOLIDAYS or not word):
            fixed = False
    return frozenset(off), fixed and bool(off)
