"""/matching/v1/me/assessments, /workers/{id}/assessments and /step-up-suggestions"""

from typing import Annotated

from fastapi import APIRouter, Depends

from services.matching.assessing import Assessing
from services.matching.routes.assessment_bodies import (
    OwnAssessmentBody,
    OwnCorrectionBody,
    PassOnBody,
    SetAsideBody,
    StaffAssessmentBody,
    StaffCorrectionBody,
    WishBody,
)
from services.matching.routes.assessment_shapes import (
    AssessmentId,
    AssessmentOut,
    GrowthOut,
    ItemsOut,
    StaffAssessmentOut,
    StaffGrowthOut,
    SuggestionId,
    SuggestionOut,
    SuggestionsOut,
    WorkerId,
    month_of_text,
)
from services.matching.routes.questionnaires import anybody
from shared.auth import Actor
from shared.http.request import CommandOf, ResidentOf, TenantOf, scope

Reader = Annotated[Actor, Depends(scope("assessments:read"))]
Writer = Annotated[Actor, Depends(scope("assessments:write"))]


def my_assessment_router(assessing: Assessing) -> APIRouter:
    router = APIRouter(tags=["assessments"])

    @router.get("/assessment-items", dependencies=[Depends(anybody)])
    async def list_assessment_items() -> ItemsOut:
        """What is looked at on the four axes, with what 1, 3 and 5 look like. Help and tools count as done."""
        return ItemsOut.made()

    @router.get("/me/assessments")
    async def get_my_growth(actor: ResidentOf, tenant: TenantOf) -> GrowthOut:
        """How my work goes, as I and as staff have seen it. 404 for who works with no centre."""
        return GrowthOut.of(await assessing.growth(tenant, actor.require_resident()))

    @router.post("/me/assessments", status_code=201)
    async def submit_my_assessment(
        body: OwnAssessmentBody, actor: ResidentOf, tenant: TenantOf, command: CommandOf
    ) -> AssessmentOut:
        """How I see one month. 409 `already-assessed` once I have: then I correct it."""
        said = body.said(actor.name, assessing.clock.now())
        period = month_of_text(body.period)
        return AssessmentOut.of(
            await assessing.submit(tenant, actor.require_resident(), period, "self", said, command)
        )

    @router.post("/me/assessments/{assessment_id}/corrections", status_code=201)
    async def correct_my_assessment(
        assessment_id: AssessmentId,
        body: OwnCorrectionBody,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
    ) -> AssessmentOut:
        """Say it otherwise; what I said before stays. 409 `own-words` for what staff have said."""
        said = body.said(actor.name, assessing.clock.now())
        me = actor.require_resident()
        return AssessmentOut.of(await assessing.amend(tenant, me, assessment_id, "self", said, command))

    @router.put("/me/step-up-wish")
    async def set_my_wish(
        body: WishBody, actor: ResidentOf, tenant: TenantOf, command: CommandOf
    ) -> GrowthOut:
        """Whether I wish to talk about a next step. Taking it back withdraws what was suggested; nothing else ever changes by it."""
        return GrowthOut.of(await assessing.wish(tenant, actor.require_resident(), body.wishes, command))

    return router


def assessment_router(assessing: Assessing) -> APIRouter:
    router = APIRouter(tags=["assessments"])

    @router.get("/workers/{resident_id}/assessments")
    async def get_growth(resident_id: WorkerId, actor: Reader, tenant: TenantOf) -> StaffGrowthOut:
        """How a worker's work goes, seen from both sides, with notes and suggestions."""
        return StaffGrowthOut.of(await assessing.growth(tenant, resident_id))

    @router.post("/workers/{resident_id}/assessments", status_code=201)
    async def submit_assessment(
        resident_id: WorkerId,
        body: StaffAssessmentBody,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
    ) -> StaffAssessmentOut:
        """How staff see one month. The worker reads it, but for the note. 409 `already-assessed`: then it is corrected."""
        said = body.said(actor.name, assessing.clock.now())
        period = month_of_text(body.period)
        return StaffAssessmentOut.of(
            await assessing.submit(tenant, resident_id, period, "staff", said, command)
        )

    @router.post("/workers/{resident_id}/assessments/{assessment_id}/corrections", status_code=201)
    async def correct_assessment(
        resident_id: WorkerId,
        assessment_id: AssessmentId,
        body: StaffCorrectionBody,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
    ) -> StaffAssessmentOut:
        """Correct what staff have said, and say why; the first words stay. 409 `own-words` for what the worker has said."""
        said = body.said(actor.name, assessing.clock.now())
        return StaffAssessmentOut.of(
            await assessing.amend(tenant, resident_id, assessment_id, "staff", said, command)
        )

    @router.get("/step-up-suggestions")
    async def list_suggestions(actor: Reader, tenant: TenantOf) -> SuggestionsOut:
        """What was suggested and still stands, the oldest first."""
        return SuggestionsOut(data=[SuggestionOut.of(one) for one in await assessing.standing(tenant)])

    @router.post("/step-up-suggestions/{suggestion_id}/pass-on")
    async def pass_suggestion_on(
        suggestion_id: SuggestionId, actor: Writer, tenant: TenantOf, command: CommandOf, body: PassOnBody
    ) -> SuggestionOut:
        """Tell the worker that a talk is possible. 409 `suggestion-closed` when it does not stand any more."""
        return SuggestionOut.of(
            await assessing.pass_on(tenant, suggestion_id, actor.name, body.message, command)
        )

    @router.post("/step-up-suggestions/{suggestion_id}/set-aside")
    async def set_suggestion_aside(
        suggestion_id: SuggestionId, body: SetAsideBody, actor: Writer, tenant: TenantOf, command: CommandOf
    ) -> SuggestionOut:
        """Leave it be, with a note for staff. 409 `suggestion-closed` when it does not stand any more."""
        return SuggestionOut.of(
            await assessing.set_aside(tenant, suggestion_id, actor.name, body.note, command)
        )

    return router
