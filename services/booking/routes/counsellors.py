"""/booking/v1/counsellors and /booking/v1/pool/counsellors: who can be talked to, and when."""

from collections.abc import Callable
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Response
from fastapi.routing import APIRoute

from services.booking.counsellor import Counsellor
from services.booking.hours import Hours, check_exceptions, check_weekly_hours
from services.booking.roster import Roster
from services.booking.routes.people import CounsellorBody, CounsellorOut
from services.booking.routes.shapes import CounsellorPath
from services.booking.store import Counsellors
from shared.auth import Actor
from shared.errors import Invalid
from shared.http.etag import IfMatch, etag, must_be
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, Scope, scope

READ, WRITE = scope("counsellors:read"), scope("counsellors:write")


def operation_of(prefix: str) -> Callable[[APIRoute], str]:
    """Operation ids of routes that stand in the API twice, once below `prefix`."""
    before = f"{prefix.strip('/')}_" if prefix else ""
    return lambda route: before + route.name


def counsellor_routes(
    counsellors: Counsellors,
    roster: Roster,
    *,
    prefix: str = "",
    tag: str = "counsellors",
    read: Scope = READ,
    write: Scope = WRITE,
) -> APIRouter:
    """The same operations for a municipality's own counsellors and, with other scopes, for a pool's: `actor.tenant` is their home."""
    router = APIRouter(prefix=prefix, tags=[tag], generate_unique_id_function=operation_of(prefix))

    @router.post("/counsellors", status_code=201)
    async def add_counsellor(
        body: CounsellorBody, actor: Annotated[Actor, Depends(write)], command: CommandOf, response: Response
    ) -> CounsellorOut:
        """Add a counsellor. Weekly hours may pass midnight (up to 30:00) and must not overlap in real time."""
        made = _counsellor(command.new_id("cou"), body)
        await counsellors.add(actor.tenant, made, command)
        return _tagged(await counsellors.get(actor.tenant, made.id), response)

    @router.get("/counsellors")
    async def list_counsellors(
        actor: Annotated[Actor, Depends(read)],
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[CounsellorOut]:
        """Counsellors in order of creation."""
        page = await counsellors.page(actor.tenant, cursor, limit)
        return Page(data=[CounsellorOut.of(found) for found in page.data], next=page.next)

    @router.get("/counsellors/{counsellor_id}")
    async def get_counsellor(
        counsellor_id: CounsellorPath, actor: Annotated[Actor, Depends(read)], response: Response
    ) -> CounsellorOut:
        """One counsellor; `ETag` is the version for `If-Match`."""
        return _tagged(await counsellors.get(actor.tenant, counsellor_id), response)

    @router.put("/counsellors/{counsellor_id}")
    async def change_counsellor(
        counsellor_id: CounsellorPath,
        body: CounsellorBody,
        actor: Annotated[Actor, Depends(write)],
        response: Response,
        expected: IfMatch,
    ) -> CounsellorOut:
        """Replace what is known of a counsellor but for the absences. Appointments that exist already stay as they are."""
        present = await counsellors.get(actor.tenant, counsellor_id)
        must_be(expected, present.version)
        wanted = replace(_counsellor(counsellor_id, body), version=present.version, absences=present.absences)
        if wanted != present:
            wanted = await roster.change(actor.tenant, wanted)
        return _tagged(wanted, response)

    return router


def _tagged(counsellor: Counsellor, response: Response) -> CounsellorOut:
    response.headers.update(etag(counsellor.version))
    return CounsellorOut.of(counsellor)


def _counsellor(counsellor_id: str, body: CounsellorBody) -> Counsellor:
    """Raises Invalid, naming the field."""
    if body.from_date and body.to_date and body.to_date < body.from_date:
        raise Invalid("to_date", "must not be before from_date")
    hours = check_exceptions(Hours(check_weekly_hours(body.weekly()), body.different(), body.works_holidays))
    return Counsellor(
        counsellor_id,
        body.display_name,
        tuple(dict.fromkeys(body.languages)),
        tuple(dict.fromkeys(body.channels)),
        hours.weekly,
        exceptions=hours.exceptions,
        works_holidays=hours.works_holidays,
        skills=tuple(dict.fromkeys(body.skills)),
        gender=body.gender,
        daily_cap=body.daily_cap,
        weight=body.weight,
        active=body.active,
        from_date=body.from_date,
        to_date=body.to_date,
    )
