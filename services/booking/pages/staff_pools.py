"""/booking/staff/pools, /pool and /sessions: what a municipality has of its pools, how a pool's week stands, a pool counsellor's own week."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.booking.pages.route import problem_title
from services.booking.pages.staff_appointments import LONGEST, MISSED
from services.booking.pages.staff_route import (
    AppointmentPath,
    CounsellorReader,
    require_counsellor,
    staff_command,
    staff_router,
)
from services.booking.pages.views import CHANNELS
from services.booking.pooling import Pooling
from services.booking.routes.pool import PoolWeek, SessionOut
from services.booking.routes.pools import OwnWeek
from services.booking.sessions import Sessions
from services.booking.slot import check_date
from shared.clock import Clock
from shared.errors import Conflict, Forbidden, Invalid
from shared.ids import new_ulid
from shared.pools import Pool
from shared.registry import Registry
from shared.web import Pages
from shared.web.staff import HOME, Staff, StaffWith
from shared.web.visiting import go

PoolReader = Annotated[Staff, Depends(StaffWith("pool:read"))]
Counselling = Annotated[Staff, Depends(StaffWith("pool:sessions"))]
Text = Annotated[str, Form()]
WEEKS, DAYS = 4, 14


def pool_pages(
    pages: Pages, clock: Clock, registry: Registry, pooling: Pooling, sessions: Sessions
) -> APIRouter:
    router = staff_router(pages)

    def pool_of(staff: Staff) -> Pool:
        if not staff.actor.of_pool:
            raise Forbidden("only for the people of a pool")
        return registry.pools[staff.actor.tenant]

    @router.get("/pools")
    async def municipal_pools(staff: CounsellorReader) -> HTMLResponse:
        """What this municipality has used of its quotas. Of other members nothing."""
        shown = []
        for pool in registry.pools_of(staff.tenant.id):
            weeks = await pooling.weeks(pool, pooling.mondays(pool, None, WEEKS))
            people = [p for p in await pooling.counsellors.all(pool.id) if p.active]
            shown.append((pool, [OwnWeek.of(week, staff.tenant.id) for week in weeks], people))
        return pages.render(
            "staff_pools.html",
            staff.tenant,
            staff=staff,
            here=f"{HOME}/pools",
            shown=shown,
            channels=CHANNELS,
        )

    @router.get("/pool")
    async def whole_pool(staff: PoolReader) -> HTMLResponse:
        pool = pool_of(staff)
        weeks = await pooling.weeks(pool, pooling.mondays(pool, None, WEEKS))
        names = {t.id: t.spec.short_name for t in registry.tenants.values()}
        return pages.render(
            "staff_pool.html",
            staff.tenant,
            staff=staff,
            here=f"{HOME}/pool",
            pool=pool,
            weeks=[PoolWeek.of(week) for week in weeks],
            names=names,
        )

    async def show(staff: Staff, first: date, *, status: int = 200, problem: str = "") -> HTMLResponse:
        pool = pool_of(staff)
        found = await sessions.between(pool, require_counsellor(staff), first, DAYS)
        return pages.render(
            "staff_sessions.html",
            staff.tenant,
            status=status,
            staff=staff,
            here=f"{HOME}/sessions",
            pool=pool,
            first=first,
            today=sessions.today(pool),
            problem=problem,
            sessions=[SessionOut.of(session) for session in found],
            now=clock.now(),
            channels=CHANNELS,
            idempotency_key=new_ulid(),
        )

    @router.get("/sessions")
    async def own_sessions(
        staff: Counselling, first: Annotated[str, Query(alias="from", max_length=10)] = ""
    ) -> HTMLResponse:
        return await show(staff, wanted(staff, first))

    def wanted(staff: Staff, text: str) -> date:
        today = sessions.today(pool_of(staff))
        try:
            found = date.fromisoformat(text)
            check_date("from", found, today)
        except (ValueError, Invalid):
            return today
        return found

    @router.post("/sessions/{appointment_id}/outcome")
    async def mark_session(
        request: Request,
        staff: Counselling,
        appointment_id: AppointmentPath,
        outcome: Text = "",
        note: Text = "",
        day: Text = "",
        idempotency_key: Text = "",
    ) -> Response:
        pool, me = pool_of(staff), require_counsellor(staff)
        said = note.strip()[:LONGEST] or None
        command = staff_command(request, staff, idempotency_key, outcome, note)
        first = wanted(staff, day)
        try:
            if outcome == "attended":
                await sessions.attended(pool, me, appointment_id, said, command)
            elif by := MISSED.get(outcome):
                await sessions.missed(pool, me, appointment_id, by, said, command)
            else:
                return await show(staff, first, status=422, problem="どうだったかを選んでください")
        except Conflict as refused:
            return await show(staff, first, status=409, problem=problem_title(refused.slug))
        return go(f"{HOME}/sessions?from={first.isoformat()}")

    return router
