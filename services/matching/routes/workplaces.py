"""/matching/v1/workplaces: what a workplace is like, by its company and by those who have been there"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, Field

from services.matching import describing
from services.matching.routes.fields import ListQuery, Strict, WorkplaceId
from services.matching.store import Store
from services.matching.workplace import QUESTIONS, Aspect, Line, Workplace, picture, shown_notes
from shared.auth import Actor
from shared.clock import Clock
from shared.http.etag import IfMatch, etag
from shared.http.paging import Page
from shared.http.request import CommandOf, ResidentOf, scope
from shared.ids import id_pattern

Reading = Annotated[Actor, Depends(scope("offers:read"))]
Writing = Annotated[Actor, Depends(scope("companies:write"))]
NoteKey = Annotated[str, Path(pattern=id_pattern("spk"))]
QuestionId = Annotated[str, Field(pattern=r"^[a-z-]{1,40}$")]
Answer = Annotated[int, Field(ge=1, le=5)]
AnswerSet = Annotated[
    dict[QuestionId, Answer | None],
    Field(max_length=len(QUESTIONS), description="Question -> 1 to 5; null takes an answer back", examples=[{"noise": 4}]),
]  # fmt: skip


class WorkplaceBody(Strict):
    """`answers` that are not named stay as they are."""

    name: str = Field(min_length=1, max_length=100, examples=["見本食堂 本店の厨房"])
    about: str = Field(default="", max_length=2000)
    answers: AnswerSet = Field(default_factory=dict)


class NewWorkplace(WorkplaceBody):
    company_id: str = Field(pattern=id_pattern("com"), examples=["com_aaaaaaaaaaaaaaaaaaaaaaaaaa"])


class Experience(Strict):
    """`note` replaces what the person wrote before, "" takes it back; nobody but staff reads it until they release it."""

    answers: AnswerSet = Field(default_factory=dict)
    note: str | None = Field(default=None, max_length=400)


class NoteRelease(Strict):
    released: bool


class LineView(BaseModel):
    """`heard` is the mean of `people`, and null below three of them. Neither end of the scale is the good one."""

    question: str
    aspect: Aspect
    text: str
    low: str
    high: str
    said: int | None
    heard: float | None
    people: int | None
    differs: bool


class WorkplaceView(BaseModel):
    """`notes` are texts that staff have released."""

    id: str
    company_id: str
    name: str
    about: str
    said_at: datetime | None
    lines: list[LineView]
    notes: list[str]


class NoteView(BaseModel):
    key: str
    text: str
    released: bool


class StaffWorkplaceView(WorkplaceView):
    all_notes: list[NoteView]


def line_view(line: Line) -> LineView:
    question = line.question
    return LineView(
        question=question.id,
        aspect=question.aspect,
        text=question.text,
        low=question.low,
        high=question.high,
        said=line.said,
        heard=line.heard,
        people=line.people,
        differs=line.differs,
    )


def view(workplace: Workplace) -> WorkplaceView:
    return WorkplaceView(
        id=workplace.id,
        company_id=workplace.company_id,
        name=workplace.name,
        about=workplace.about,
        said_at=workplace.said_at,
        lines=[line_view(line) for line in picture(workplace)],
        notes=list(shown_notes(workplace)),
    )


def staff_view(workplace: Workplace) -> StaffWorkplaceView:
    notes = [NoteView(key=n.key, text=n.text, released=n.released) for n in workplace.notes]
    return StaffWorkplaceView(**view(workplace).model_dump(), all_notes=notes)


def workplace_router(store: Store, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["workplaces"])

    def answered(workplace: Workplace, response: Response) -> StaffWorkplaceView:
        response.headers.update(etag(workplace.version))
        return staff_view(workplace)

    @router.post("/workplaces", status_code=201)
    async def open_workplace(
        wanted: NewWorkplace, actor: Writing, command: CommandOf, response: Response
    ) -> StaffWorkplaceView:
        """A workplace of one of the tenant's companies (404 for any other), with what the company answers of it."""
        workplace = await describing.open_workplace(
            store,
            actor.tenant,
            wanted.company_id,
            wanted.name,
            wanted.about,
            wanted.answers,
            command,
            clock.now(),
        )
        return answered(workplace, response)

    @router.get("/workplaces")
    async def list_workplaces(
        actor: Reading,
        company_id: Annotated[str, Query(pattern=id_pattern("com"))],
        query: Annotated[ListQuery, Depends()],
    ) -> Page[StaffWorkplaceView]:
        """Workplaces of a company, newest first."""
        await store.companies.get(actor.tenant, company_id)
        found = await store.workplaces.of_company(actor.tenant, company_id, query.after, query.limit + 1)
        return query.page(found, staff_view, lambda w: (w.created_at, w.id))

    @router.get("/workplaces/{workplace_id}")
    async def get_workplace(
        workplace_id: WorkplaceId, actor: Reading, response: Response
    ) -> StaffWorkplaceView:
        """One workplace, with every note."""
        return answered(await store.workplaces.get(actor.tenant, workplace_id), response)

    @router.put("/workplaces/{workplace_id}")
    async def describe_workplace(
        workplace_id: WorkplaceId,
        wanted: WorkplaceBody,
        actor: Writing,
        command: CommandOf,
        expected: IfMatch,
        response: Response,
    ) -> StaffWorkplaceView:
        """The company's words, anew."""
        workplace = await describing.describe(
            store,
            actor.tenant,
            workplace_id,
            wanted.name,
            wanted.about,
            wanted.answers,
            command,
            clock.now(),
            expected=expected,
        )
        return answered(workplace, response)

    @router.put("/workplaces/{workplace_id}/notes/{note_key}")
    async def release_note(
        workplace_id: WorkplaceId,
        note_key: NoteKey,
        wanted: NoteRelease,
        actor: Writing,
        command: CommandOf,
        response: Response,
    ) -> StaffWorkplaceView:
        """Let residents and the company read what somebody wrote, or no longer."""
        workplace = await describing.release_note(
            store, actor.tenant, workplace_id, note_key, wanted.released, command
        )
        return answered(workplace, response)

    @router.get("/me/workplaces/{workplace_id}")
    async def see_workplace(workplace_id: WorkplaceId, actor: ResidentOf) -> WorkplaceView:
        """What a workplace is like."""
        return view(await store.workplaces.get(actor.tenant, workplace_id))

    @router.put("/me/workplaces/{workplace_id}/experience")
    async def tell_experience(
        workplace_id: WorkplaceId, wanted: Experience, actor: ResidentOf, command: CommandOf
    ) -> WorkplaceView:
        """What the resident says who has been there. 403 for who has asked neither to try nor to have work there."""
        workplace = await describing.experience(
            store,
            actor.tenant,
            workplace_id,
            actor.require_resident(),
            wanted.answers,
            wanted.note,
            command,
        )
        return view(workplace)

    return router
