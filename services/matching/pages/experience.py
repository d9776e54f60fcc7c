"""/matching/workplaces/{id}/experience: what somebody says of a workplace who has been there. Every question may be left open."""

from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import APIRouter, Request, Response

from services.matching import describing
from services.matching.pages.visitor import form_command
from services.matching.pages.workplace_view import STEPS
from services.matching.routes.fields import WorkplaceId
from services.matching.store import Store
from services.matching.workplace import FEWEST, QUESTIONS, Workplace
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, form_of, go, page_route

LONGEST = 400


def experience_pages(store: Store, pages: Pages) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    def show(
        visitor: Visitor, place: Workplace, said: Mapping[str, str], note: str, *, told: bool
    ) -> Response:
        return pages.render(
            "experience.html",
            visitor.tenant,
            status=422 if len(note) > LONGEST else 200,
            place=place,
            said=said,
            note=note,
            longest=LONGEST,
            told=told,
            questions=QUESTIONS,
            fewest=FEWEST,
            idempotency_key=new_ulid(),
        )

    @router.get("/workplaces/{workplace_id}/experience")
    async def ask(workplace_id: WorkplaceId, visitor: VisitorOf, told: bool = False) -> Response:
        tenant = visitor.tenant.id
        place = await describing.must_have_been_there(store, tenant, workplace_id, visitor.resident_id)
        key = store.workplaces.person_key(tenant, workplace_id, visitor.resident_id)
        said = {question: str(step) for question, step in place.heard.get((key, "trainee"), {}).items()}
        note = next((one.text for one in place.notes if one.key == key), "")
        return show(visitor, place, said, note, told=told)

    @router.post("/workplaces/{workplace_id}/experience")
    async def tell(workplace_id: WorkplaceId, visitor: VisitorOf, request: Request) -> Response:
        form = await form_of(request)
        said, note = _said(form), next(iter(form.get("note", ())), "").strip()[: LONGEST + 1]
        tenant = visitor.tenant.id
        if len(note) > LONGEST:
            place = await describing.must_have_been_there(store, tenant, workplace_id, visitor.resident_id)
            return show(visitor, place, said, note, told=False)
        answers: dict[str, int | None] = {q.id: int(said[q.id]) if q.id in said else None for q in QUESTIONS}
        command = await form_command(request, visitor, next(iter(form.get("idempotency_key", ())), ""))
        await describing.experience(store, tenant, workplace_id, visitor.resident_id, answers, note, command)
        return go(f"/matching/workplaces/{workplace_id}/experience?told=true")

    return router


def _said(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    return {q.id: step for q in QUESTIONS if (step := next(iter(form.get(q.id, ())), "")) in STEPS}
