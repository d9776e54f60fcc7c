"""/matching/work/growth: how my work goes, as I and as staff see it, and whether I wish for a next step."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse

from services.matching.assessing import Assessing
from services.matching.assessment.growth import Growth
from services.matching.assessment.record import Assessment
from services.matching.pages.assess_form import AssessForm, assess_view, form_of, month_in, sent_form
from services.matching.pages.growth_view import growth_view
from services.matching.pages.sent import command_of, one, refusal_text
from services.matching.routes.assessment_shapes import AssessmentId
from shared.errors import Conflict
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, go, page_route
from shared.web.visiting import form_of as fields_of

PAGE = "/matching/work/growth"
TOLD = frozenset({"kept", "wished", "taken_back"})


def worker_growth_pages(pages: Pages, assessing: Assessing) -> APIRouter:
    router = APIRouter(prefix="/work", route_class=page_route(pages, "work_refused.html"))

    async def asked(
        visitor: Visitor,
        month: date,
        form: AssessForm,
        assessment: Assessment | None = None,
        *,
        status: int = 200,
        problems: dict[str, str] | None = None,
        problem: str = "",
    ) -> HTMLResponse:
        return pages.render(
            "work_assess.html",
            visitor.tenant,
            status=status,
            **assess_view(month, form, assessment, problems, problem),
        )

    @router.get("/growth")
    async def see_growth(visitor: VisitorOf, told: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
        growth = await assessing.growth(visitor.tenant, visitor.resident_id)
        return pages.render(
            "work_growth.html",
            visitor.tenant,
            told=told if told in TOLD else "",
            wishable=visitor.tenant.spec.matching.step_up is not None,
            idempotency_key=new_ulid(),
            **growth_view(growth, "self", assessing.clock.now()),
        )

    @router.get("/growth/assess")
    async def ask(visitor: VisitorOf, month: Annotated[str, Query(max_length=10)] = "") -> Response:
        growth = await assessing.growth(visitor.tenant, visitor.resident_id)
        wanted = month_in(month, assessing.clock.now())
        if (said := _own(growth, wanted)) is not None:
            return go(f"{PAGE}/{said.id}")
        return await asked(visitor, wanted, AssessForm())

    @router.post("/growth/assess")
    async def keep(visitor: VisitorOf, request: Request) -> Response:
        fields = await fields_of(request)
        form, now = sent_form(fields), assessing.clock.now()
        month = month_in(one(fields, "month", 10), now)
        if form.problems:
            return await asked(visitor, month, form, status=422, problems=form.problems)
        command = await command_of(request, visitor, fields)
        said = AssessForm(form.chosen, form.message).said(visitor.actor, now)
        try:
            await assessing.submit(visitor.tenant, visitor.resident_id, month, "self", said, command)
        except Conflict as refused:
            return await asked(visitor, month, form, status=409, problem=refusal_text(request, refused))
        return go(f"{PAGE}?told=kept")

    @router.get("/growth/{assessment_id}")
    async def see_own(visitor: VisitorOf, assessment_id: AssessmentId) -> HTMLResponse:
        found = (await assessing.growth(visitor.tenant, visitor.resident_id)).of(assessment_id)
        return await asked(visitor, found.period, form_of(found.present), found)

    @router.post("/growth/{assessment_id}")
    async def correct(visitor: VisitorOf, request: Request, assessment_id: AssessmentId) -> Response:
        fields = await fields_of(request)
        found = (await assessing.growth(visitor.tenant, visitor.resident_id)).of(assessment_id)
        form = sent_form(fields)
        if form.problems:
            return await asked(visitor, found.period, form, found, status=422, problems=form.problems)
        command = await command_of(request, visitor, fields)
        said = AssessForm(form.chosen, form.message).said(visitor.actor, assessing.clock.now())
        await assessing.amend(visitor.tenant, visitor.resident_id, assessment_id, "self", said, command)
        return go(f"{PAGE}?told=kept")

    @router.post("/growth-wish")
    async def wish(visitor: VisitorOf, request: Request) -> Response:
        fields = await fields_of(request)
        wishes = one(fields, "wishes") == "yes"
        command = await command_of(request, visitor, fields)
        await assessing.wish(visitor.tenant, visitor.resident_id, wishes, command)
        return go(f"{PAGE}?told={'wished' if wishes else 'taken_back'}")

    return router


def _own(growth: Growth, month: date) -> Assessment | None:
    return next((a for a in growth.assessments if (a.period, a.kind) == (month, "self")), None)
