"""Webhook deliveries."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel

from services.notify import delivery as rules
from services.notify.delivery import Delivery, State
from services.notify.dispatcher import Dispatcher
from services.notify.endpoint import EndpointOff
from services.notify.routes.shapes import DeliveryId
from shared.auth import Actor
from shared.changing import settled
from shared.errors import NotFound
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, scope
from shared.ids import id_pattern
from shared.mongo import Document
from shared.runtime import Core

Reading = Annotated[Actor, Depends(scope("webhooks:read"))]
Writing = Annotated[Actor, Depends(scope("webhooks:write"))]


class AttemptView(BaseModel):
    """`status` is the HTTP status of the answer, or null with a code in `error`."""

    at: datetime
    status: int | None
    error: str | None
    seconds: float


class DeliveryView(BaseModel):
    """One event on its way to one endpoint. `event_id` is the webhook-id, the same at every attempt."""

    id: str
    endpoint_id: str
    event_id: str
    event_type: str
    state: State
    attempts: list[AttemptView]
    created_at: datetime
    due_at: datetime | None
    finished_at: datetime | None


def _view(delivery: Delivery) -> DeliveryView:
    return DeliveryView.model_validate(delivery, from_attributes=True)


def delivery_routes(core: Core, dispatcher: Dispatcher) -> APIRouter:
    router = APIRouter(prefix="/webhook-deliveries", tags=["webhooks"])
    deliveries = dispatcher.deliveries

    async def load(actor: Actor, delivery_id: str) -> tuple[Delivery, Document]:
        delivery, document = await deliveries.with_commands(actor.tenant, delivery_id)
        if actor.agency is not None and delivery.agency_id != actor.agency:
            raise NotFound("another agency's delivery")
        return delivery, document

    @router.get("")
    async def list_webhook_deliveries(
        actor: Reading,
        endpoint_id: Annotated[str | None, Query(pattern=id_pattern("whe"))] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[DeliveryView]:
        """Newest first. A partner agency sees its own."""
        page = await deliveries.page(actor.tenant, endpoint_id, actor.agency, cursor, limit)
        return Page(data=[_view(delivery) for delivery in page.data], next=page.next)

    @router.get("/{delivery_id}")
    async def get_webhook_delivery(delivery_id: DeliveryId, actor: Reading) -> DeliveryView:
        delivery, _ = await load(actor, delivery_id)
        return _view(delivery)

    @router.post("/{delivery_id}/redeliver")
    async def redeliver_webhook(delivery_id: DeliveryId, actor: Writing, command: CommandOf) -> DeliveryView:
        """Send it again now, with the whole schedule before it and the same webhook-id."""

        async def attempt() -> Delivery:
            delivery, document = await load(actor, delivery_id)
            if command.seen_in(document):
                return delivery
            endpoint = await dispatcher.endpoints.get(actor.tenant, delivery.endpoint_id)
            if not endpoint.enabled:
                raise EndpointOff("enable the endpoint first")
            again = rules.restart(delivery, core.clock.now())
            return await deliveries.save(actor.tenant, delivery, again, command=command)

        return _view(await settled(attempt))

    return router
