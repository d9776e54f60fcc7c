"""/matching/v1/companies"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.matching.company import Company, register
from services.matching.routes.fields import CompanyId, ListQuery, Strict
from services.matching.store import Store
from shared.auth import Actor
from shared.clock import Clock
from shared.http.paging import Page
from shared.http.request import CommandOf, scope
from shared.tenancy import MunicipalityCode

MAY_SEE_CONTACT = "companies:write"


class NewCompany(Strict):
    name: str = Field(min_length=1, max_length=100, examples=["サンプル食堂"])
    municipality_code: MunicipalityCode = Field(examples=["991007"])
    contact_email: str | None = Field(
        default=None,
        max_length=254,
        pattern=r"^[^@\s]{1,64}@[^@\s]{1,189}$",
        examples=["jobs@sample.example"],
    )


class CompanyView(BaseModel):
    """`contact_email` is shown to callers with the scope companies:write only."""

    id: str
    name: str
    municipality_code: str
    contact_email: str | None
    created_at: datetime


def view(company: Company, actor: Actor) -> CompanyView:
    return CompanyView(
        id=company.id,
        name=company.name,
        municipality_code=company.municipality_code,
        contact_email=company.contact_email if MAY_SEE_CONTACT in actor.scopes else None,
        created_at=company.created_at,
    )


def company_router(store: Store, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["companies"])

    @router.post("/companies", status_code=201)
    async def register_company(
        wanted: NewCompany,
        actor: Annotated[Actor, Depends(scope("companies:write"))],
        command: CommandOf,
    ) -> CompanyView:
        """Register a company. Registration is free and opens nothing yet: offers are published one by one."""
        company, events = register(
            command.new_id("com"), wanted.name, wanted.municipality_code, wanted.contact_email, clock.now()
        )
        return view(await store.companies.add(actor.tenant, company, events, command), actor)

    @router.get("/companies")
    async def list_companies(
        actor: Annotated[Actor, Depends(scope("offers:read"))], query: Annotated[ListQuery, Depends()]
    ) -> Page[CompanyView]:
        """Companies, newest first."""
        found = await store.companies.newest(actor.tenant, query.after, query.limit + 1)
        return query.page(found, lambda c: view(c, actor), lambda c: (c.created_at, c.id))

    @router.get("/companies/{company_id}")
    async def get_company(
        company_id: CompanyId, actor: Annotated[Actor, Depends(scope("offers:read"))]
    ) -> CompanyView:
        """One company."""
        return view(await store.companies.get(actor.tenant, company_id), actor)

    return router
