"""A resident's own consents."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.intake.consent import Consent, Purpose, grant, withdraw
from services.intake.consent import Field as SharedField
from services.intake.routes.shapes import ConsentId
from services.intake.store import Consents, Residents
from shared.changing import settled
from shared.clock import Clock
from shared.errors import NotFound
from shared.http.paging import Page
from shared.http.request import CommandOf, ResidentOf, TenantOf


class NewConsent(BaseModel):
    """Which fields may be shared (`scope`) with which `agencies`, for what."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"purpose": "support", "agencies": ["sample-agency"], "scope": ["language", "note"]}]
        },
    )

    purpose: Purpose
    agencies: list[Annotated[str, Field(max_length=40)]] = Field(min_length=1, max_length=20)
    scope: list[SharedField] = Field(min_length=1, max_length=10)


class ConsentView(BaseModel):
    id: str
    purpose: Purpose
    agencies: tuple[str, ...]
    scope: tuple[SharedField, ...]
    text_version: str
    granted_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None


def view(consent: Consent) -> ConsentView:
    return ConsentView(**{name: getattr(consent, name) for name in ConsentView.model_fields})


def consent_routes(clock: Clock, residents: Residents, consents: Consents) -> APIRouter:
    router = APIRouter(prefix="/me/consents", tags=["me"])

    @router.post("", status_code=201)
    async def give_consent(
        body: NewConsent, actor: ResidentOf, tenant: TenantOf, command: CommandOf
    ) -> ConsentView:
        """Allow something to be shared for a year; it can be taken back at any time."""
        resident_id = actor.require_resident()
        await residents.get(actor.tenant, resident_id)
        made, events = grant(
            command.new_id("cns"), resident_id, tenant, body.purpose, body.agencies, body.scope, clock.now()
        )
        return view(await consents.add(actor.tenant, made, events, command))

    @router.get("")
    async def list_my_consents(actor: ResidentOf) -> Page[ConsentView]:
        """What I have allowed, and what I took back."""
        found = await consents.of(actor.tenant, actor.require_resident())
        return Page(data=[view(consent) for consent in found])

    @router.delete("/{consent_id}")
    async def withdraw_consent(consent_id: ConsentId, actor: ResidentOf, command: CommandOf) -> ConsentView:
        """Take a consent back: agencies see nothing more by it."""

        async def attempt() -> ConsentView:
            consent = await consents.get(actor.tenant, consent_id)
            if consent.resident_id != actor.require_resident():
                raise NotFound("another resident's consent")
            changed, events = withdraw(consent, clock.now())
            if events:
                await consents.withdraw(actor.tenant, changed, events, command)
            return view(changed)

        return await settled(attempt)

    return router
