"""Webhook endpoints."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.notify import endpoint as rules
from services.notify.address import check_url
from services.notify.endpoint import DisabledReason, Endpoint, Secret
from services.notify.routes.shapes import EndpointId
from services.notify.settings import Settings
from services.notify.signing import new_secret
from services.notify.store import Endpoints
from shared.auth import Actor
from shared.changing import settled
from shared.clock import system_now
from shared.errors import Forbidden, Invalid, NotFound
from shared.http.etag import etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, TenantOf, scope
from shared.mongo import Document
from shared.runtime import Core

Reading = Annotated[Actor, Depends(scope("webhooks:read"))]
Writing = Annotated[Actor, Depends(scope("webhooks:write"))]
EventType = Annotated[str, StringConstraints(max_length=100)]


class EndpointRequest(BaseModel):
    """Where to send which events. With `agency_id` only the events of that agency's own referrals."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "url": "https://partner.example/webhooks",
                    "events": ["banso.intake.referral.sent.v1"],
                    "agency_id": "sample-agency",
                }
            ]
        },
    )

    url: str = Field(min_length=1, max_length=2000)
    events: tuple[EventType, ...] = Field(min_length=1, max_length=20)
    agency_id: str | None = Field(default=None, max_length=40)


class EndpointView(BaseModel):
    id: str
    url: str
    events: tuple[str, ...]
    agency_id: str | None
    enabled: bool
    disabled_reason: DisabledReason | None
    created_at: datetime


class EndpointWithSecret(EndpointView):
    """`secret` is shown here only: keep it, to check the signatures (Standard Webhooks)."""

    secret: str


def seen_by(actor: Actor, endpoint: Endpoint) -> Endpoint:
    """Raises NotFound for a partner agency's key on anybody else's endpoint."""
    if actor.agency is not None and endpoint.agency_id != actor.agency:
        raise NotFound("another agency's endpoint")
    return endpoint


def _view(endpoint: Endpoint) -> EndpointView:
    return EndpointView.model_validate(endpoint, from_attributes=True)


def endpoint_routes(core: Core, settings: Settings, endpoints: Endpoints) -> APIRouter:
    router = APIRouter(prefix="/webhook-endpoints", tags=["webhooks"])

    def with_secret(endpoint: Endpoint) -> EndpointWithSecret:
        secret = endpoints.open(endpoint.tenant, endpoint.secrets[0])
        return EndpointWithSecret(**_view(endpoint).model_dump(), secret=secret)

    async def load(actor: Actor, endpoint_id: str) -> tuple[Endpoint, Document]:
        endpoint, document = await endpoints.with_commands(actor.tenant, endpoint_id)
        return seen_by(actor, endpoint), document

    @router.post("", status_code=201)
    async def create_webhook_endpoint(
        body: EndpointRequest, actor: Writing, tenant: TenantOf, command: CommandOf
    ) -> EndpointWithSecret:
        """Only https, only public addresses. The answer holds the signing secret, once."""
        agency_id = body.agency_id or actor.agency
        if actor.agency is not None and agency_id != actor.agency:
            raise Forbidden("this key speaks for another agency")
        if agency_id is not None and tenant.agency(agency_id) is None:
            raise Invalid("agency_id", "no such agency is declared")
        endpoint = Endpoint(
            tenant=actor.tenant,
            id=command.new_id("whe"),
            url=check_url(body.url, allow_private=settings.allow_private_webhooks),
            events=rules.check_events(body.events, agency_id),
            agency_id=agency_id,
            secrets=(Secret(endpoints.seal(actor.tenant, new_secret())),),
            created_at=core.clock.now(),
        )
        return with_secret(await endpoints.add(actor.tenant, endpoint, command))

    @router.get("")
    async def list_webhook_endpoints(
        actor: Reading, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[EndpointView]:
        """Newest first. A partner agency sees its own."""
        page = await endpoints.page(actor.tenant, actor.agency, cursor, limit)
        return Page(data=[_view(endpoint) for endpoint in page.data], next=page.next)

    @router.get("/{endpoint_id}")
    async def get_webhook_endpoint(
        endpoint_id: EndpointId, actor: Reading, response: Response
    ) -> EndpointView:
        endpoint, _ = await load(actor, endpoint_id)
        response.headers.update(etag(endpoint.version))
        return _view(endpoint)

    @router.delete("/{endpoint_id}", status_code=204)
    async def delete_webhook_endpoint(endpoint_id: EndpointId, actor: Writing) -> None:
        """Send nothing more there and forget its secrets."""

        async def attempt() -> None:
            endpoint, _ = await load(actor, endpoint_id)
            await endpoints.save(actor.tenant, *rules.delete(endpoint))

        await settled(attempt)

    @router.post("/{endpoint_id}/rotate")
    async def rotate_webhook_secret(
        endpoint_id: EndpointId, actor: Writing, command: CommandOf
    ) -> EndpointWithSecret:
        """A new secret. The old one goes on signing beside it for 24 hours."""

        async def attempt() -> Endpoint:
            endpoint, document = await load(actor, endpoint_id)
            if command.seen_in(document):
                return endpoint
            fresh = endpoints.seal(actor.tenant, new_secret())
            rotated = rules.rotate(endpoint, fresh, system_now())
            return await endpoints.save(actor.tenant, rotated, command=command)

        return with_secret(await settled(attempt))

    @router.post("/{endpoint_id}/enable")
    async def enable_webhook_endpoint(
        endpoint_id: EndpointId, actor: Writing, command: CommandOf
    ) -> EndpointView:
        """Send there again. What was missed is sent by redelivering it."""

        async def attempt() -> Endpoint:
            endpoint, document = await load(actor, endpoint_id)
            if endpoint.enabled or command.seen_in(document):
                return endpoint
            return await endpoints.save(actor.tenant, rules.enable(endpoint), command=command)

        return _view(await settled(attempt))

    return router
