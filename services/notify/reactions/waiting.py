"""The waiting list's events: a time is kept for somebody who waits, and they are asked at once."""

from services.notify.message import Message, message_id
from services.notify.reactions.outgoing import Outgoing, trace_of
from services.notify.slot import Slot
from shared.clock import Clock
from shared.events import booking
from shared.events.envelope import Event
from shared.inbox import Reaction, Tx


class WaitingReactions:
    def __init__(self, outgoing: Outgoing, clock: Clock) -> None:
        self.outgoing = outgoing
        self.clock = clock

    def reactions(self) -> tuple[Reaction, ...]:
        return (Reaction(booking.WaitlistOffered, self.offered),)

    async def offered(self, tx: Tx, event: Event, data: booking.WaitlistOffered) -> None:
        """Ask until the offer ends. Booking offers nothing in quiet hours but to who asked in them, so that nothing holds this back."""
        self.outgoing.tenant(event)
        now = self.clock.now()
        template = "waitlist.earlier" if data.earlier_than else "waitlist.offered"
        message = Message(
            tenant=event.tenantid,
            id=message_id(event.tenantid, event.id, template),
            resident_id=data.resident_id,
            template=template,
            created_at=now,
            due_at=now,
            asked=True,
            expires_at=data.offered_until,
            personalisation=self.outgoing.sender.messages.seal(
                event.tenantid, {"waiting_id": data.waiting_id}
            ),
            slot=Slot(data.service_date, data.start_minute, data.end_minute, data.channel),
            trace=trace_of(event),
        )
        self.outgoing.stage(tx, event, message, now)
        await self.outgoing.tell_partners(tx, event, data.resident_id, None)
