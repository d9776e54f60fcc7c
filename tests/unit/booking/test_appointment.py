"""The rules of an appointment's life."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from services.booking.appointment import (
    AlreadyStarted,
    Appointment,
    HoldExpired,
    NotStarted,
    State,
    WrongState,
    attend,
    book,
    cancel,
    confirm,
    expire,
    hold,
    miss,
    move,
    reaffirm,
    swap,
)
from services.booking.counsellor import Asked
from services.booking.slot import slot_at
from services.booking.wish import Wishes
from shared.events.booking import (
    AppointmentCancelled,
    AppointmentHeld,
    AppointmentMissed,
    AppointmentMoved,
    AppointmentReaffirmed,
)

NOW = datetime(2026, 12, 1, 15, 40, tzinfo=UTC)
SLOT = slot_at("cou_a", "online", date(2026, 12, 3), 1470, 60, ZoneInfo("Asia/Tokyo"))
LATER = slot_at("cou_a", "online", date(2026, 12, 4), 1320, 60, ZoneInfo("Asia/Tokyo"))
START = SLOT.starts_at


def held() -> Appointment:
    return hold("apt_a", "res_a", SLOT, NOW + timedelta(minutes=10), NOW)[0]


def confirmed() -> Appointment:
    return confirm(held(), NOW)[0]


def in_state(state: State) -> Appointment:
    return replace(confirmed(), state=state)


def test_another_time_of_an_appointment_asks_for_the_same_and_says_what_is_new() -> None:
    wishes = Wishes("en", ("debt",), "female", True, True)
    mine = replace(confirmed(), wishes=wishes)
    wish = mine.wish(None, date(2026, 12, 4), 1320, rather="cou_a")
    assert (wish.wishes, wish.channel, wish.minutes, wish.rather) == (wishes, "online", 60, "cou_a")
    assert wish.asked() == Asked("online", None, "en", ("debt",), "female")
    assert replace(wish, gender_required=False).asked().gender is None


def test_a_hold_says_how_long_it_lasts_and_on_which_service_day() -> None:
    appointment, (event,) = hold("apt_a", "res_a", SLOT, NOW + timedelta(minutes=10), NOW)
    assert isinstance(event, AppointmentHeld)
    assert appointment.held_until == event.held_until == NOW + timedelta(minutes=10)
    assert (event.service_date, event.start_minute, event.end_minute) == (date(2026, 12, 3), 1470, 1530)


def test_a_hold_can_be_confirmed_until_it_runs_out_and_not_after() -> None:
    until = NOW + timedelta(minutes=10)
    assert confirm(held(), until - timedelta(seconds=1))[0].state == "confirmed"
    assert expire(held(), until - timedelta(seconds=1)) is None
    with pytest.raises(HoldExpired):
        confirm(held(), until)
    outcome = expire(held(), until)
    assert outcome is not None
    after, (event,) = outcome
    assert isinstance(event, AppointmentCancelled)
    assert (after.state, after.held_until, event.by, event.was_confirmed) == (
        "cancelled",
        None,
        "system",
        False,
    )
    with pytest.raises(HoldExpired):
        confirm(after, until)


def test_what_is_confirmed_never_expires() -> None:
    assert expire(confirmed(), NOW + timedelta(days=30)) is None
    assert expire(book("apt_b", "res_a", SLOT, NOW)[0], NOW + timedelta(days=30)) is None


def test_moving_tells_where_from_and_where_to() -> None:
    assert move(confirmed(), SLOT, NOW) is None
    outcome = move(confirmed(), LATER, NOW)
    assert outcome is not None
    after, (event,) = outcome
    assert isinstance(event, AppointmentMoved)
    assert (event.previous_starts_at, event.starts_at) == (SLOT.starts_at, LATER.starts_at)
    assert (after.slot, after.state) == (LATER, "confirmed")


@pytest.mark.parametrize("state", ["held", "attended", "missed", "cancelled"])
def test_only_what_is_confirmed_moves(state: State) -> None:
    with pytest.raises(WrongState):
        move(in_state(state), LATER, NOW)


@pytest.mark.parametrize("state", ["attended", "missed", "cancelled"])
def test_what_is_over_cannot_be_cancelled(state: State) -> None:
    with pytest.raises(WrongState):
        cancel(in_state(state), "staff", None, NOW)


def test_a_resident_moves_and_cancels_until_the_start_staff_tidy_up_after() -> None:
    with pytest.raises(AlreadyStarted):
        move(confirmed(), LATER, START)
    with pytest.raises(AlreadyStarted):
        cancel(confirmed(), "resident", None, START)
    after, (event,) = cancel(confirmed(), "staff", "見本の理由", START)
    assert isinstance(event, AppointmentCancelled)
    assert (after.state, event.by, event.was_confirmed) == ("cancelled", "staff", True)
    assert "見本の理由" not in event.model_dump_json()


def test_attendance_is_known_from_the_start_on_and_can_be_put_right() -> None:
    with pytest.raises(NotStarted):
        attend(confirmed(), None, START - timedelta(seconds=1))
    missed, _ = miss(confirmed(), "resident", None, START)
    attended, _ = attend(missed, "遅れて来た", START)
    assert (attended.state, attended.note) == ("attended", "遅れて来た")
    with pytest.raises(WrongState):
        attend(attended, None, START)


@pytest.mark.parametrize("state", ["held", "cancelled"])
def test_only_what_was_confirmed_is_attended_or_missed(state: State) -> None:
    with pytest.raises(WrongState):
        attend(in_state(state), None, START)
    with pytest.raises(WrongState):
        miss(in_state(state), "resident", None, START)


def test_who_could_not_come_is_told_apart_and_can_be_put_right() -> None:
    missed, (event,) = miss(confirmed(), "counsellor", None, START)
    assert isinstance(event, AppointmentMissed)
    assert (missed.missed_by, event.by) == ("counsellor", "counsellor")
    assert miss(missed, "resident", None, START)[0].missed_by == "resident"
    with pytest.raises(WrongState):
        miss(missed, "counsellor", None, START)


def test_somebody_says_once_that_they_are_coming_and_anew_after_a_move() -> None:
    outcome = reaffirm(confirmed(), NOW)
    assert outcome is not None
    said, (event,) = outcome
    assert isinstance(event, AppointmentReaffirmed)
    assert reaffirm(said, NOW) is None
    moved = move(said, LATER, NOW)
    assert moved is not None and moved[0].reaffirmed_at is None
    with pytest.raises(AlreadyStarted):
        reaffirm(confirmed(), START)


def test_an_earlier_time_that_is_held_is_swapped_in_and_the_hold_goes() -> None:
    earlier = replace(held(), slot=replace(SLOT, start_minute=SLOT.start_minute - 60))
    earlier = replace(earlier, assignment={"code": "only"})
    (gone, (cancelled,)), (moved, (event,)) = swap(earlier, replace(confirmed(), assignment=None), NOW)
    assert moved.assignment == {"code": "only"}
    assert isinstance(cancelled, AppointmentCancelled) and not cancelled.was_confirmed
    assert isinstance(event, AppointmentMoved)
    assert (gone.state, moved.slot, moved.state) == ("cancelled", earlier.slot, "confirmed")
    with pytest.raises(HoldExpired):
        swap(gone, confirmed(), NOW)
