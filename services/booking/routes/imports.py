"""/booking/v1/counsellors/{id}/busy-import, and the same below /booking/v1/pool: busy times out of a calendar that a counsellor keeps elsewhere."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from services.booking.hours import Absence
from services.booking.ical_busy import Imported, read_busy
from services.booking.openings import zone_of
from services.booking.roster import AHEAD, Roster
from services.booking.routes.counsellors import operation_of
from services.booking.routes.leaves import TouchedOut
from services.booking.routes.shapes import CounsellorPath
from shared.auth import Actor
from shared.clock import Clock
from shared.http.request import CommandOf, Scope, scope, tenant_of
from shared.ids import derived_id
from shared.pools import Pool
from shared.tenancy import Tenant

WRITE = scope("counsellors:write")
BEYOND = timedelta(days=60)
"""Imported beyond the horizon, which moves on every day."""
SAMPLE = (
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//sample//EN\r\nBEGIN:VEVENT\r\nUID:sample-1\r\n"
    "DTSTART:20261203T010000Z\r\nDTEND:20261203T020000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)
CALENDAR_BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"text/calendar": {"schema": {"type": "string"}, "example": SAMPLE}},
    }
}


class SkippedOut(BaseModel):
    """`event` names it by its line and UID."""

    event: str
    why: str


class ImportOut(BaseModel):
    imported: int = Field(description="Busy times, joined where they overlap")
    skipped: list[SkippedOut]
    touches: list[TouchedOut] = Field(
        description="Appointments that lie in a busy time and need somebody else"
    )


def import_routes(
    clock: Clock,
    roster: Roster,
    *,
    prefix: str = "",
    tag: str = "counsellors",
    write: Scope = WRITE,
    home_of: Callable[..., Awaitable[Tenant | Pool]] = tenant_of,
) -> APIRouter:
    """The same operation for a municipality's own counsellors and, with another scope and another home, for a pool's."""
    router = APIRouter(prefix=prefix, tags=[tag], generate_unique_id_function=operation_of(prefix))

    @router.post("/counsellors/{counsellor_id}/busy-import", openapi_extra=CALENDAR_BODY)
    async def import_busy_times(
        counsellor_id: CounsellorPath,
        request: Request,
        actor: Annotated[Actor, Depends(write)],
        home: Annotated[Tenant | Pool, Depends(home_of)],
        command: CommandOf,
    ) -> ImportOut:
        """Read an iCalendar file (RFC 5545, 1 MB at most) and put its busy times in the place of those imported before, in one step.

        Only the times are kept. Events that cannot be understood are left out and named; 422 names the line of what is no such file.
        """
        await roster.counsellors.get(home.id, counsellor_id)
        body = await request.body()
        now = clock.now()
        until = now + timedelta(days=_horizon(home)) + BEYOND
        # a thread: working out recurrences may take a second
        found = await asyncio.to_thread(read_busy, body, zone_of(home), now, until)
        absences = _absences(home, counsellor_id, found)
        _, touched = await roster.replace_imported(home.id, counsellor_id, absences, command)
        return ImportOut(
            imported=len(absences),
            skipped=[SkippedOut(event=s.event, why=s.why) for s in found.skipped],
            touches=[TouchedOut.of_touched(each) for each in touched],
        )

    return router


def _horizon(home: Tenant | Pool) -> int:
    """Service days ahead that can be booked; of a pool as many as any of its members may have."""
    return home.spec.booking.horizon_days if isinstance(home, Tenant) else AHEAD


def _absences(home: Tenant | Pool, counsellor_id: str, found: Imported) -> list[Absence]:
    """The same time has the same id whenever it is imported."""
    return [
        Absence(
            derived_id("lea", home.id, counsellor_id, busy.starts_at.isoformat(), busy.ends_at.isoformat()),
            busy.starts_at,
            busy.ends_at,
            kind="imported",
        )
        for busy in found.busy
    ]
