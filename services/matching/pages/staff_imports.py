"""/matching/staff/imports: carrying lists in and out."""

from collections.abc import AsyncIterator
from datetime import date

from fastapi import APIRouter, Request, Response
from starlette.datastructures import FormData, UploadFile

from services.matching.exporting import Format, What
from services.matching.import_run import Source
from services.matching.importing.parts import Importing
from services.matching.importing.uploading import LARGEST_TABLE, Wish
from services.matching.pages.import_words import SOURCES, how_it_stands, problem_of, when
from services.matching.pages.staff_import_report import PAGE, Reader, Writer, report_pages
from services.matching.routes.exports import list_response
from services.matching.store import Store
from shared.errors import Conflict, Invalid
from shared.http.request import make_command
from shared.idempotency import Command
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.pages import StaffLink
from shared.web.staff import Staff
from shared.web.visiting import go, page_route

LISTED = 20
PIECE = 64 * 1024
FORM = 64 * 1024
"""Bytes that a form may have beside its file."""


def larger_forms(importing: Importing) -> dict[str, int]:
    """Where files are sent on pages, and how many bytes they may have."""
    return {
        f"{PAGE}/hellowork": importing.largest + FORM,
        f"{PAGE}/lists": LARGEST_TABLE + FORM,
    }


def import_pages(pages: Pages, store: Store, importing: Importing) -> APIRouter:
    pages.link_for_staff(StaffLink(PAGE, "取りこみ・書き出し", "offers:write"))
    router = APIRouter(prefix="/staff", route_class=page_route(pages, "staff_refused.html"))

    async def overview(staff: Staff, problem: str = "", status: int = 200) -> Response:
        tenant = staff.tenant
        return pages.render(
            "staff_imports.html",
            tenant,
            status=status,
            staff=staff,
            here=PAGE,
            runs=await store.imports.newest(tenant.id, None, LISTED),
            origin=await store.occupations.origin(tenant.id),
            fetches=importing.fetching.set_up(tenant.id),
            places=len(importing.areas.by_code),
            largest=importing.largest // 1024**2,
            largest_table=LARGEST_TABLE // 1024**2,
            problem=problem,
            sources=SOURCES,
            states=how_it_stands,
            when=when,
            key=new_ulid,
        )

    @router.get("/imports")
    async def show_imports(staff: Writer) -> Response:
        return await overview(staff)

    @router.post("/imports/hellowork")
    async def send_hellowork(request: Request, staff: Writer) -> Response:
        async with request.form(max_files=1, max_fields=10) as form:
            file = _file(form)
            if file is None:
                return await overview(staff, "ファイルを選んでください。", 422)
            whole, dry_run = bool(form.get("whole")), bool(form.get("dry_run"))
            wish = Wish("hellowork", staff.actor.name, whole=whole, dry_run=dry_run)
            key = _text(form, "idempotency_key") or new_ulid()

            def command(digest: bytes) -> Command:
                flags = bytes([whole, dry_run])
                return make_command(request, staff.tenant.id, staff.actor.name, key, digest + flags)

            try:
                run = await importing.uploading.xml(staff.tenant.id, wish, _bytes(file), command)
            except (Conflict, Invalid) as refused:
                return await overview(staff, problem_of(refused), 422)
        return go(f"{PAGE}/{run.id}")

    @router.post("/imports/fetch")
    async def fetch_now(request: Request, staff: Writer) -> Response:
        async with request.form() as form:
            key = _text(form, "idempotency_key") or new_ulid()
        command = make_command(request, staff.tenant.id, staff.actor.name, key, b"")
        try:
            run = await importing.fetches.begin(
                staff.tenant.id, staff.actor.name, command.new_id("imp"), command
            )
        except Conflict as refused:
            return await overview(staff, problem_of(refused), 409)
        return go(f"{PAGE}/{run.id}")

    @router.post("/imports/lists")
    async def send_list(request: Request, staff: Writer) -> Response:
        staff.actor.require("companies:write")
        async with request.form(max_files=1, max_fields=10) as form:
            file = _file(form)
            source: Source = "companies" if form.get("source") == "companies" else "offers"
            if file is None:
                return await overview(staff, "ファイルを選んでください。", 422)
            media = "json" if (file.filename or "").lower().endswith(".json") else "csv"
            dry_run = bool(form.get("dry_run"))
            body = await file.read()
            key = _text(form, "idempotency_key") or new_ulid()
        wish = Wish(source, staff.actor.name, dry_run=dry_run, media=media)
        said = f"{source} {media} {dry_run}\n".encode() + body
        command = make_command(request, staff.tenant.id, staff.actor.name, key, said)
        try:
            run = await importing.uploading.table(staff.tenant.id, wish, body, command)
        except (Conflict, Invalid) as refused:
            return await overview(staff, problem_of(refused), 422)
        return go(f"{PAGE}/{run.id}")

    @router.post("/imports/occupations")
    async def send_occupations(request: Request, staff: Writer) -> Response:
        async with request.form(max_files=1, max_fields=10) as form:
            file = _file(form)
            if file is None:
                return await overview(staff, "ファイルを選んでください。", 422)
            body, version = await file.read(), _text(form, "version")[:40]
            try:
                day = date.fromisoformat(_text(form, "downloaded_on"))
                await importing.spreading.take(staff.tenant.id, body, day, version)
            except ValueError:
                return await overview(staff, "ダウンロードした日を選んでください。", 422)
            except Invalid as refused:
                return await overview(staff, problem_of(refused), 422)
        return go(f"{PAGE}#occupations")

    @router.get("/exports/{what}.{form}")
    async def export(staff: Reader, what: What, form: Format) -> Response:
        if what == "companies":
            staff.actor.require("companies:write")
        return list_response(store, staff.tenant.id, what, form)

    router.include_router(report_pages(pages, store, importing))
    return router


def _file(form: FormData) -> UploadFile | None:
    found = form.get("file")
    return found if isinstance(found, UploadFile) and found.filename else None


def _text(form: FormData, name: str) -> str:
    found = form.get(name)
    return found.encode(errors="ignore").decode().strip() if isinstance(found, str) else ""


async def _bytes(file: UploadFile) -> AsyncIterator[bytes]:
    while chunk := await file.read(PIECE):
        yield chunk
