"""What working out a recurrence rule costs, judged before it is done: a foreign file must not keep a process busy.

The library walks from an event's first day, period by period, and a rule that never matches ("every 30 February") to the year 9999.
Rules that surely recur cost what lies before the horizon; of others only those by months and years are worked out, at the price of the
whole walk.
"""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

Rule = Mapping[str, Any]
A_DAY = {"DAILY": 1.0, "WEEKLY": 1 / 7, "MONTHLY": 1 / 28, "YEARLY": 1 / 365}
"""Periods a day. What recurs within a day is no calendar of a person."""
TO_THE_END = {"MONTHLY": 100_000.0, "YEARLY": 60_000.0}
WITHIN_DAY = ("BYHOUR", "BYMINUTE", "BYSECOND")
BY_DATE = ("BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYWEEKNO", "BYMONTH", "BYSETPOS")
WEEKDAY = re.compile(r"([+-]?[1-4])?(MO|TU|WE|TH|FR|SA|SU)")
ALWAYS_THERE = 28
"""A day of the month that every month has."""


class NotUnderstood(Exception):
    """The event is left out, for this reason."""


def cost_of(rule: Rule, first: date, until: date) -> float:
    """How many steps the walk takes, for an event that begins on `first`, up to `until`. Raises NotUnderstood."""
    frequency = str(_one(rule, "FREQ")).upper()
    if frequency not in A_DAY:
        raise NotUnderstood(f"recurs {frequency[:20]}: only by days, weeks, months or years")
    interval = int(_one(rule, "INTERVAL", 1))
    if interval < 1:
        raise NotUnderstood("INTERVAL must be 1 or more")
    within = 1
    for name in WITHIN_DAY:
        within *= max(len(rule.get(name, ())), 1)
    if within > 24:
        raise NotUnderstood("recurs more than 24 times a day")
    parts = {name for name in BY_DATE if name in rule}
    if surely_recurs(rule, frequency, interval, parts, first):
        # with BY… parts one period may hold an occurrence a day
        return max((until - first).days, 0) * (1.0 if parts else A_DAY[frequency]) * within
    if frequency not in TO_THE_END:
        raise NotUnderstood("recurs in a way that may never come")
    return TO_THE_END[frequency] * within


def surely_recurs(rule: Rule, frequency: str, interval: int, parts: set[str], first: date) -> bool:
    """Whether the next occurrence is never more than a few years away. False when it is not clear."""
    days = [WEEKDAY.fullmatch(str(day).upper()) for day in rule.get("BYDAY", ())]
    if not all(days) or parts & {"BYYEARDAY", "BYWEEKNO"}:
        return False
    if (
        len({bool(day and day[1]) for day in days}) > 1
    ):  # the library asks a day to be both: a Monday and the first Tuesday
        return False
    if "BYSETPOS" in parts:
        plain = all(day and day[1] is None for day in days)
        few = all(1 <= abs(int(n)) <= 4 for n in rule["BYSETPOS"])
        return frequency == "MONTHLY" and parts == {"BYDAY", "BYSETPOS"} and plain and few
    always = all(1 <= abs(int(day)) <= ALWAYS_THERE for day in rule.get("BYMONTHDAY", ()))
    known = first.day <= ALWAYS_THERE
    return {
        "DAILY": not parts
        or (parts == {"BYDAY"} and interval % 7 != 0)
        or (parts == {"BYMONTH"} and interval == 1),
        "WEEKLY": parts <= {"BYDAY"} or (parts <= {"BYDAY", "BYMONTH"} and interval == 1),
        "MONTHLY": parts <= {"BYDAY"}
        or (parts == {"BYMONTHDAY"} and always)
        or (parts == {"BYMONTH", "BYDAY"} and interval == 1),
        "YEARLY": parts <= {"BYDAY"}
        or parts == {"BYMONTH", "BYDAY"}
        or (parts == {"BYMONTH"} and known)
        or (parts == {"BYMONTH", "BYMONTHDAY"} and always),
    }[frequency]


def _one(rule: Rule, name: str, default: Any = None) -> Any:
    values = rule.get(name, default)
    return values[0] if isinstance(values, list) and values else values
