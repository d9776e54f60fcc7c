"""Work experience: who is to agree to a stay, for whom it is settled, and for whom it has ended hears of it; nobody asks why."""

from datetime import date, datetime

from services.notify.message import Message, message_id
from services.notify.reactions.outgoing import Outgoing, trace_of
from services.notify.slot import Slot
from shared.clock import TOKYO, Clock
from shared.events import booking
from shared.events.envelope import Event
from shared.inbox import Reaction, Tx


class StayReactions:
    def __init__(self, outgoing: Outgoing, clock: Clock) -> None:
        self.outgoing = outgoing
        self.clock = clock

    def reactions(self) -> tuple[Reaction, ...]:
        return (
            Reaction(booking.ExperienceRequested, self.requested),
            Reaction(booking.ExperienceAgreed, self.agreed),
            Reaction(booking.ExperienceCancelled, self.cancelled),
        )

    async def requested(self, tx: Tx, event: Event, data: booking.ExperienceRequested) -> None:
        """A seat is kept until a day; once that has come, the question is of no use."""
        until = data.agree_by.astimezone(TOKYO).date() if data.agree_by else None
        self._tell(tx, event, data.resident_id, "experience.requested", until, data.agree_by)

    async def agreed(self, tx: Tx, event: Event, data: booking.ExperienceAgreed) -> None:
        """Only that all three have agreed is news."""
        if data.complete:
            self._tell(tx, event, data.resident_id, "experience.confirmed", data.from_date)

    async def cancelled(self, tx: Tx, event: Event, data: booking.ExperienceCancelled) -> None:
        """Whoever stepped back themselves has seen so on the page."""
        if data.by != "resident":
            self._tell(tx, event, data.resident_id, "experience.ended", data.from_date)

    def _tell(
        self,
        tx: Tx,
        event: Event,
        resident_id: str,
        template: str,
        day: date | None,
        until: datetime | None = None,
    ) -> None:
        """Outside the quiet hours."""
        self.outgoing.tenant(event)
        now = self.clock.now()
        message = Message(
            tenant=event.tenantid,
            id=message_id(event.tenantid, event.id, template),
            resident_id=resident_id,
            template=template,
            created_at=now,
            due_at=now,
            expires_at=until,
            slot=Slot(day, 0, 0, "face_to_face") if day else None,
            trace=trace_of(event),
        )
        self.outgoing.stage(tx, event, message, now)
