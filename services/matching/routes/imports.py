"""/matching/v1/imports"""

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Query, Request
from pydantic import BaseModel

from services.matching.import_run import MESSAGES, Failure, Fault, ImportRun, Source, State, Way
from services.matching.importing.parts import Importing
from services.matching.importing.uploading import LARGEST_TABLE, Wish
from services.matching.routes.fields import ListQuery
from services.matching.store import Store
from shared.auth import Actor
from shared.http.paging import Cursor, Limit, Page, decode_cursor, encode_cursor
from shared.http.problems import language
from shared.http.request import CommandOf, make_command, scope
from shared.ids import id_pattern, new_ulid

V1 = "/matching/v1/imports"
LISTS = ("companies", "offers")
ImportId = Annotated[str, Path(pattern=id_pattern("imp"), description="`imp_…`")]
Key = Annotated[str | None, Header(max_length=255, description="A repeated request is done once")]
Whole = Annotated[bool, Query(description="The file is the whole list: what it lacks is no longer offered")]
DryRun = Annotated[bool, Query(description="Only count what would change")]
Confirmed = Annotated[
    bool,
    Query(
        description="End what the whole list lacks, however much it is. Without it nothing is ended when that is too much"
    ),
]
LARGEST_NUMBER = 2**31


class ImportView(BaseModel):
    """`counts`: new, changed, unchanged, kept_closed, elsewhere, expired, gone, refused. `share`: of the source read so far, 0 to 1.

    `withheld`: so many of the `open_before` offers that were open when it began are missing in the whole list that none of them was ended;
    staff confirm it on the import's page, or the list is sent again as `confirmed`.
    """

    id: str
    source: Source
    way: Way
    state: State
    whole: bool
    dry_run: bool
    started_at: datetime
    moved_at: datetime
    ended_at: datetime | None
    read: int
    counts: dict[str, int]
    faulty: int
    failure: Failure | None
    line: int | None
    share: float | None
    open_before: int = 0
    withheld: int = 0


class FaultView(BaseModel):
    """`row`: of the record (the first is 1) or of the spreadsheet's row. `place`: tag or column. `skips`: the whole record was left out."""

    row: int
    key: str
    place: str
    code: str
    skips: bool
    message: str


def view(run: ImportRun) -> ImportView:
    names = ImportView.model_fields.keys() - {"ended_at", "share", "counts"}
    return ImportView(
        **{name: getattr(run, name) for name in names},
        ended_at=run.ended_at,
        share=run.share,
        counts=dict(run.counts),
    )


def fault_view(fault: Fault, lang: str) -> FaultView:
    return FaultView(**vars(fault), message=MESSAGES[fault.code][lang])


def larger_bodies(importing: Importing) -> dict[str, int]:
    """Where files are sent, and how many bytes they may have."""
    tables = {f"{V1}/{what}": LARGEST_TABLE for what in LISTS}
    return {f"{V1}/hellowork": importing.largest, **tables}


def _body(media: str, example: str) -> dict[str, Any]:
    content = {media: {"schema": {"type": "string"}, "example": example}}
    return {"requestBody": {"required": True, "content": content}}


XML = _body("application/xml", "<root><kyujin><data><kjno>99010-00000161</kjno></data></kyujin></root>")
LIST = _body("text/csv", "company_key,name,municipality_code\nK1,見本製作所,991007\n")
Writer = Annotated[Actor, Depends(scope("offers:write"))]
Reader = Annotated[Actor, Depends(scope("offers:read"))]


def import_router(store: Store, importing: Importing) -> APIRouter:
    router = APIRouter(prefix="/imports", tags=["imports"])
    uploading = importing.uploading

    @router.post("/hellowork", status_code=202, openapi_extra=XML)
    async def import_hellowork(
        request: Request,
        actor: Writer,
        whole: Whole = False,
        dry_run: DryRun = False,
        confirmed: Confirmed = False,
        idempotency_key: Key = None,
    ) -> ImportView:
        """Send a file of 求人情報提供 (XML). It is read in the background; the answer tells where to watch.

        409 while another import of the employment service's offers runs, and without a list of municipalities.
        """
        key = idempotency_key if idempotency_key is not None else new_ulid()
        confirmed_by = actor.name if confirmed else ""
        wish = Wish("hellowork", actor.name, whole=whole, dry_run=dry_run, confirmed_by=confirmed_by)
        flags = bytes([whole, dry_run]) + b"confirmed" * confirmed
        begun = await uploading.xml(
            actor.tenant,
            wish,
            request.stream(),
            lambda digest: make_command(request, actor.tenant, actor.name, key, digest + flags),
        )
        return view(begun)

    @router.post("/hellowork/fetch", status_code=202)
    async def fetch_hellowork(actor: Writer, command: CommandOf) -> ImportView:
        """Fetch the employment service's lists now rather than with the next day's.

        409 without access to them, while they are closed (0 to 6 o'clock), and while another import of theirs runs.
        """
        run_id = command.new_id("imp")
        if done := await store.imports.done_before(actor.tenant, run_id, command):
            return view(done)
        return view(await importing.fetches.begin(actor.tenant, actor.name, run_id, command))

    async def list_import(
        request: Request, actor: Actor, command: CommandOf, source: Source, dry_run: bool
    ) -> ImportView:
        media = "json" if "json" in request.headers.get("content-type", "") else "csv"
        wish = Wish(source, actor.name, dry_run=dry_run, media=media)
        return view(await uploading.table(actor.tenant, wish, await request.body(), command))

    @router.post("/companies", status_code=202, openapi_extra=LIST)
    async def import_companies(
        request: Request,
        actor: Annotated[Actor, Depends(scope("companies:write"))],
        command: CommandOf,
        dry_run: DryRun = False,
    ) -> ImportView:
        """Send a list of companies: CSV (UTF-8 or CP932), or JSON by its content type. They are let in. For the columns see the manual."""
        return await list_import(request, actor, command, "companies", dry_run)

    @router.post("/offers", status_code=202, openapi_extra=LIST)
    async def import_offers(
        request: Request, actor: Writer, command: CommandOf, dry_run: DryRun = False
    ) -> ImportView:
        """Send a list of offers of companies that are registered, as `companies`. New ones are open at once."""
        return await list_import(request, actor, command, "offers", dry_run)

    @router.get("")
    async def list_imports(actor: Reader, query: Annotated[ListQuery, Depends()]) -> Page[ImportView]:
        """Imports, newest first; each is kept for 90 days."""
        found = await store.imports.newest(actor.tenant, query.after, query.limit + 1)
        return query.page(found, view, lambda run: (run.started_at, run.id))

    @router.get("/{import_id}")
    async def get_import(import_id: ImportId, actor: Reader) -> ImportView:
        """How far it is, what it changed, how it ended."""
        return view(await store.imports.get(actor.tenant, import_id))

    @router.get("/{import_id}/faults")
    async def list_faults(
        request: Request, import_id: ImportId, actor: Reader, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[FaultView]:
        """What was wrong, in the order of the file. The first 10,000 are kept."""
        await store.imports.get(actor.tenant, import_id)
        start = max(0, min(decode_cursor(cursor, (int,))[0], LARGEST_NUMBER)) if cursor else 0
        found = await store.imports.faults.some(actor.tenant, import_id, start, limit + 1)
        lang = language(request.headers.get("accept-language", ""))
        following = encode_cursor(start + limit) if len(found) > limit else None
        return Page(data=[fault_view(fault, lang) for fault in found[:limit]], next=following)

    return router
