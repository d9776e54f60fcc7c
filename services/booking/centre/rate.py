"""Hourly rates by the date from which they hold, e.g. the prefecture's minimum wage, which changes each October."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from shared.errors import Conflict, Invalid


class NoRate(Conflict):
    """No hourly rate holds on a date that was worked."""

    slug = "no-hourly-rate"


@dataclass(frozen=True, order=True)
class Rate:
    """Yen an hour from `valid_from` on (a service date), until a later rate begins."""

    valid_from: date
    yen: int


def check_rates(field: str, rates: Sequence[Rate]) -> tuple[Rate, ...]:
    """In order of date. Raises Invalid for two rates of one date."""
    ordered = tuple(sorted(rates))
    if len({rate.valid_from for rate in ordered}) < len(ordered):
        raise Invalid(field, "two rates begin on the same date")
    return ordered


def rate_on(day: date, *by_importance: Sequence[Rate]) -> int:
    """Yen an hour on a service date: of the first list that has a rate for it (the worker's own before the centre's).

    Raises NoRate.
    """
    for rates in by_importance:
        valid = [rate for rate in rates if rate.valid_from <= day]
        if valid:
            return max(valid).yen
    raise NoRate(f"no hourly rate holds on {day.isoformat()}")
