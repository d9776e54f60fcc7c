"""A stay at a workplace in the words of the resident's pages."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest

from services.booking.centre.experience import (
    PARTIES,
    Experience,
    agree,
    expire,
    request,
    sessions_at,
    withdraw,
)
from services.booking.centre.place import Place, sessions_of
from services.booking.hours import WeeklyHours
from services.booking.pages.stay_views import Standing, standing_of, view_of, week_text
from shared.events.booking import Party
from tests.unit.booking.centre.builders import TOKYO, tokyo

NOW = tokyo(1, 10)
FIRST, LAST = date(2026, 12, 7), date(2026, 12, 18)
PLACE = Place(
    "plc_a",
    "見本の体験",
    "見本商店",
    "work_experience",
    date(2026, 12, 1),
    date(2027, 3, 31),
    (WeeklyHours(0, 600, 720), WeeklyHours(2, 600, 720), WeeklyHours(2, 1380, 1500)),
    prerequisites=("insurance", "sample_code"),
)


def stay(*agreed: Party, place: Place = PLACE) -> Experience:
    sessions = sessions_at(sessions_of(place, FIRST, LAST), TOKYO)
    made, _ = request("exp_a", "res_a", "plc_a", FIRST, LAST, sessions, tokyo(6, 10), NOW)
    for party in agreed:
        outcome = agree(made, party, "x", NOW)
        assert outcome is not None
        made = outcome[0]
    return made


def gone(found: Experience, party: Party) -> Experience:
    outcome = withdraw(found, party)
    assert outcome is not None
    return outcome[0]


def lapsed() -> Experience:
    outcome = expire(stay(), tokyo(6, 10))
    assert outcome is not None
    return outcome[0]


@pytest.mark.parametrize(
    ("found", "now", "standing"),
    [
        (stay(), tokyo(6, 9), "waiting"),
        (stay(), tokyo(6, 10), "lapsed"),  # nobody has let go of it yet
        (lapsed(), NOW, "lapsed"),
        (stay(*PARTIES), tokyo(7, 9), "decided"),
        (stay(*PARTIES), tokyo(7, 10), "running"),
        (stay(*PARTIES), tokyo(16, 24), "running"),
        (stay(*PARTIES), tokyo(16, 25), "over"),  # nobody has written down yet that it is
        (replace(stay(*PARTIES), state="completed"), tokyo(16, 24), "over"),
        (gone(stay(), "resident"), NOW, "stepped_back"),
        (gone(stay(*PARTIES), "workplace"), NOW, "called_off"),
    ],
)
def test_how_a_stay_stands_follows_its_state_and_the_clock(
    found: Experience, now: datetime, standing: Standing
) -> None:
    assert standing_of(found, now) == standing


def test_who_has_agreed_and_what_one_may_do_is_shown() -> None:
    asked = view_of(stay("workplace"), PLACE, NOW)
    assert asked.agreed == [("あなた", None), ("受け入れ先", NOW), ("窓口", None)]
    assert (asked.may_agree, asked.may_withdraw) == (True, True)
    done = view_of(stay("resident"), PLACE, NOW)
    assert (done.may_agree, done.may_withdraw) == (False, True)
    running = view_of(stay(*PARTIES), PLACE, tokyo(9, 10))
    assert (running.may_agree, running.may_withdraw) == (False, True)
    over = view_of(stay(*PARTIES), PLACE, tokyo(18, 10))
    assert (over.may_agree, over.may_withdraw, over.ahead) == (False, False, False)
    late = view_of(stay(), PLACE, tokyo(6, 10) + timedelta(seconds=1))
    assert (late.may_agree, late.may_withdraw) == (False, False)


def test_what_is_needed_beforehand_is_said_in_words() -> None:
    assert view_of(stay(), PLACE, NOW).needed == ["保険に入ること", "窓口が知らせること（sample_code）"]


def test_the_week_is_told_by_weekdays_and_times() -> None:
    assert week_text(stay().sessions) == ["月・水 10:00から12:00まで", "水 23:00から25:00まで"]
