"""Hotlines: the right ones at the right hour, and none that nobody has checked for half a year."""

from datetime import UTC, date, datetime, timedelta
from typing import get_args

import pytest

from services.intake.answer import urgent
from services.intake.hotlines import CHECKED, HOTLINES, REVIEW_WITHIN, open_now, stale
from shared.clock import system_now
from shared.events.intake import UrgentKind
from shared.tenancy import Desk

DESK = Desk(name="見本窓口", phone="000-000-0000", hours="平日 9:00-17:00")


def tokyo(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, minute, tzinfo=UTC) - timedelta(hours=9)


def test_every_entry_was_checked_within_half_a_year() -> None:
    assert stale(system_now().date()) == []


def test_an_entry_that_nobody_checks_goes_stale() -> None:
    assert stale(CHECKED + REVIEW_WITHIN) == []
    assert stale(CHECKED + REVIEW_WITHIN + timedelta(days=1)) == list(HOTLINES)


def test_every_entry_names_its_source_and_its_day() -> None:
    for line in HOTLINES:
        assert line.source.startswith("https://")
        assert line.verified_at <= date(2026, 11, 22)
        assert line.kinds


@pytest.mark.parametrize(
    ("now", "numbers"),
    [
        (tokyo(1, 3), {"119", "0120-279-338"}),
        (tokyo(1, 15, 59), {"119", "0120-279-338", "0570-783-556"}),
        (tokyo(1, 16), {"119", "0120-279-338", "0570-783-556", "0120-783-556", "0120-99-7777"}),
        (tokyo(1, 21), {"119", "0120-279-338", "0570-783-556"}),
        (tokyo(1, 22), {"119", "0120-279-338"}),
        (tokyo(10, 3), {"119", "0120-279-338", "0120-783-556"}),
    ],
)
def test_only_what_answers_now_is_called_open(now: datetime, numbers: set[str]) -> None:
    assert {line.number for line in open_now("suicide", now)} == numbers


@pytest.mark.parametrize("kind", get_args(UrgentKind))
@pytest.mark.parametrize("hour", [0, 5, 12, 23])
def test_every_danger_has_somebody_to_call_at_every_hour(kind: UrgentKind, hour: int) -> None:
    assert len(open_now(kind, tokyo(1, hour))) >= 1
    answer = urgent(kind, DESK, tokyo(1, hour))
    assert answer.kind == "urgent"
    assert answer.parts[-1].links[0].url == "tel:000-000-0000"
    assert any(link.url.startswith("tel:") for link in answer.parts[1].links)


def test_the_line_whose_hours_contradict_each_other_is_left_out() -> None:
    assert "0120-061-338" not in {line.number for line in HOTLINES}
