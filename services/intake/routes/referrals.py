"""Referrals: staff draft and send, the agency answers. An agency sees its own, and only what the resident consented to."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake import referral as rules
from services.intake.consent import Field as SharedField
from services.intake.referral import Reason, Referral, State
from services.intake.referring import Referring, Step
from services.intake.routes.shapes import ReferralId
from shared.auth import Actor
from shared.clock import Clock
from shared.errors import Forbidden
from shared.events.envelope import Payload
from shared.http.etag import etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import ActorOf, CommandOf, TenantOf
from shared.ids import id_pattern


class NewReferral(BaseModel):
    model_config = ConfigDict(extra="forbid")

    resident_id: str = Field(pattern=id_pattern("res"))
    agency_id: str = Field(max_length=40, examples=["sample-agency"])
    consent_id: str = Field(pattern=id_pattern("cns"))
    note: str = Field(default="", max_length=4000)


class Declining(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "capacity"}]})

    reason: Reason


class Said(BaseModel):
    at: datetime
    text: str


class Shared(BaseModel):
    """What an agency is shown: the fields that a live consent names, and no other."""

    channel: str | None = None
    language: str | None = None
    email: str | None = None
    note: str | None = None
    consultation: list[Said] | None = None


class ReferralView(BaseModel):
    """`note` is for staff; an agency finds what it may see in `shared`."""

    id: str
    resident_id: str
    agency_id: str
    consent_id: str
    state: State
    created_at: datetime
    sent_at: datetime | None
    answered_at: datetime | None
    reason: Reason | None
    shared_fields: tuple[SharedField, ...]
    note: str | None = None
    shared: Shared | None = None


def staff_view(referral: Referral) -> ReferralView:
    return ReferralView(
        id=referral.id,
        resident_id=referral.resident_id,
        agency_id=referral.agency_id,
        consent_id=referral.consent_id,
        state=referral.state,
        created_at=referral.created_at,
        sent_at=referral.sent_at,
        answered_at=referral.answered_at,
        reason=referral.reason,
        shared_fields=referral.shared,
        note=referral.note,
    )


def _agency_of(actor: Actor) -> str | None:
    """The agency that asks, or None for staff. Raises Forbidden for a credential that may do neither."""
    if actor.agency is not None:
        actor.require("referrals:respond")
        return actor.agency
    actor.require("referrals:read")
    return None


def _answering(actor: Actor) -> str:
    actor.require("referrals:respond")
    if actor.agency is None:
        raise Forbidden("only a partner agency's key may answer a referral")
    return actor.agency


def referral_routes(clock: Clock, referring: Referring) -> APIRouter:
    router = APIRouter(prefix="/referrals", tags=["referrals"])

    async def shown(tenant: str, referral: Referral, agency: str | None) -> ReferralView:
        made = staff_view(referral)
        if agency is None:
            return made
        fields = await referring.shared(tenant, referral, clock.now())
        return made.model_copy(update={"note": None, "shared": Shared.model_validate(fields)})

    @router.post("", status_code=201)
    async def draft_referral(
        body: NewReferral, actor: ActorOf, tenant: TenantOf, command: CommandOf
    ) -> ReferralView:
        """Write a draft; nobody outside sees it before it is sent."""
        actor.require("referrals:write")
        made = Referral(command.new_id("ref"), **body.model_dump(), created_at=clock.now())
        return staff_view(await referring.draft(tenant, made, command))

    @router.get("")
    async def list_referrals(actor: ActorOf, cursor: Cursor = None, limit: Limit = 50) -> Page[ReferralView]:
        """Newest first; an agency is shown what was sent to it."""
        agency = _agency_of(actor)
        page = await referring.referrals.page(actor.tenant, agency, cursor, limit)
        return Page(data=[await shown(actor.tenant, r, agency) for r in page.data], next=page.next)

    @router.get("/{referral_id}")
    async def get_referral(referral_id: ReferralId, actor: ActorOf, response: Response) -> ReferralView:
        agency = _agency_of(actor)
        found = await referring.get(actor.tenant, referral_id, agency)
        response.headers.update(etag(found.version))
        return await shown(actor.tenant, found, agency)

    @router.post("/{referral_id}/send")
    async def send_referral(referral_id: ReferralId, actor: ActorOf, command: CommandOf) -> ReferralView:
        """Send a draft. Needs a live consent of the resident that covers this agency and the purpose `support`."""
        actor.require("referrals:write")
        return staff_view(await referring.send(actor.tenant, referral_id, command))

    @router.post("/{referral_id}/acknowledge")
    async def acknowledge_referral(
        referral_id: ReferralId, actor: ActorOf, command: CommandOf
    ) -> ReferralView:
        """The agency takes the referral."""
        agency = _answering(actor)
        done = await referring.answer(actor.tenant, referral_id, agency, rules.acknowledge, command)
        return await shown(actor.tenant, done, agency)

    @router.post("/{referral_id}/decline")
    async def decline_referral(
        referral_id: ReferralId, body: Declining, actor: ActorOf, command: CommandOf
    ) -> ReferralView:
        """The agency cannot take the referral."""
        agency = _answering(actor)

        def step(referral: Referral, now: datetime) -> tuple[Referral, Sequence[Payload]]:
            return rules.decline(referral, body.reason, now)

        rule: Step = step
        done = await referring.answer(actor.tenant, referral_id, agency, rule, command)
        return await shown(actor.tenant, done, agency)

    return router
