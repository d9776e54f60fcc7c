"""Places at workplaces, and stays that three parties agree to."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import permutations

import pytest

from services.booking.centre.experience import (
    PARTIES,
    Experience,
    ExperienceState,
    NotOver,
    agree,
    complete,
    expire,
    request,
    sessions_at,
    withdraw,
)
from services.booking.centre.place import (
    Place,
    PrerequisitesMissing,
    check_place,
    check_prerequisites,
    sessions_of,
)
from services.booking.hours import WeeklyHours
from shared.errors import Invalid
from shared.events.booking import ExperienceAgreed, Party
from tests.unit.booking.centre.builders import TOKYO, tokyo

NOW = tokyo(1, 10)
PLACE = Place(
    "plc_a",
    "見本の体験",
    "見本商店",
    "work_experience",
    date(2026, 12, 1),
    date(2027, 3, 31),
    (WeeklyHours(0, 600, 720), WeeklyHours(2, 780, 900)),
    seats=2,
    prerequisites=("insurance",),
)


def stay(agree_by: datetime | None = None) -> Experience:
    first, last = date(2026, 12, 7), date(2026, 12, 18)
    sessions = sessions_at(sessions_of(PLACE, first, last), TOKYO)
    until = agree_by or tokyo(6, 10)
    made, _ = request("exp_a", "res_a", "plc_a", first, last, sessions, until, NOW)
    return made


def agreed(parties: tuple[Party, ...]) -> Experience:
    found = stay()
    for party in parties:
        outcome = agree(found, party, f"by:{party}", NOW)
        assert outcome is not None
        found = outcome[0]
    return found


def test_a_stay_has_the_sessions_of_its_weeks_without_holidays() -> None:
    found = sessions_of(PLACE, date(2026, 12, 7), date(2026, 12, 18))
    assert [s.service_date.day for s in found] == [7, 9, 14, 16]
    new_year = sessions_of(PLACE, date(2027, 1, 11), date(2027, 1, 13))  # the 11th is a holiday
    assert [s.service_date.day for s in new_year] == [13]
    works = replace(PLACE, works_holidays=True)
    assert len(sessions_of(works, date(2027, 1, 11), date(2027, 1, 13))) == 2
    assert [s.service_date.day for s in sessions_of(PLACE, date(2026, 12, 7), date(2026, 12, 18), {2})] == [
        9,
        16,
    ]


@pytest.mark.parametrize(
    ("first", "last"),
    [
        (date(2026, 12, 18), date(2026, 12, 7)),
        (date(2026, 11, 30), date(2026, 12, 7)),
        (date(2026, 12, 7), date(2027, 4, 1)),
        (date(2026, 12, 7), date(2027, 3, 9)),
        (date(2026, 12, 8), date(2026, 12, 8)),
    ],
)
def test_a_stay_that_cannot_be_is_refused(first: date, last: date) -> None:
    with pytest.raises(Invalid):
        sessions_of(PLACE, first, last)


def test_a_supported_short_job_asks_for_neither_cv_nor_interview() -> None:
    short = replace(PLACE, kind="supported_short_job")
    assert check_place(short) == short
    for asking, field in (
        (replace(short, needs_cv=True), "needs_cv"),
        (replace(short, needs_interview=True), "needs_interview"),
    ):
        with pytest.raises(Invalid) as refused:
            check_place(asking)
        assert refused.value.field == field
    assert check_place(replace(PLACE, needs_cv=True))


def test_what_the_workplace_needs_beforehand_is_named() -> None:
    check_prerequisites(PLACE, {"insurance", "more"})
    with pytest.raises(PrerequisitesMissing) as refused:
        check_prerequisites(PLACE, ())
    assert refused.value.missing == ("insurance",)


@pytest.mark.parametrize("order", list(permutations(PARTIES)))
def test_the_order_of_the_three_is_free_and_the_last_one_confirms(order: tuple[Party, ...]) -> None:
    before = agreed(order[:2])
    assert (before.state, before.missing) == ("requested", (order[2],))
    outcome = agree(before, order[2], "x", NOW)
    assert outcome is not None
    after, (event,) = outcome
    assert (after.state, after.missing) == ("confirmed", ())
    assert isinstance(event, ExperienceAgreed)
    assert (event.party, event.complete) == (order[2], True)


def test_agreeing_twice_is_agreeing_once_and_says_who_said_so() -> None:
    once = agreed(("workplace",))
    assert agree(once, "workplace", "x", NOW) is None
    assert once.agreed["workplace"].by == "by:workplace"


@pytest.mark.parametrize("party", PARTIES)
def test_any_party_may_step_back_before_and_during_the_stay(party: Party) -> None:
    for parties in ((), ("resident",), PARTIES):
        outcome = withdraw(agreed(parties), party)
        assert outcome is not None
        assert outcome[0].state == "cancelled"
        assert outcome[0].cancelled_by == ("resident" if party == "resident" else "staff")
        assert withdraw(outcome[0], party) is None
        with pytest.raises(ExperienceState):
            agree(outcome[0], "resident", "x", NOW)


def test_a_seat_is_held_until_agree_by_and_never_past_the_first_session() -> None:
    found = stay()
    assert expire(found, found.agree_by - timedelta(seconds=1)) is None
    with pytest.raises(ExperienceState):
        agree(found, "resident", "x", found.agree_by)
    outcome = expire(found, found.agree_by)
    assert outcome is not None
    assert (outcome[0].state, outcome[0].cancelled_by) == ("cancelled", "system")
    assert stay(tokyo(20, 0)).agree_by == tokyo(7, 10)
    assert expire(agreed(PARTIES), tokyo(20, 0)) is None


def test_a_stay_is_complete_once_its_last_session_has_begun() -> None:
    confirmed = agreed(PARTIES)
    with pytest.raises(NotOver):
        complete(confirmed, tokyo(16, 12))
    outcome = complete(confirmed, tokyo(16, 14))
    assert outcome is not None
    assert complete(outcome[0], tokyo(17, 14)) is None
    with pytest.raises(ExperienceState):
        withdraw(outcome[0], "resident")
    with pytest.raises(ExperienceState):
        complete(stay(), tokyo(17, 14))
