"""Booking's events: tell the person, plan reminders, take back what is no longer so."""

from dataclasses import replace
from datetime import datetime

from services.notify.message import Message, Reason, message_id
from services.notify.reactions.outgoing import Outgoing, trace_of
from services.notify.reminders import news_at, plan_evening, plan_reminders
from services.notify.slot import Slot
from services.notify.store import Appointments
from services.notify.store.appointments import Appointment
from shared.clock import Clock
from shared.events import booking
from shared.events.envelope import Event
from shared.inbox import Reaction, Tx

BY_OTHERS = ("staff:", "key:")
Told = booking.AppointmentConfirmed | booking.AppointmentMoved
Over = booking.AppointmentAttended | booking.AppointmentMissed
About = Told | booking.AppointmentCancelled


class AppointmentReactions:
    def __init__(self, outgoing: Outgoing, appointments: Appointments, clock: Clock) -> None:
        self.outgoing = outgoing
        self.appointments = appointments
        self.clock = clock

    def reactions(self) -> tuple[Reaction, ...]:
        return (
            Reaction(booking.AppointmentConfirmed, self.confirmed),
            Reaction(booking.AppointmentMoved, self.moved),
            Reaction(booking.AppointmentCancelled, self.cancelled),
            Reaction(booking.AppointmentAttended, self.over),
            Reaction(booking.AppointmentMissed, self.over),
        )

    async def confirmed(self, tx: Tx, event: Event, data: booking.AppointmentConfirmed) -> None:
        """Confirm at once what the person booked; remind them twice, and once more whom that helps to come."""
        if await self._newest(tx, event, data.appointment_id):
            news = "series.confirmed" if data.series_id else "appointment.confirmed"
            self._tell_time(tx, event, data, None if data.told_by_series else news)
        await self.outgoing.tell_partners(tx, event, data.resident_id, None)

    async def moved(self, tx: Tx, event: Event, data: booking.AppointmentMoved) -> None:
        """What was planned for the old time is superseded."""
        if await self._newest(tx, event, data.appointment_id):
            await self.outgoing.take_back(tx, event, data.appointment_id, "superseded", self.clock.now())
            same_time = data.previous_starts_at == data.starts_at
            self._tell_time(tx, event, data, "appointment.with_another" if same_time else "appointment.moved")
        await self.outgoing.tell_partners(tx, event, data.resident_id, None)

    async def cancelled(self, tx: Tx, event: Event, data: booking.AppointmentCancelled) -> None:
        """Nothing is said about a hold that ran out: nothing had been promised. The end of a series is told once."""
        known = await self._ended(tx, event, data.appointment_id, "cancelled")
        if known and data.was_confirmed and not data.told_by_series:
            asked = data.by == "resident"
            news = "series.cancelled" if data.with_series else "appointment.cancelled"
            self._tell(tx, event, data, news, known.slot, known.starts_at, asked=asked)
        await self.outgoing.tell_partners(tx, event, data.resident_id, None)

    async def over(self, tx: Tx, event: Event, data: Over) -> None:
        """The appointment has been: nothing more is said about it."""
        await self._ended(tx, event, data.appointment_id, "superseded")
        await self.outgoing.tell_partners(tx, event, data.resident_id, None)

    async def _newest(self, tx: Tx, event: Event, appointment_id: str) -> Appointment | None:
        """What was known until now; None when something newer than `event` has been seen already."""
        known = await self.appointments.find(tx, event.tenantid, appointment_id)
        if known is None:
            return Appointment(appointment_id, 0)
        return known if known.sequence < event.sequence else None

    async def _ended(self, tx: Tx, event: Event, appointment_id: str, reason: Reason) -> Appointment | None:
        """Remember that it is over and take back what was planned. None when something newer has been seen."""
        known = await self._newest(tx, event, appointment_id)
        if known:
            self.appointments.stage(tx, event.tenantid, replace(known, sequence=event.sequence))
            await self.outgoing.take_back(tx, event, appointment_id, reason, self.clock.now())
        return known

    def _tell_time(self, tx: Tx, event: Event, data: Told, template: str | None) -> None:
        """The news, if there is any to tell, and the reminders for the time it names."""
        slot = Slot(data.service_date, data.start_minute, data.end_minute, data.channel)
        appointment = Appointment(data.appointment_id, event.sequence, slot, data.starts_at, data.resident_id)
        self.appointments.stage(tx, event.tenantid, appointment)
        asked = not event.actor.startswith(BY_OTHERS)
        if template:
            self._tell(tx, event, data, template, slot, data.starts_at, asked=asked)
        now = self.clock.now()
        quiet = self.outgoing.tenant(event).spec.quiet_hours
        extra = plan_evening(data.service_date, now, quiet) if data.extra_reminder else None
        for reminder in (*plan_reminders(data.starts_at, now, quiet), *([extra] if extra else [])):
            message = self._message(event, data, reminder.template, slot)
            planned = replace(message, due_at=reminder.at, reminder=True, expires_at=data.starts_at)
            self.outgoing.stage(tx, event, planned, now)

    def _tell(
        self,
        tx: Tx,
        event: Event,
        data: About,
        template: str,
        slot: Slot | None,
        starts_at: datetime | None,
        *,
        asked: bool,
    ) -> None:
        """Tell of a change: at once when the person made it, else outside the quiet hours as far as that is of use."""
        now = self.clock.now()
        quiet = self.outgoing.tenant(event).spec.quiet_hours
        at, aside = (now, True) if asked else news_at(now, starts_at, quiet)
        message = self._message(event, data, template, slot)
        self.outgoing.stage(tx, event, replace(message, due_at=at, asked=aside), now)

    def _message(self, event: Event, data: About, template: str, slot: Slot | None) -> Message:
        return Message(
            tenant=event.tenantid,
            id=message_id(event.tenantid, event.id, template),
            resident_id=data.resident_id,
            template=template,
            created_at=self.clock.now(),
            slot=slot,
            appointment_id=data.appointment_id,
            trace=trace_of(event),
        )
