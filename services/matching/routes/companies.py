"""/matching/v1/companies"""

import re
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.matching import admitting
from services.matching.company import Company, describe, register, register_itself
from services.matching.registration import DeclineReason, PauseReason, Standing
from services.matching.routes.fields import CompanyId, ListQuery, Strict
from services.matching.store import Store
from shared.auth import Actor
from shared.clock import Clock
from shared.http.etag import IfMatch, etag
from shared.http.paging import Page
from shared.http.request import CommandOf, scope
from shared.tenancy import MunicipalityCode

MAY_SEE_CONTACT = "companies:write"
EMAIL_PATTERN = r"^[^@\s]{1,64}@[^@\s]{1,189}$"
EMAIL = re.compile(EMAIL_PATTERN)
Reading = Annotated[Actor, Depends(scope("offers:read"))]
Writing = Annotated[Actor, Depends(scope("companies:write"))]


class CompanyBody(Strict):
    name: str = Field(min_length=1, max_length=100, examples=["サンプル食堂"])
    municipality_code: MunicipalityCode = Field(examples=["991007"])
    contact_email: str | None = Field(
        default=None, max_length=254, pattern=EMAIL_PATTERN, examples=["jobs@sample.example"]
    )
    about: str = Field(default="", max_length=1000, description="What the company does, in its own words")


class NewCompany(CompanyBody):
    """`waiting`: it registered by itself, on a page of the municipality's own, and is let in once it is approved."""

    waiting: bool = False


class Declining(Strict):
    reason: DeclineReason


class Pausing(Strict):
    reason: PauseReason


class CompanyView(BaseModel):
    """`contact_email`, and the `contact_name` and `contact_phone` that the company itself may give, are shown to callers with the scope
    companies:write only. Offers are shown to residents while it is `approved`."""

    id: str
    name: str
    municipality_code: str
    contact_email: str | None
    contact_name: str | None = None
    contact_phone: str | None = None
    about: str
    standing: Standing
    applied_at: datetime | None
    decided_at: datetime | None
    reason: DeclineReason | PauseReason | None
    created_at: datetime


def view(company: Company, actor: Actor) -> CompanyView:
    registration, shown = company.registration, MAY_SEE_CONTACT in actor.scopes
    return CompanyView.model_validate(
        {
            "id": company.id,
            "name": company.name,
            "municipality_code": company.municipality_code,
            "contact_email": company.contact_email if shown else None,
            "contact_name": (company.contact_name or None) if shown else None,
            "contact_phone": (company.contact_phone or None) if shown else None,
            "about": company.about,
            "standing": registration.standing,
            "applied_at": registration.applied_at,
            "decided_at": registration.decided_at,
            "reason": registration.reason,
            "created_at": company.created_at,
        }
    )


def company_router(store: Store, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["companies"])

    def answered(company: Company, actor: Actor, response: Response) -> CompanyView:
        response.headers.update(etag(company.version))
        return view(company, actor)

    @router.post("/companies", status_code=201)
    async def register_company(
        wanted: NewCompany, actor: Writing, command: CommandOf, response: Response
    ) -> CompanyView:
        """Register a company that the municipality knows: it is let in at once, unless it is `waiting`. Offers are published one by one."""
        make = register_itself if wanted.waiting else register
        company, events = make(
            command.new_id("com"),
            wanted.name,
            wanted.municipality_code,
            wanted.contact_email,
            clock.now(),
            wanted.about,
        )
        return answered(await store.companies.add(actor.tenant, company, events, command), actor, response)

    @router.get("/companies")
    async def list_companies(
        actor: Reading,
        query: Annotated[ListQuery, Depends()],
        standing: Standing | None = None,
        words: Annotated[str, Query(max_length=100, description="Parts of the name")] = "",
    ) -> Page[CompanyView]:
        """Companies, newest first; `standing` and `words` narrow them."""
        found = await store.companies.newest(
            actor.tenant, query.after, query.limit + 1, standing=standing, words=words
        )
        return query.page(found, lambda c: view(c, actor), lambda c: (c.created_at, c.id))

    @router.get("/companies/{company_id}")
    async def get_company(company_id: CompanyId, actor: Reading, response: Response) -> CompanyView:
        """One company."""
        return answered(await store.companies.get(actor.tenant, company_id), actor, response)

    @router.put("/companies/{company_id}")
    async def describe_company(
        company_id: CompanyId,
        wanted: CompanyBody,
        actor: Writing,
        command: CommandOf,
        expected: IfMatch,
        response: Response,
    ) -> CompanyView:
        """What is held of it, anew. Its standing stays."""
        said = (wanted.name, wanted.municipality_code, wanted.contact_email, wanted.about)
        changed = await store.companies.change(
            actor.tenant, company_id, lambda c: describe(c, *said), command, expected
        )
        return answered(changed, actor, response)

    @router.post("/companies/{company_id}/approve")
    async def approve_company(
        company_id: CompanyId, actor: Writing, command: CommandOf, response: Response
    ) -> CompanyView:
        """Let a company in that registered by itself; it is told by mail. 409 `registration-state` unless it waits."""
        company = await admitting.approve(store, actor.tenant, company_id, actor.name, command, clock.now())
        return answered(company, actor, response)

    @router.post("/companies/{company_id}/decline")
    async def decline_company(
        company_id: CompanyId, wanted: Declining, actor: Writing, command: CommandOf, response: Response
    ) -> CompanyView:
        """Do not let it in; it is told by mail, with the reason, and may ask again. 409 `registration-state` unless it waits."""
        company = await admitting.decline(
            store, actor.tenant, company_id, wanted.reason, actor.name, command, clock.now()
        )
        return answered(company, actor, response)

    @router.post("/companies/{company_id}/pause")
    async def pause_company(
        company_id: CompanyId, wanted: Pausing, actor: Writing, command: CommandOf, response: Response
    ) -> CompanyView:
        """Let it rest: its offers are shown to nobody. 409 `registration-state` unless it is approved."""
        company = await admitting.pause(
            store, actor.tenant, company_id, wanted.reason, actor.name, command, clock.now()
        )
        return answered(company, actor, response)

    @router.post("/companies/{company_id}/resume")
    async def resume_company(
        company_id: CompanyId, actor: Writing, command: CommandOf, response: Response
    ) -> CompanyView:
        """Show its offers again. 409 `registration-state` unless it is paused."""
        company = await admitting.resume(store, actor.tenant, company_id, actor.name, command, clock.now())
        return answered(company, actor, response)

    return router
