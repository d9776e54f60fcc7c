"""The digital employment centre's events: a kind answer to a notice, hours that somebody may take, a contract that nears its end,
and what others have planned for somebody: a shift, a contract, a stay at a workplace.

What is said to one person says nothing about another: whose hours became free, or who was asked before, stays unsaid.
"""

from datetime import date, datetime

from services.notify.message import Message, message_id
from services.notify.reactions.outgoing import Outgoing, trace_of
from services.notify.reminders import news_at
from services.notify.slot import Slot
from shared.clock import Clock
from shared.events import booking
from shared.events.envelope import Event
from shared.inbox import Reaction, Tx

BY_OTHERS = ("staff:", "key:")


class CentreReactions:
    def __init__(self, outgoing: Outgoing, clock: Clock) -> None:
        self.outgoing = outgoing
        self.clock = clock

    def reactions(self) -> tuple[Reaction, ...]:
        return (
            Reaction(booking.AttendanceReported, self.reported),
            Reaction(booking.ShiftOffered, self.offered),
            Reaction(booking.ShiftPlanned, self.planned),
            Reaction(booking.ShiftChanged, self.changed),
            Reaction(booking.ContractProposed, self.proposed),
            Reaction(booking.ContractExpiring, self.expiring),
            Reaction(booking.ContractRenewed, self.renewed),
            Reaction(booking.ContractEnded, self.ended),
        )

    async def reported(self, tx: Tx, event: Event, data: booking.AttendanceReported) -> None:
        """Answer who said it, at once and at any hour; what staff wrote down needs no answer."""
        if not event.actor.startswith(BY_OTHERS):
            template = f"attendance.{'unclear' if data.unclear else data.status}"
            slot = _day(data.service_date) if data.service_date else None
            values = {"shift_id": data.shift_id} if data.shift_id else None
            self._tell(tx, event, data.resident_id, template, slot, asked=True, values=values)
        await self.outgoing.tell_partners(tx, event, data.resident_id, None)

    async def offered(self, tx: Tx, event: Event, data: booking.ShiftOffered) -> None:
        """Ask until the offer ends. Booking asks nobody in quiet hours."""
        slot = Slot(data.service_date, data.start_minute, data.end_minute, "face_to_face")
        until = data.offered_until or data.starts_at
        values = {"shift_id": data.shift_id}
        self._tell(tx, event, data.resident_id, "shift.offered", slot, asked=True, until=until, values=values)
        await self.outgoing.tell_partners(tx, event, data.resident_id, None)

    async def planned(self, tx: Tx, event: Event, data: booking.ShiftPlanned) -> None:
        """One message of a plan; whoever set their own week knows."""
        if data.tell:
            self._tell_shift(tx, event, data, "shift.planned")

    async def changed(self, tx: Tx, event: Event, data: booking.ShiftChanged) -> None:
        if data.tell and data.withdrawn:
            self._tell_shift(tx, event, data, "shift.withdrawn")

    async def proposed(self, tx: Tx, event: Event, data: booking.ContractProposed) -> None:
        """There is something to agree to, from which day."""
        self._tell(tx, event, data.resident_id, "contract.proposed", _day(data.starts_on))

    async def expiring(self, tx: Tx, event: Event, data: booking.ContractExpiring) -> None:
        """Say until when it lasts, and what happens if nobody does anything."""
        kind = "ending" if data.ending else data.renewal
        self._tell(tx, event, data.resident_id, f"contract.expiring.{kind}", _day(data.ends_on))
        await self.outgoing.tell_partners(tx, event, data.resident_id, None)

    async def renewed(self, tx: Tx, event: Event, data: booking.ContractRenewed) -> None:
        self._tell(tx, event, data.resident_id, "contract.renewed", _day(data.ends_on))
        await self.outgoing.tell_partners(tx, event, data.resident_id, None)

    async def ended(self, tx: Tx, event: Event, data: booking.ContractEnded) -> None:
        self._tell(tx, event, data.resident_id, "contract.ended", _day(data.ends_on))
        await self.outgoing.tell_partners(tx, event, data.resident_id, None)

    def _tell_shift(
        self, tx: Tx, event: Event, data: booking.ShiftPlanned | booking.ShiftChanged, template: str
    ) -> None:
        """Outside the quiet hours as far as that is of use: nothing after the shift's end."""
        slot = Slot(data.service_date, data.start_minute, data.end_minute, "face_to_face")
        quiet = self.outgoing.tenant(event).spec.quiet_hours
        _, aside = news_at(self.clock.now(), data.starts_at, quiet)
        self._tell(tx, event, data.resident_id, template, slot, asked=aside, until=data.ends_at)

    def _tell(
        self,
        tx: Tx,
        event: Event,
        resident_id: str,
        template: str,
        slot: Slot | None,
        *,
        asked: bool = False,
        until: datetime | None = None,
        values: dict[str, str] | None = None,
    ) -> None:
        """At once when it answers something or cannot wait, else outside the quiet hours."""
        self.outgoing.tenant(event)
        now = self.clock.now()
        message = Message(
            tenant=event.tenantid,
            id=message_id(event.tenantid, event.id, template),
            resident_id=resident_id,
            template=template,
            created_at=now,
            due_at=now,
            asked=asked,
            expires_at=until,
            personalisation=self.outgoing.sender.messages.seal(event.tenantid, values or {}),
            slot=slot,
            trace=trace_of(event),
        )
        self.outgoing.stage(tx, event, message, now)


def _day(day: date) -> Slot:
    """A day without a time: templates about it say `date` only."""
    return Slot(day, 0, 0, "face_to_face")
