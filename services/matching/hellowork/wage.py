"""What an hour is paid at least. A wage by the month or the day becomes one by the hour only where the hours are known, and says so.

    from a day      amount / hours of a day
    from a month    amount * 12 / (working days of a year * hours of a day), working days = 365 - holidays of a year

Source of the rule: 労働基準法施行規則19条1項 (the wage divided by the mean scheduled hours of a month or a day). Without the length of the
break the whole time counts as work, which makes the result lower, never higher. Rounded down to whole yen.
"""

from dataclasses import dataclass
from typing import Literal

Form = Literal["hour", "day", "month", "year", "other"]
FORMS: tuple[tuple[str, Form], ...] = (
    ("時給", "hour"), ("時間", "hour"), ("日給月給", "month"), ("日給", "day"), ("日額", "day"),
    ("月給", "month"), ("月額", "month"), ("年俸", "year"), ("年額", "year"),
)  # fmt: skip
LEAST, MOST = 500, 20_000
"""Yen an hour: what is outside is a slip of the pen (the lowest minimum wage of 2025 is 1,023)."""
MONTHS = 12
DAYS = 365


@dataclass(frozen=True)
class Wage:
    """Yen in the unit of `form`, at least `low`. `hourly` is None where it cannot be told, `derived` where it was reckoned."""

    form: Form
    low: int | None
    high: int | None
    hourly: int | None = None
    derived: bool = False


def form_of(text: str) -> Form | None:
    """The unit of a wage: 月給 -> month. None for an empty text."""
    return next((form for word, form in FORMS if word in text), "other") if text else None


def wage_of(
    form: Form, low: int | None, high: int | None, minutes_a_day: int | None, holidays: int | None
) -> Wage:
    """`minutes_a_day` of work, breaks left out where they are known; `holidays` in a year."""
    hourly = _hourly(form, low, minutes_a_day, holidays) if low is not None else None
    return Wage(form, low, high, hourly, derived=hourly is not None and form != "hour")


def _hourly(form: Form, low: int, minutes_a_day: int | None, holidays: int | None) -> int | None:
    if form == "hour":
        return low
    if not minutes_a_day or form == "other":
        return None
    if form == "day":
        return low * 60 // minutes_a_day
    if holidays is None or not 0 <= holidays < DAYS:
        return None
    a_year = low * MONTHS if form == "month" else low
    return a_year * 60 // ((DAYS - holidays) * minutes_a_day)


def believable(wage: Wage) -> bool:
    """An hourly wage that can be true, or none."""
    return wage.hourly is None or LEAST <= wage.hourly <= MOST
