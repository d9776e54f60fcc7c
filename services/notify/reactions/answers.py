"""What a person hears when they have pressed a button on LINE: thanks, times to choose from, or why nothing has changed."""

from dataclasses import replace
from typing import Any

from services.notify.message import Message, message_id
from services.notify.reactions.outgoing import Outgoing, trace_of
from services.notify.reminders import EVENING_REMINDER
from services.notify.slot import Slot
from services.notify.store import Appointments
from services.notify.store.appointments import Appointment
from shared.clock import Clock
from shared.events import booking
from shared.events.envelope import Event
from shared.inbox import Reaction, Tx


class AnswerReactions:
    def __init__(self, outgoing: Outgoing, appointments: Appointments, clock: Clock) -> None:
        self.outgoing = outgoing
        self.appointments = appointments
        self.clock = clock

    def reactions(self) -> tuple[Reaction, ...]:
        return (
            Reaction(booking.AppointmentReaffirmed, self.reaffirmed),
            Reaction(booking.AppointmentTimesOffered, self.times_offered),
            Reaction(booking.ActionRefused, self.refused),
        )

    async def reaffirmed(self, tx: Tx, event: Event, data: booking.AppointmentReaffirmed) -> None:
        """Thank once, however often the button is pressed. The extra reminder has done its work; the others stay."""
        known = await self.appointments.find(tx, event.tenantid, data.appointment_id)
        if known and known.reaffirmed:
            return
        if known:
            self.appointments.stage(tx, event.tenantid, replace(known, reaffirmed=True))
        now = self.clock.now()
        await self.outgoing.take_back(
            tx, event, data.appointment_id, "superseded", now, only=EVENING_REMINDER
        )
        self._answer(tx, event, data.resident_id, "appointment.reaffirmed", known)

    async def times_offered(self, tx: Tx, event: Event, data: booking.AppointmentTimesOffered) -> None:
        """Times as buttons, or a link to the page when nothing is free nearby."""
        known = await self.appointments.find(tx, event.tenantid, data.appointment_id)
        known = known or Appointment(data.appointment_id, 0)
        channel = known.slot.channel if known.slot else "online"
        times = tuple(Slot(t.service_date, t.start_minute, t.end_minute, channel) for t in data.times)
        template = "appointment.times" if times else "appointment.no_times"
        values = {"again": "yes"} if data.again and times else {}
        self._answer(tx, event, data.resident_id, template, known, values, times=times)

    async def refused(self, tx: Tx, event: Event, data: booking.ActionRefused) -> None:
        """Say kindly why nothing has changed."""
        self._answer(tx, event, data.resident_id, f"action.refused.{data.reason}", None)

    def _answer(
        self,
        tx: Tx,
        event: Event,
        resident_id: str,
        template: str,
        about: Appointment | None,
        values: dict[str, str] | None = None,
        **more: Any,
    ) -> None:
        """At once, at any hour: they have just pressed the button."""
        self.outgoing.tenant(event)
        now = self.clock.now()
        message = Message(
            tenant=event.tenantid,
            id=message_id(event.tenantid, event.id, template),
            resident_id=resident_id,
            template=template,
            created_at=now,
            due_at=now,
            asked=True,
            personalisation=self.outgoing.sender.messages.seal(event.tenantid, values or {}),
            slot=about.slot if about else None,
            appointment_id=about.id if about else None,
            trace=trace_of(event),
            **more,
        )
        self.outgoing.stage(tx, event, message, now)
