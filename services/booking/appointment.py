"""The life of an appointment: held -> confirmed -> attended | missed, cancelled on the way, moved while confirmed.

Rules take the state and a command and return the new state and what happened. Who overlaps whom is not decided here but by the
calendars' bits (`store.calendars`): a rule cannot see the other appointments.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from services.booking.claim import Claim, Resource
from services.booking.slot import Slot
from services.booking.wish import NO_WISHES, Wish, Wishes
from shared.errors import Conflict
from shared.events.booking import (
    AppointmentAttended,
    AppointmentCancelled,
    AppointmentChannel,
    AppointmentConfirmed,
    AppointmentHeld,
    AppointmentMissed,
    AppointmentMoved,
    AppointmentReaffirmed,
    CancelledBy,
    MissedBy,
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
    """`held_until` is set while the state is held; `note` and `cancel_reason` are plain here and sealed in the store.

    `assignment` is why this counsellor was chosen (`assignment.Assignment` as JSON), None when somebody chose the counsellor; `wishes` is
    what was asked of whoever it would be. `join_url` is set when an outside provider gave one.
    """

    id: str
    resident_id: str
    slot: Slot
    state: State
    created_at: datetime
    held_until: datetime | None = None
    cancelled_by: CancelledBy | None = None
    cancel_reason: str | None = None
    note: str | None = None
    missed_by: MissedBy | None = None
    reaffirmed_at: datetime | None = None
    extra_reminder: bool = False
    series_id: str | None = None
    waiting_id: str | None = None
    assignment: dict[str, Any] | None = None
    join_url: str | None = None
    wishes: Wishes = NO_WISHES
    version: int = 0

    def wish(
        self,
        counsellor_id: str | None,
        service_date: date,
        start_minute: int,
        *,
        minutes: int | None = None,
        channel: AppointmentChannel | None = None,
        not_with: tuple[str, ...] = (),
        rather: str | None = None,
    ) -> Wish:
        """A wish for another time of the same appointment: what is not said stays, what was asked of the counsellor too."""
        kept = self.wishes
        return Wish(
            counsellor_id,
            channel or self.slot.channel,
            service_date,
            start_minute,
            minutes or self.slot.minutes,
            kept.language,
            kept.skills,
            kept.gender,
            kept.gender_required,
            kept.anew,
            not_with,
            rather,
        )

    def claims(self, tenant: str) -> list[Claim]:
        """What it takes of everybody's time, none when it does not (any more)."""
        if self.state not in TAKING:
            return []
        slot = self.slot
        away = slot.ends_at + timedelta(minutes=slot.buffer_minutes)
        counsellor = Resource(slot.pool or tenant, "counsellor", slot.counsellor_id)
        of = tenant if slot.pool else None
        found = [
            Claim(counsellor, self.id, slot.starts_at, away, slot.service_date, of),
            Claim(
                Resource(tenant, "resident", self.resident_id),
                self.id,
                slot.starts_at,
                slot.ends_at,
                slot.service_date,
            ),
        ]
        if slot.room_id:
            found.append(Claim(Resource(tenant, "room", slot.room_id), self.id, slot.starts_at, slot.ends_at))
        return found


Outcome = tuple[Appointment, list[Payload]]


def hold(
    new_id: str,
    resident_id: str,
    slot: Slot,
    until: datetime,
    now: datetime,
    *,
    assignment: dict[str, Any] | None = None,
    waiting_id: str | None = None,
    extra_reminder: bool = False,
    wishes: Wishes = NO_WISHES,
) -> Outcome:
    """Hold a slot for a resident who is still deciding."""
    held = Appointment(
        new_id,
        resident_id,
        slot,
        "held",
        created_at=now,
        held_until=until,
        assignment=assignment,
        waiting_id=waiting_id,
        extra_reminder=extra_reminder,
        wishes=wishes,
    )
    return held, [AppointmentHeld(**_when(held), held_until=until)]


def book(
    new_id: str,
    resident_id: str,
    slot: Slot,
    now: datetime,
    *,
    assignment: dict[str, Any] | None = None,
    series_id: str | None = None,
    told_by_series: bool = False,
    extra_reminder: bool = False,
    wishes: Wishes = NO_WISHES,
) -> Outcome:
    """Book a slot for a resident at once, as staff do. `told_by_series`: the series' first appointment tells of it."""
    booked = Appointment(
        new_id,
        resident_id,
        slot,
        "confirmed",
        created_at=now,
        assignment=assignment,
        series_id=series_id,
        extra_reminder=extra_reminder,
        wishes=wishes,
    )
    return booked, [_confirmed(booked, told_by_series=told_by_series)]


def confirm(appointment: Appointment, now: datetime) -> Outcome:
    """Raises HoldExpired, also when the expiry was seen only now; WrongState when it is past confirming."""
    _require_hold(appointment, now)
    confirmed = replace(appointment, state="confirmed", held_until=None)
    return confirmed, [_confirmed(confirmed)]


def move(appointment: Appointment, slot: Slot, now: datetime) -> Outcome | None:
    """Put a confirmed appointment that has not begun into another slot; None when it is there already.

    Raises WrongState, AlreadyStarted.
    """
    _require(appointment, "confirmed")
    _require_before_start(appointment, now)
    if slot == appointment.slot:
        return None
    moved = replace(appointment, slot=slot, reaffirmed_at=None, join_url=None)
    previous = appointment.slot.starts_at
    return moved, [
        AppointmentMoved(
            **_when(moved), previous_starts_at=previous, extra_reminder=appointment.extra_reminder
        )
    ]


def link(appointment: Appointment, starts_at: datetime, url: str) -> Outcome | None:
    """Where the online session that begins at `starts_at` is held; None when it is no longer that session."""
    slot = appointment.slot
    if appointment.state != "confirmed" or slot.channel != "online" or slot.starts_at != starts_at:
        return None
    return replace(appointment, join_url=url), []


def reaffirm(appointment: Appointment, now: datetime) -> Outcome | None:
    """The resident says that they are coming; None when they have said so. Raises WrongState, AlreadyStarted."""
    _require(appointment, "confirmed")
    _require_before_start(appointment, now)
    if appointment.reaffirmed_at:
        return None
    return replace(appointment, reaffirmed_at=now), [AppointmentReaffirmed(**_who(appointment))]


def swap(held: Appointment, confirmed: Appointment, now: datetime) -> tuple[Outcome, Outcome]:
    """Move `confirmed` into the time that `held` keeps for the same resident, with whom it keeps it and why; the hold goes: (hold, appointment).

    Raises HoldExpired, WrongState, AlreadyStarted.
    """
    _require_hold(held, now)
    outcome = move(confirmed, held.slot, now)
    if outcome is None:
        raise WrongState()
    moved, events = outcome
    return _cancelled(held, "system", None), (replace(moved, assignment=held.assignment), events)


def cancel(
    appointment: Appointment,
    by: CancelledBy,
    reason: str | None,
    now: datetime,
    *,
    with_series: bool = False,
    told_by_series: bool = False,
) -> Outcome:
    """A resident cancels until the start; staff may tidy up later. The flags are the event's. Raises WrongState, AlreadyStarted."""
    _require(appointment, "held", "confirmed")
    if by == "resident":
        _require_before_start(appointment, now)
    return _cancelled(appointment, by, reason, with_series=with_series, told_by_series=told_by_series)


def expire(appointment: Appointment, now: datetime) -> Outcome | None:
    """Let go of a hold that has run out; None when there is nothing to let go of."""
    if appointment.state != "held" or appointment.held_until is None or now < appointment.held_until:
        return None
    return _cancelled(appointment, "system", None)


def attend(appointment: Appointment, note: str | None, now: datetime) -> Outcome:
    """The resident came. A mark of missed may be put right this way. Raises WrongState, NotStarted."""
    _require(appointment, "confirmed", "missed")
    _require_started(appointment, now)
    attended = replace(appointment, state="attended", missed_by=None, note=note or appointment.note)
    return attended, [AppointmentAttended(**_who(attended))]


def miss(appointment: Appointment, by: MissedBy, note: str | None, now: datetime) -> Outcome:
    """`by` did not come. A mark that was wrong may be put right this way. Raises WrongState, NotStarted."""
    _require(appointment, "confirmed", "attended", "missed")
    _require_started(appointment, now)
    if appointment.state == "missed" and appointment.missed_by == by:
        raise WrongState()
    missed = replace(appointment, state="missed", missed_by=by, note=note or appointment.note)
    return missed, [AppointmentMissed(**_who(missed), by=by)]


def _confirmed(appointment: Appointment, *, told_by_series: bool = False) -> AppointmentConfirmed:
    return AppointmentConfirmed(
        **_when(appointment), extra_reminder=appointment.extra_reminder, told_by_series=told_by_series
    )


def _cancelled(appointment: Appointment, by: CancelledBy, reason: str | None, **series: bool) -> Outcome:
    cancelled = replace(
        appointment, state="cancelled", held_until=None, cancelled_by=by, cancel_reason=reason
    )
    was_confirmed = appointment.state == "confirmed"
    return cancelled, [AppointmentCancelled(**_who(cancelled), by=by, was_confirmed=was_confirmed, **series)]


def _require(appointment: Appointment, *states: State) -> None:
    if appointment.state not in states:
        raise WrongState()


def _require_hold(appointment: Appointment, now: datetime) -> None:
    if appointment.cancelled_by == "system":
        raise HoldExpired()
    _require(appointment, "held")
    if appointment.held_until is None or now >= appointment.held_until:
        raise HoldExpired()


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
        "pool": slot.pool,
        "room_id": slot.room_id,
        "buffer_minutes": slot.buffer_minutes,
        "series_id": appointment.series_id,
    }
