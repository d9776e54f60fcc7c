"""/matching/company/details: a company that is not let in yet puts right what it registered with."""

from collections.abc import Mapping

from fastapi import APIRouter, Request, Response

from services.matching import admitting
from services.matching.pages.company_entrance import read_company, typed
from services.matching.pages.company_route import (
    HOME,
    CompanyOf,
    FormOf,
    Representative,
    company_command,
    company_router,
)
from services.matching.pages.visitor import NameOf
from services.matching.seeker import reach_of
from services.matching.store import Store
from shared.ids import new_ulid
from shared.runtime import Core
from shared.web import Pages
from shared.web.visiting import go

CORRECTED = frozenset({"waiting", "declined"})
"""Where a registration stands whose details the company may put right."""


def detail_pages(core: Core, store: Store, pages: Pages, name: NameOf) -> APIRouter:
    router = company_router(pages, store)

    def ask(who: Representative, fields: Mapping[str, str], problems: Mapping[str, str]) -> Response:
        return pages.render(
            "company_details.html",
            who.tenant,
            status=422 if problems else 200,
            company=who.company,
            fields=fields,
            problems=problems,
            areas={code: name(who.tenant, code) for code in sorted(reach_of(who.tenant))},
            idempotency_key=new_ulid(),
        )

    @router.get("/details")
    async def show_details(who: CompanyOf) -> Response:
        company = who.company
        if company.registration.standing not in CORRECTED:
            return go(HOME)
        held = {
            "name": company.name,
            "municipality_code": company.municipality_code,
            "about": company.about,
        }
        return ask(who, held, {})

    @router.post("/details")
    async def correct_details(request: Request, who: CompanyOf, form: FormOf) -> Response:
        fields = typed(form)
        body, problems = read_company({**fields, "contact_email": None}, reach_of(who.tenant))
        if body is None:
            return ask(who, fields, problems)
        command = await company_command(request, who, form)
        said = (body.name, body.municipality_code, body.about)
        await admitting.correct(store, who.tenant.id, who.company_id, *said, command, core.clock.now())
        return go(HOME)

    return router
