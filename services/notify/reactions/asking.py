"""Somebody is asked whether they would do some work: one message a day is enough, however many requests there are."""

from services.notify.message import Message, message_id
from services.notify.reactions.outgoing import Outgoing, trace_of
from shared.clock import TOKYO, Clock
from shared.events.envelope import Event
from shared.events.matching.orders import AssignmentProposed
from shared.inbox import Reaction, Tx

TEMPLATE = "assignment.proposed"


class AskingReactions:
    def __init__(self, outgoing: Outgoing, clock: Clock) -> None:
        self.outgoing = outgoing
        self.clock = clock

    def reactions(self) -> tuple[Reaction, ...]:
        return (Reaction(AssignmentProposed, self.proposed),)

    async def proposed(self, tx: Tx, event: Event, data: AssignmentProposed) -> None:
        """Outside of quiet hours; of no use any more once the work is due."""
        self.outgoing.tenant(event)
        now = self.clock.now()
        day = now.astimezone(TOKYO).date()
        new_id = message_id(event.tenantid, f"{data.resident_id}:{day}", TEMPLATE)
        if not await tx.find("messages", event.tenantid, {"_id": new_id}):
            message = Message(
                tenant=event.tenantid,
                id=new_id,
                resident_id=data.resident_id,
                template=TEMPLATE,
                created_at=now,
                due_at=now,
                expires_at=data.due_at,
                trace=trace_of(event),
            )
            self.outgoing.stage(tx, event, message, now)
        await self.outgoing.tell_partners(tx, event, data.resident_id, None)
