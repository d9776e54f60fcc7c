"""Who gets one more reminder: by counts alone, and never when the municipality does not want it."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.risk import History, helps_to_be_reminded
from shared.tenancy import Booking

TERMS = Booking()
DAYS = timedelta(days=1)
counts = st.integers(0, 50)
leads = st.timedeltas(timedelta(), timedelta(days=60))


@pytest.mark.parametrize(
    ("attended", "missed", "days", "expected"),
    [
        (0, 0, 2, False),
        (0, 0, 3, True),
        (0, 1, 2, True),
        (0, 1, 0, False),
        (1, 0, 20, False),
        (3, 1, 2, False),
        (3, 1, 7, True),
        (20, 1, 20, False),
        (6, 4, 2, True),
    ],
)
def test_the_rule_in_examples(attended: int, missed: int, days: int, expected: bool) -> None:
    assert helps_to_be_reminded(History(attended, missed), days * DAYS, TERMS) is expected


@given(counts, counts, leads)
def test_a_municipality_can_switch_it_off(attended: int, missed: int, lead: timedelta) -> None:
    assert not helps_to_be_reminded(History(attended, missed), lead, Booking(extra_reminders=False))


@given(counts, counts, leads)
def test_who_misses_more_is_never_reminded_less(attended: int, missed: int, lead: timedelta) -> None:
    if missed and helps_to_be_reminded(History(attended, missed), lead, TERMS):
        assert helps_to_be_reminded(History(attended, missed + 1), lead, TERMS)


@given(counts, counts, leads)
def test_coming_is_never_answered_with_more_reminders(attended: int, missed: int, lead: timedelta) -> None:
    if helps_to_be_reminded(History(attended + 1, missed), lead, TERMS):
        assert helps_to_be_reminded(History(attended, missed), lead, TERMS)
