"""The programme catalogue: import, lists, and the search that answers residents, with its reasons."""

import asyncio
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from services.intake.guide import Guide
from services.intake.importing import import_sheet, worded
from services.intake.programme import COLUMNS, Programme, State
from services.intake.programme_csv import read_sheet
from services.intake.routes.shapes import ProgrammeId
from services.intake.store import Programmes
from shared.auth import Actor
from shared.clock import Clock
from shared.http.etag import etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.problems import language
from shared.http.request import CommandOf, scope

Reading = Annotated[Actor, Depends(scope("programmes:read"))]
Writing = Annotated[Actor, Depends(scope("programmes:write"))]


class RowReport(BaseModel):
    """`row` counts as a spreadsheet does (the header is row 1); `code` is stable, `message` is for people."""

    row: int
    service_id: str
    field: str
    code: str
    message: str


class ImportReport(BaseModel):
    imported: int
    updated: int
    unchanged: int
    retired: int
    rejected: int
    rows: list[RowReport]


class ProgrammeView(BaseModel):
    """`fields` are the columns of the catalogue that say something."""

    id: str
    state: State
    name: str
    fields: dict[str, str]


class MatchView(BaseModel):
    word: str
    contribution: float


class FoundView(BaseModel):
    """`matched` are the words of the question and what each contributed to `score`."""

    programme: ProgrammeView
    score: float
    matched: list[MatchView]


class SearchResult(BaseModel):
    data: list[FoundView] = Field(max_length=20)


def view(programme: Programme) -> ProgrammeView:
    fields = {column: programme[column] for column in COLUMNS if programme[column]}
    return ProgrammeView(id=programme.id, state=programme.state, name=programme.name, fields=fields)


CSV_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": f"{','.join(COLUMNS[:1])},name\nS-001,住居確保給付金（見本）\n",
            }
        },
    }
}


def programme_routes(clock: Clock, programmes: Programmes, guide: Guide) -> APIRouter:
    router = APIRouter(prefix="/programmes", tags=["programmes"])

    @router.post("/import", openapi_extra=CSV_BODY)
    async def import_programmes(
        request: Request,
        actor: Writing,
        command: CommandOf,
        retire_missing: Annotated[
            bool, Query(description="Retire programmes that the file does not name")
        ] = False,
    ) -> ImportReport:
        """Import a catalogue CSV (24 columns, English or Japanese names; UTF-8 or CP932). Rows that are wrong are reported and
        left out. Importing the same file again changes nothing."""
        body = await request.body()
        sheet = await asyncio.to_thread(read_sheet, body)
        report = await import_sheet(programmes, actor.tenant, sheet, command, retire_missing=retire_missing)
        lang = language(request.headers.get("accept-language", ""))
        return ImportReport.model_validate(worded(report, lang))

    @router.get("")
    async def list_programmes(
        actor: Reading, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[ProgrammeView]:
        """By service id, retired ones too."""
        page = await programmes.page(actor.tenant, cursor, limit)
        return Page(data=[view(programme) for programme in page.data], next=page.next)

    @router.get("/search")
    async def search_programmes(
        actor: Reading,
        q: Annotated[str, Query(min_length=1, max_length=2000, examples=["家賃がきつい"])],
        limit: Annotated[int, Query(ge=1, le=20)] = 3,
    ) -> SearchResult:
        """What a resident who wrote `q` would be told of, and why."""
        found = await guide.search(actor.tenant, q, clock.now(), limit)
        return SearchResult(
            data=[
                FoundView(
                    programme=view(programme),
                    score=reason.score,
                    matched=[MatchView(word=m.word, contribution=m.contribution) for m in reason.matched],
                )
                for programme, reason in found
            ]
        )

    @router.get("/{programme_id}")
    async def get_programme(programme_id: ProgrammeId, actor: Reading, response: Response) -> ProgrammeView:
        found = await programmes.get(actor.tenant, programme_id)
        response.headers.update(etag(found.version))
        return view(found)

    return router
