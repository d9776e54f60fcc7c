"""/matching/staff/assessments: whose month was looked at, what to talk about, and what is suggested. Each worker's page shows both views."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.matching.assessing import Assessing
from services.matching.assessment import words
from services.matching.assessment.growth import Growth
from services.matching.assessment.record import Assessment, month_of, months_before
from services.matching.pages.assess_form import AssessForm, assess_view, form_of, month_in, sent_form
from services.matching.pages.growth_view import growth_view
from services.matching.pages.sent import command_of, one, refusal_text
from services.matching.routes.assessment_shapes import AssessmentId, SuggestionId, WorkerId
from shared.errors import Conflict
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.pages import StaffLink
from shared.web.staff import Staff, StaffWith
from shared.web.visiting import form_of as fields_of
from shared.web.visiting import go, page_route

PAGE = "/matching/staff/assessments"
Reader = Annotated[Staff, Depends(StaffWith("assessments:read"))]
Writer = Annotated[Staff, Depends(StaffWith("assessments:write"))]
LONGEST = 2000


def staff_assessment_pages(pages: Pages, assessing: Assessing) -> APIRouter:
    pages.link_for_staff(StaffLink(PAGE, "利用者の歩み", "assessments:read"))
    router = APIRouter(prefix="/staff", route_class=page_route(pages, "staff_refused.html"))

    async def listed(staff: Staff, *, status: int = 200, problem: str = "") -> HTMLResponse:
        this = month_of(assessing.clock.now())
        looked = await assessing.looked(staff.tenant, months_before(this, 1))
        workers = [w for w in await assessing.workers.of_tenant(staff.tenant.id) if w.active]
        standing = await assessing.standing(staff.tenant)
        return pages.render(
            "staff_assessments.html",
            staff.tenant,
            status=status,
            problem=problem,
            staff=staff,
            here=PAGE,
            this=this,
            last=months_before(this, 1),
            workers=workers,
            looked=looked,
            standing=standing,
            words=words,
            idempotency_key=new_ulid(),
        )

    async def shown(staff: Staff, growth: Growth) -> HTMLResponse:
        return pages.render(
            "staff_growth.html",
            staff.tenant,
            staff=staff,
            here=PAGE,
            **growth_view(growth, "staff", assessing.clock.now()),
        )

    async def asked(
        staff: Staff,
        resident_id: str,
        month: date,
        form: AssessForm,
        assessment: Assessment | None = None,
        *,
        status: int = 200,
        problems: dict[str, str] | None = None,
        problem: str = "",
    ) -> HTMLResponse:
        return pages.render(
            "staff_assess.html",
            staff.tenant,
            status=status,
            staff=staff,
            here=PAGE,
            resident_id=resident_id,
            **assess_view(month, form, assessment, problems, problem),
        )

    @router.get("/assessments")
    async def see_workers(staff: Reader) -> HTMLResponse:
        return await listed(staff)

    @router.get("/assessments/{resident_id}")
    async def see_worker(staff: Reader, resident_id: WorkerId) -> HTMLResponse:
        return await shown(staff, await assessing.growth(staff.tenant, resident_id))

    @router.get("/assessments/{resident_id}/new")
    async def ask(
        staff: Writer, resident_id: WorkerId, month: Annotated[str, Query(max_length=10)] = ""
    ) -> Response:
        growth = await assessing.growth(staff.tenant, resident_id)
        wanted = month_in(month, assessing.clock.now())
        known = growth.assessment_id(wanted, "staff")
        if any(one.id == known for one in growth.assessments):
            return go(f"{PAGE}/{resident_id}/{known}")
        return await asked(staff, resident_id, wanted, AssessForm())

    @router.post("/assessments/{resident_id}/new")
    async def keep(staff: Writer, request: Request, resident_id: WorkerId) -> Response:
        fields = await fields_of(request)
        form, now = sent_form(fields), assessing.clock.now()
        month = month_in(one(fields, "month", 10), now)
        if form.problems:
            return await asked(staff, resident_id, month, form, status=422, problems=form.problems)
        command = await command_of(request, staff, fields)
        said = form.said(staff.actor.name, now)
        try:
            await assessing.submit(staff.tenant, resident_id, month, "staff", said, command)
        except Conflict as refused:
            problem = refusal_text(request, refused)
            return await asked(staff, resident_id, month, form, status=409, problem=problem)
        return go(f"{PAGE}/{resident_id}")

    @router.get("/assessments/{resident_id}/{assessment_id}")
    async def see_assessment(
        staff: Writer, resident_id: WorkerId, assessment_id: AssessmentId
    ) -> HTMLResponse:
        found = (await assessing.growth(staff.tenant, resident_id)).of(assessment_id)
        return await asked(staff, resident_id, found.period, form_of(found.present), found)

    @router.post("/assessments/{resident_id}/{assessment_id}")
    async def correct(
        staff: Writer, request: Request, resident_id: WorkerId, assessment_id: AssessmentId
    ) -> Response:
        fields = await fields_of(request)
        found = (await assessing.growth(staff.tenant, resident_id)).of(assessment_id)
        form = sent_form(fields)
        problems = form.problems | ({} if form.why else {"why": "直す理由を、短く書いてください。"})
        if problems:
            return await asked(staff, resident_id, found.period, form, found, status=422, problems=problems)
        command = await command_of(request, staff, fields)
        said = form.said(staff.actor.name, assessing.clock.now())
        await assessing.amend(staff.tenant, resident_id, assessment_id, "staff", said, command)
        return go(f"{PAGE}/{resident_id}")

    @router.post("/step-up-suggestions/{suggestion_id}")
    async def decide(staff: Writer, request: Request, suggestion_id: SuggestionId) -> Response:
        fields = await fields_of(request)
        said, by = one(fields, "said", LONGEST), staff.actor.name
        aside = one(fields, "decision") == "set_aside"
        if aside and not said:
            return await listed(staff, status=422, problem="見送るときは、記録を短く書いてください。")
        command = await command_of(request, staff, fields)
        try:
            if aside:
                await assessing.set_aside(staff.tenant, suggestion_id, by, said, command)
            else:
                await assessing.pass_on(staff.tenant, suggestion_id, by, said or None, command)
        except Conflict as refused:
            return await listed(staff, status=409, problem=refusal_text(request, refused))
        return go(PAGE)

    return router
