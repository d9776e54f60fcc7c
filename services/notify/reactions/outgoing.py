"""Making messages and deliveries inside a consumer's transaction, and nudging the senders after its commit."""

from datetime import datetime
from functools import partial

from services.notify import delivery as deliveries
from services.notify import message as messages
from services.notify.delivery import Delivery
from services.notify.dispatcher import Dispatcher
from services.notify.message import Message, Reason
from services.notify.sender import Sender
from shared.errors import Retryable, StaleVersion
from shared.events.envelope import Event
from shared.inbox import Tx
from shared.registry import Registry
from shared.tenancy import Tenant
from shared.trace import Trace


class Outgoing:
    def __init__(self, registry: Registry, sender: Sender, dispatcher: Dispatcher) -> None:
        self.registry = registry
        self.sender = sender
        self.dispatcher = dispatcher

    def tenant(self, event: Event) -> Tenant:
        """Raises Retryable while the tenant is not known in this process."""
        tenant = self.registry.tenant(event.tenantid)
        if tenant is None:
            raise Retryable(f"tenant {event.tenantid} is not declared")
        return tenant

    def stage(self, tx: Tx, event: Event, message: Message, now: datetime) -> None:
        """Keep the message with its event; one that is due is sent right after the commit, unless a test key asked for it."""
        if self._rehearsed(event):
            self.sender.messages.stage(tx, message.tenant, *messages.suppressed(message, "test_key", now))
            return
        due_now = message.due_at is not None and message.due_at <= now
        lease = self.sender.due.reserve() if due_now else None
        if lease:
            message = messages.begin(message, lease)
        self.sender.messages.stage(tx, message.tenant, *messages.accept(message))
        if lease:
            tx.changes.afterwards.append(partial(self.sender.due.offer, message))

    async def take_back(
        self,
        tx: Tx,
        event: Event,
        appointment_id: str,
        reason: Reason,
        now: datetime,
        *,
        only: str | None = None,
    ) -> None:
        """Withdraw what has not been sent about the appointment: every message, or those of the template `only`."""
        store = self.sender.messages
        for message in await store.of_appointment(tx, event.tenantid, appointment_id):
            change = messages.withdraw(message, reason, now) if only in (None, message.template) else None
            if change is None:
                continue
            try:
                await store.save(event.tenantid, message, *change, changes=tx.changes)
            except StaleVersion as error:
                raise Retryable("a message of the appointment is being sent") from error

    def _rehearsed(self, event: Event) -> bool:
        """Whether somebody did this with a test key."""
        kind, _, key_id = event.actor.partition(":")
        key = self.registry.keys.get(key_id) if kind == "key" else None
        return key is not None and key.spec.key_kind == "test"

    async def tell_partners(self, tx: Tx, event: Event, resident_id: str, agency_id: str | None) -> None:
        """One delivery for each endpoint that wants the event."""
        store = self.dispatcher.deliveries
        wanting = await self.dispatcher.endpoints.wanting(tx, event.tenantid, event.type, agency_id)
        for endpoint in wanting:
            delivery = Delivery(
                tenant=event.tenantid,
                id=deliveries.delivery_id(event.tenantid, event.id, endpoint.id),
                endpoint_id=endpoint.id,
                agency_id=endpoint.agency_id,
                event_id=event.id,
                event_type=event.type,
                resident_id=resident_id,
                body=deliveries.thin(event),
                trace=trace_of(event),
                created_at=event.time,
                due_at=event.time,
            )
            lease = self.dispatcher.due.reserve()
            if lease:
                delivery = deliveries.begin(delivery, lease)
                tx.changes.afterwards.append(partial(self.dispatcher.due.offer, delivery))
            store.stage(tx, event.tenantid, delivery)


def trace_of(event: Event) -> Trace:
    """What follows from the event belongs to the same correlation."""
    return Trace(event.correlationid, event.id, event.traceparent)
