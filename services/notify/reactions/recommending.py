"""Offers for residents who asked to be sent some. The message names offers, and nothing of what the person has answered."""

import json
from datetime import timedelta
from typing import Any, Final

from services.notify import message as rules
from services.notify.message import Message, message_id
from services.notify.reactions.outgoing import Outgoing, trace_of
from services.notify.store import Stopped
from shared.clock import Clock
from shared.errors import Permanent, Retryable, StaleVersion
from shared.events.envelope import Event
from shared.events.matching import sending
from shared.inbox import Reaction, Tx
from shared.sealing import CannotOpen, Sealer

TEMPLATE: Final = "offers.recommended"
OF_USE: Final = timedelta(days=3)
"""After so long offers may be gone: then the message is not sent any more."""


class RecommendingReactions:
    def __init__(self, outgoing: Outgoing, stopped: Stopped, sealer: Sealer, clock: Clock) -> None:
        self.outgoing = outgoing
        self.stopped = stopped
        self.sealer = sealer
        self.clock = clock

    def reactions(self) -> tuple[Reaction, ...]:
        return (
            Reaction(sending.OffersRecommended, self.recommended),
            Reaction(sending.SubscriptionEnded, self.stop),
        )

    async def recommended(self, tx: Tx, event: Event, data: sending.OffersRecommended) -> None:
        """Outside the quiet hours; not at all once the person has stopped it, in whatever order the two are heard of."""
        self.outgoing.tenant(event)
        now = self.clock.now()
        message = Message(
            tenant=event.tenantid,
            id=message_id(event.tenantid, event.id, TEMPLATE),
            resident_id=data.resident_id,
            template=TEMPLATE,
            created_at=now,
            due_at=now,
            expires_at=event.time + OF_USE,
            personalisation=self.outgoing.sender.messages.seal(
                event.tenantid, self._words(event, data.words)
            ),
            trace=trace_of(event),
        )
        if await self.stopped.since(tx, event.tenantid, data.resident_id) > event.sequence:
            stopped = rules.suppressed(message, "opted_out", now)
            self.outgoing.sender.messages.stage(tx, event.tenantid, *stopped)
        else:
            self.outgoing.stage(tx, event, message, now)

    async def stop(self, tx: Tx, event: Event, data: sending.SubscriptionEnded) -> None:
        """What waits to be sent is not sent."""
        self.stopped.stage(tx, event.tenantid, data.resident_id, event.sequence)
        store, now = self.outgoing.sender.messages, self.clock.now()
        for message in await store.to_resident(tx, event.tenantid, data.resident_id, TEMPLATE):
            change = rules.withdraw(message, "opted_out", now)
            if change is None:
                continue
            try:
                await store.save(event.tenantid, message, *change, changes=tx.changes)
            except StaleVersion as error:
                raise Retryable("a message to the resident is being sent") from error

    def _words(self, event: Event, sealed: str) -> dict[str, str]:
        try:
            words: Any = json.loads(self.sealer.open(event.tenantid, sending.WORDS_FIELD, sealed))
        except (CannotOpen, ValueError) as error:
            raise Permanent(f"{sending.WORDS_FIELD} cannot be read") from error
        if not isinstance(words, dict):
            raise Permanent(f"{sending.WORDS_FIELD} holds no object")
        return {str(name): str(text) for name, text in words.items()}
