"""Sending webhooks: each delivery by its schedule, endpoints in lanes of their own."""

import asyncio
import random
from dataclasses import dataclass

import structlog

from services.notify import delivery as rules
from services.notify import endpoint as endpoints
from services.notify.delivery import Answer, Delivery
from services.notify.due import Due
from services.notify.endpoint import Endpoint
from services.notify.lanes import Lanes
from services.notify.posting import Poster
from services.notify.settings import Settings
from services.notify.signing import signed_headers
from services.notify.store import Deliveries, Endpoints
from shared import trace
from shared.clock import system_now
from shared.errors import NotFound, StaleVersion, Unavailable
from shared.metrics import PROVIDER_RESULTS
from shared.runtime import Core

log = structlog.get_logger()

RECORD_EVERY = 0.5
LANES, PER_ENDPOINT = 256, 4


@dataclass(frozen=True)
class WebhookStores:
    endpoints: Endpoints
    deliveries: Deliveries


class Dispatcher:
    def __init__(self, core: Core, settings: Settings, stores: WebhookStores) -> None:
        self.core = core
        self.settings = settings
        self.endpoints = stores.endpoints
        self.deliveries = stores.deliveries
        self.poster: Poster | None = None
        self.due: Due[Delivery] = Due(
            lambda tenant, limit: self.deliveries.due(tenant, core.clock.now(), limit),
            Lanes(self.send, total=LANES, per_lane=PER_ENDPOINT),
            lambda delivery: delivery.endpoint_id,
            lambda: core.registry.tenants,
            settings.due_every,
            settings.lease_seconds,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """The worker: send what is due until `stop`, then finish what is in hand."""
        self.poster = Poster(
            self.settings.provider_timeout, allow_private=self.settings.allow_private_webhooks
        )
        try:
            await self.due.run(stop)
        finally:
            await self.poster.close()

    async def send(self, delivery: Delivery) -> None:
        """Handle one delivery that is due. What cannot be recorded stays due."""
        origin = delivery.trace
        cause = trace.Trace(origin.correlation_id, origin.causation_id, origin.traceparent)
        with trace.tracing(cause, tenant=delivery.tenant):
            try:
                await self._send(delivery)
            except (Unavailable, StaleVersion) as error:
                log.info("delivery_left_due", delivery_id=delivery.id, error=type(error).__name__)

    async def _send(self, delivery: Delivery) -> None:
        endpoint = await self._endpoint(delivery)
        if endpoint is None:
            change = rules.give_up(delivery, self.core.clock.now())
            await self.deliveries.save(delivery.tenant, delivery, *change)
            return
        if not self.due.is_ours(delivery):
            begun = rules.begin(delivery, self.due.new_lease())
            delivery = await self.deliveries.save(delivery.tenant, delivery, begun)
        answer = await self._post(endpoint, delivery)
        PROVIDER_RESULTS.labels("webhook", str(answer.status or answer.error)).inc()
        after = await self._record(delivery, answer)
        if answer.gone:
            await self._disable(delivery.tenant, endpoint.id, "gone")
        elif after.state == "failed" and not await self.deliveries.any_delivered_since(
            delivery.tenant, endpoint.id, delivery.created_at
        ):
            await self._disable(delivery.tenant, endpoint.id, "failing")

    async def _endpoint(self, delivery: Delivery) -> Endpoint | None:
        """Where it goes; None when the endpoint is disabled or gone."""
        try:
            endpoint = await self.endpoints.get(delivery.tenant, delivery.endpoint_id)
        except NotFound:
            return None
        return endpoint if endpoint.enabled else None

    async def _post(self, endpoint: Endpoint, delivery: Delivery) -> Answer:
        if self.poster is None:
            raise Unavailable("webhooks are sent by the worker only")
        now = system_now()
        keys = [self.endpoints.open(endpoint.tenant, s) for s in endpoints.signing(endpoint, now)]
        headers = signed_headers(delivery.event_id, now, delivery.body, keys)
        headers["X-Request-Id"] = delivery.trace.correlation_id
        if delivery.trace.traceparent:
            headers["traceparent"] = delivery.trace.traceparent
        return await self.poster.post(endpoint.url, delivery.body, headers)

    async def _record(self, delivery: Delivery, answer: Answer) -> Delivery:
        """Keep what came of an attempt, also when the record has moved on or the database is away for a while."""
        while True:
            after, events = rules.answered(delivery, answer, self.core.clock.now(), random.random())
            try:
                await self.deliveries.save(delivery.tenant, delivery, after, events)
                break
            except Unavailable:
                await asyncio.sleep(RECORD_EVERY)
            except StaleVersion:
                delivery = await self.deliveries.get(delivery.tenant, delivery.id)
                if delivery.state != "pending":
                    return delivery
        log.info(
            "webhook_attempted",
            delivery_id=delivery.id,
            endpoint_id=delivery.endpoint_id,
            attempt=delivery.tries,
            status=answer.status,
            reason=answer.error,
            state=after.state,
        )
        return after

    async def _disable(self, tenant: str, endpoint_id: str, reason: endpoints.DisabledReason) -> None:
        """Send nothing more there."""
        while True:
            try:
                endpoint = await self.endpoints.get(tenant, endpoint_id)
                off, events = endpoints.disable(endpoint, reason)
                if events:
                    await self.endpoints.save(tenant, off, events)
                    log.warning("endpoint_disabled", endpoint_id=endpoint_id, reason=reason)
                return
            except NotFound:
                return
            except StaleVersion:
                continue
