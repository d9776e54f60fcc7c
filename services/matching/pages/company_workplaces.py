"""/matching/company/workplaces: what a company's workplaces are like, in its own words and in fourteen short answers."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from services.matching import describing
from services.matching.pages.company_route import (
    HOME,
    CompanyOf,
    FormOf,
    Representative,
    company_command,
    company_router,
)
from services.matching.pages.workplace_view import STEPS, workplace_view
from services.matching.routes.fields import WorkplaceId
from services.matching.store import Store
from services.matching.workplace import QUESTIONS, Workplace
from shared.ids import new_ulid
from shared.runtime import Core
from shared.web import Pages
from shared.web.visiting import go

PLACES = f"{HOME}/workplaces"
LONGEST = {"name": 100, "about": 2000}
PROBLEMS = {
    "name": "職場の名前を、100文字までで書いてください",
    "about": "2,000文字までで書いてください",
}


def workplace_pages(core: Core, store: Store, pages: Pages) -> APIRouter:
    router = company_router(pages, store)

    async def ask(
        who: Representative,
        fields: Mapping[str, Any],
        present: Workplace | None = None,
        problems: Mapping[str, str] | None = None,
    ) -> Response:
        return pages.render(
            "company_workplace.html",
            who.tenant,
            status=422 if problems else 200,
            company=who.company,
            here="workplaces",
            present=present,
            shown=workplace_view(present) if present else None,
            fields=fields,
            problems=problems or {},
            questions=QUESTIONS,
            idempotency_key=new_ulid(),
        )

    @router.get("/workplaces")
    async def list_workplaces(who: CompanyOf) -> Response:
        places = await store.workplaces.of_company(who.tenant.id, who.company_id)
        return pages.render(
            "company_workplaces.html",
            who.tenant,
            company=who.company,
            here="workplaces",
            places=places,
            questions=len(QUESTIONS),
        )

    @router.get("/workplaces/new")
    async def ask_for_workplace(who: CompanyOf) -> Response:
        return await ask(who, _typed({}))

    @router.post("/workplaces/new")
    async def add_workplace(request: Request, who: CompanyOf, form: FormOf) -> Response:
        fields = _typed(form)
        if problems := _wrong(fields):
            return await ask(who, fields, problems=problems)
        command = await company_command(request, who, form)
        said = {question: step for question, step in _answers(fields).items() if step is not None}
        await describing.open_workplace(
            store,
            who.tenant.id,
            who.company_id,
            fields["name"],
            fields["about"],
            said,
            command,
            core.clock.now(),
        )
        return go(PLACES)

    @router.get("/workplaces/{workplace_id}")
    async def show_workplace(workplace_id: WorkplaceId, who: CompanyOf) -> Response:
        place = await store.workplaces.get(who.tenant.id, workplace_id, who.company_id)
        said = {question: str(step) for question, step in place.said.items()}
        empty = _typed({})
        return await ask(who, {**empty, "name": place.name, "about": place.about, "said": said}, place)

    @router.post("/workplaces/{workplace_id}")
    async def describe_workplace(
        request: Request, workplace_id: WorkplaceId, who: CompanyOf, form: FormOf
    ) -> Response:
        place = await store.workplaces.get(who.tenant.id, workplace_id, who.company_id)
        fields = _typed(form)
        if problems := _wrong(fields):
            return await ask(who, fields, place, problems)
        await describing.describe(
            store,
            who.tenant.id,
            workplace_id,
            fields["name"],
            fields["about"],
            _answers(fields),
            await company_command(request, who, form),
            core.clock.now(),
            company_id=who.company_id,
        )
        return go(PLACES)

    return router


def _typed(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    texts = {name: next(iter(form.get(name, ())), "").strip()[: most + 1] for name, most in LONGEST.items()}
    said = {q.id: step for q in QUESTIONS if (step := next(iter(form.get(q.id, ())), "")) in STEPS}
    return {**texts, "said": said}


def _wrong(fields: Mapping[str, Any]) -> dict[str, str]:
    wrong = {name for name, most in LONGEST.items() if len(fields[name]) > most}
    if not fields["name"]:
        wrong.add("name")
    return {name: text for name, text in PROBLEMS.items() if name in wrong}


def _answers(fields: Mapping[str, Any]) -> dict[str, int | None]:
    """Every question: what was chosen, or None for what was left open."""
    said = fields["said"]
    return {q.id: int(said[q.id]) if q.id in said else None for q in QUESTIONS}
