"""The life of an appointment: held -> confirmed -> attended | missed, cancelled on the way, moved while confirmed.

Rules take the state and a command and return the new state and what happened. Who overlaps whom is not decided here but by the
calendars' bits (`store.calendars`): a rule cannot see the other appointments.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Literal

from services.booking.slot import Slot
from shared.errors import Conflict
from shared.events.booking import (
    AppointmentAttended,
    AppointmentCancelled,
    AppointmentConfirmed,
    AppointmentHeld,
    AppointmentMissed,
    AppointmentMoved,
    CancelledBy,
)
from shared.events.envelope import Payload

State = Literal["held", "confirmed", "attended", "missed", "cancelled"]
TAKING: tuple[State, ...] = ("held", "confirmed", "attended", "missed")
"""States in which an appointment owns its cells."""


class WrongState(Conflict):
    """The appointment is not in a state that allows this."""

    slug = "wrong-state"


class HoldExpired(Conflict):
    slug = "hold-expired"


class NotStarted(Conflict):
    """Whether somebody came is known from the start of the appointment on."""

    slug = "not-started"


class AlreadyStarted(Conflict):
    slug = "already-started"


@dataclass(frozen=True)
class Appointment:
    """`held_until` is set while the state is held; `note` and `cancel_reason` are plain here and sealed in the store."""

    id: str
    resident_id: str
    slot: Slot
    state: State
    created_at: datetime
    held_until: datetime | None = None
    cancelled_by: CancelledBy | None = None
    cancel_reason: str | None = None
    note: str | None = None
    version: int = 0


Outcome = tuple[Appointment, list[Payload]]


def hold(new_id: str, resident_id: str, slot: Slot, hold_minutes: int, now: datetime) -> Outcome:
    """Hold a slot for a resident who is still deciding."""
    until = now + timedelta(minutes=hold_minutes)
    held = Appointment(new_id, resident_id, slot, "held", created_at=now, held_until=until)
    return held, [AppointmentHeld(**_when(held), held_until=until)]


def book(new_id: str, resident_id: str, slot: Slot, now: datetime) -> Outcome:
    """Book a slot for a resident at once, as staff do."""
    booked = Appointment(new_id, resident_id, slot, "confirmed", created_at=now)
    return booked, [AppointmentConfirmed(**_when(booked))]


def confirm(appointment: Appointment, now: datetime) -> Outcome:
    """Raises HoldExpired, also when the expiry was seen only now; WrongState when it is past confirming."""
    if appointment.cancelled_by == "system":
        raise HoldExpired()
    _require(appointment, "held")
    if appointment.held_until is None or now >= appointment.held_until:
        raise HoldExpired()
    confirmed = replace(appointment, state="confirmed", held_until=None)
    return confirmed, [AppointmentConfirmed(**_when(confirmed))]


def move(appointment: Appointment, slot: Slot, now: datetime) -> Outcome | None:
    """Put a confirmed appointment that has not begun into another slot; None when it is there already.

    Raises WrongState, AlreadyStarted.
    """
    _require(appointment, "confirmed")
    _require_before_start(appointment, now)
    if slot == appointment.slot:
        return None
    moved = replace(appointment, slot=slot)
    return moved, [AppointmentMoved(**_when(moved), previous_starts_at=appointment.slot.starts_at)]


def cancel(appointment: Appointment, by: CancelledBy, reason: str | None, now: datetime) -> Outcome:
    """A resident cancels until the start; staff may tidy up later. Raises WrongState, AlreadyStarted."""
    _require(appointment, "held", "confirmed")
    if by == "resident":
        _require_before_start(appointment, now)
    return _cancelled(appointment, by, reason)


def expire(appointment: Appointment, now: datetime) -> Outcome | None:
    """Let go of a hold that has run out; None when there is nothing to let go of."""
    if appointment.state != "held" or appointment.held_until is None or now < appointment.held_until:
        return None
    return _cancelled(appointment, "system", None)


def attend(appointment: Appointment, note: str | None, now: datetime) -> Outcome:
    """The resident came. A mark of missed may be put right this way. Raises WrongState, NotStarted."""
    _require(appointment, "confirmed", "missed")
    _require_started(appointment, now)
    attended = replace(appointment, state="attended", note=note or appointment.note)
    return attended, [AppointmentAttended(**_who(attended))]


def miss(appointment: Appointment, note: str | None, now: datetime) -> Outcome:
    """The resident did not come. A mark of attended may be put right this way. Raises WrongState, NotStarted."""
    _require(appointment, "confirmed", "attended")
    _require_started(appointment, now)
    missed = replace(appointment, state="missed", note=note or appointment.note)
    return missed, [AppointmentMissed(**_who(missed))]


def _cancelled(appointment: Appointment, by: CancelledBy, reason: str | None) -> Outcome:
    cancelled = replace(
        appointment, state="cancelled", held_until=None, cancelled_by=by, cancel_reason=reason
    )
    was_confirmed = appointment.state == "confirmed"
    return cancelled, [AppointmentCancelled(**_who(cancelled), by=by, was_confirmed=was_confirmed)]


def _require(appointment: Appointment, *states: State) -> None:
    if appointment.state not in states:
        raise WrongState()


def _require_before_start(appointment: Appointment, now: datetime) -> None:
    if now >= appointment.slot.starts_at:
        raise AlreadyStarted()


def _require_started(appointment: Appointment, now: datetime) -> None:
    if now < appointment.slot.starts_at:
        raise NotStarted()


def _who(appointment: Appointment) -> dict[str, str]:
    return {
        "resident_id": appointment.resident_id,
        "appointment_id": appointment.id,
        "counsellor_id": appointment.slot.counsellor_id,
    }


def _when(appointment: Appointment) -> dict[str, Any]:
    slot = appointment.slot
    return {
        **_who(appointment),
        "channel": slot.channel,
        "service_date": slot.service_date,
        "start_minute": slot.start_minute,
        "end_minute": slot.end_minute,
        "starts_at": slot.starts_at,
        "ends_at": slot.ends_at,
    }
