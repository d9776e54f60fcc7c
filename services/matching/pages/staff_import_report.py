"""/matching/staff/imports/{id}: how far an import is, what was wrong in it, and confirming that much is no longer offered."""

from collections.abc import AsyncIterator
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import StreamingResponse

from services.matching.exchange_csv import cells_line
from services.matching.import_run import Fault
from services.matching.importing.confirming import confirm_import
from services.matching.importing.parts import Importing
from services.matching.pages.import_words import (
    SOURCES,
    how_it_ended,
    how_it_stands,
    place_of,
    problem_of,
    steps_of,
    what_of,
    when,
)
from services.matching.store import Store
from shared.errors import Conflict
from shared.ids import id_pattern
from shared.web import Pages
from shared.web.staff import Staff, StaffWith
from shared.web.visiting import go, page_route

PAGE: Final = "/matching/staff/imports"
SHOWN = 50
MANY = 1_000_000
Reader = Annotated[Staff, Depends(StaffWith("offers:read"))]
Writer = Annotated[Staff, Depends(StaffWith("offers:write"))]
ImportPath = Annotated[str, Path(pattern=id_pattern("imp"))]


def report_pages(pages: Pages, store: Store, importing: Importing) -> APIRouter:
    """Without a prefix: part of the router of /matching/staff."""
    router = APIRouter(route_class=page_route(pages, "staff_refused.html"))

    async def report(staff: Staff, import_id: str, after: int = 0, problem: str = "") -> Response:
        run = await store.imports.get(staff.tenant.id, import_id)
        faults = await store.imports.faults.some(staff.tenant.id, run.id, after, SHOWN + 1)
        return pages.render(
            "staff_import.html",
            staff.tenant,
            status=409 if problem else 200,
            staff=staff,
            here=PAGE,
            run=run,
            title=SOURCES[run.source],
            state=how_it_stands(run),
            ended=how_it_ended(run),
            steps=steps_of(run),
            faults=[(fault, place_of(fault), what_of(fault)) for fault in faults[:SHOWN]],
            after=after,
            further=after + SHOWN if len(faults) > SHOWN else None,
            outdated=run.waits and await store.imports.followed(staff.tenant.id, run),
            problem=problem,
            when=when,
        )

    @router.get("/imports/{import_id}")
    async def show_import(
        staff: Writer, import_id: ImportPath, after: Annotated[int, Query(ge=0, le=MANY)] = 0
    ) -> Response:
        return await report(staff, import_id, after)

    @router.post("/imports/{import_id}/confirm")
    async def confirm(staff: Writer, import_id: ImportPath) -> Response:
        """End what the list lacks. Once it is confirmed, doing so again changes nothing."""
        tenant, now = staff.tenant.id, importing.uploading.clock.now()
        try:
            await confirm_import(store, tenant, import_id, staff.actor.name, now, importing.worker.nudge)
        except Conflict as refused:
            return await report(staff, import_id, problem=problem_of(refused))
        return go(f"{PAGE}/{import_id}")

    @router.get("/imports/{import_id}/faults.csv")
    async def faults_as_csv(staff: Writer, import_id: ImportPath) -> Response:
        run = await store.imports.get(staff.tenant.id, import_id)
        headers = {"Content-Disposition": 'attachment; filename="faults.csv"', "Cache-Control": "no-store"}
        lines = _fault_lines(store, staff.tenant.id, run.id)
        return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers=headers)

    return router


async def _fault_lines(store: Store, tenant: str, run_id: str) -> AsyncIterator[bytes]:
    yield "\ufeff".encode() + cells_line(["行・件", "番号", "場所", "内容"])
    start = 0
    while found := await store.imports.faults.some(tenant, run_id, start, 500):
        yield b"".join(cells_line(_cells(fault)) for fault in found)
        start += len(found)


def _cells(fault: Fault) -> list[str]:
    return [str(fault.row), fault.key, place_of(fault), what_of(fault)]
