"""Registering residents, their sessions, and the timeline of a case."""

from datetime import datetime
from typing import Annotated, Literal

import structlog
from fastapi import APIRouter, Depends, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake import entry
from services.intake.resident import Resident, register
from services.intake.routes.shapes import ResidentId
from services.intake.store import Entries, Residents, Timeline
from services.intake.timeline import Ids
from shared.auth import Actor, session_expiry
from shared.clock import system_now
from shared.http.etag import etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, TenantOf, scope
from shared.runtime import Core

log = structlog.get_logger()

Writing = Annotated[Actor, Depends(scope("residents:write"))]
Handing = Annotated[Actor, Depends(scope("sessions:write"))]
Reading = Annotated[Actor, Depends(scope("residents:read"))]
ReadingTimeline = Annotated[Actor, Depends(scope("timeline:read"))]


class Registration(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"channel": "web"}]})

    channel: Literal["web"]
    language: str = Field(default="ja", pattern=r"^[a-z]{2}$")


class ResidentView(BaseModel):
    """A resident as staff see them: no contact point is shown here."""

    id: str
    channel: Literal["line", "web"]
    language: str
    anonymous: bool
    created_at: datetime


class SessionView(BaseModel):
    """`token` speaks for the resident until `expires_at`; `entry_url` is a one-time link to the chat page."""

    token: str
    expires_at: datetime
    entry_url: str


class StepView(BaseModel):
    """One step of a case: what happened when, in which service, by whom, and the ids it is about."""

    id: str
    at: datetime
    type: str = Field(examples=["banso.booking.appointment.confirmed.v1"])
    source: str = Field(examples=["/booking"])
    actor: str
    sequence: int
    ids: Ids


def view(resident: Resident) -> ResidentView:
    return ResidentView(
        id=resident.id,
        channel=resident.channel,
        language=resident.language,
        anonymous=resident.anonymous,
        created_at=resident.created_at,
    )


def resident_routes(core: Core, residents: Residents, entries: Entries, timeline: Timeline) -> APIRouter:
    router = APIRouter(tags=["residents"])

    @router.post("/residents", status_code=201)
    async def register_resident(
        body: Registration, actor: Writing, tenant: TenantOf, command: CommandOf
    ) -> ResidentView:
        """Register somebody who made first contact. Nothing about who they are is asked."""
        made, events = register(
            command.new_id("res"),
            body.channel,
            body.language,
            tenant.spec.municipality_code,
            core.clock.now(),
            test=not actor.live,
        )
        return view(await residents.add(actor.tenant, made, events, command))

    @router.get("/residents")
    async def list_residents(actor: Reading, cursor: Cursor = None, limit: Limit = 50) -> Page[ResidentView]:
        """Residents, newest first."""
        page = await residents.page(actor.tenant, cursor, limit)
        return Page(data=[view(resident) for resident in page.data], next=page.next)

    @router.get("/residents/{resident_id}")
    async def get_resident(resident_id: ResidentId, actor: Reading, response: Response) -> ResidentView:
        found = await residents.get(actor.tenant, resident_id)
        response.headers.update(etag(found.version))
        return view(found)

    @router.post("/residents/{resident_id}/session", status_code=201)
    async def open_session(
        resident_id: ResidentId, actor: Handing, tenant: TenantOf, command: CommandOf
    ) -> SessionView:
        """A session for a resident who stands at the desk, and a one-time link to hand over. A test key gets the same.

        Whoever holds it can act as that resident: it has a scope of its own, which registering does not give.
        """
        log.info("session_opened", resident_id=resident_id)
        await residents.get(actor.tenant, resident_id)
        token = entry.make_token(core.secrets.text(tenant.id, "session_key"), command.key)
        await entries.add(tenant.id, entry.make_link(tenant.id, token, resident_id, core.clock.now()))
        now = system_now()
        return SessionView(
            token=core.authenticator.session(tenant.id, resident_id, now),
            expires_at=session_expiry(now),
            entry_url=tenant.page_url(core.settings.public_url, f"/intake/enter/{token}"),
        )

    @router.get("/residents/{resident_id}/timeline")
    async def get_timeline(
        resident_id: ResidentId, actor: ReadingTimeline, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[StepView]:
        """Every step of every service about this resident, oldest first."""
        await residents.get(actor.tenant, resident_id)
        page = await timeline.page(actor.tenant, resident_id, cursor, limit)
        steps = [
            StepView(id=row["_id"], **{k: row[k] for k in StepView.model_fields if k != "id"})
            for row in page.data
        ]
        return Page(data=steps, next=page.next)

    return router
