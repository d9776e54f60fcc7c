"""/booking/work: the pages of somebody who works with the centre. Being off today is one press; nobody asks why."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.booking.centre.attendance import meant
from services.booking.centre.contract import may_take_back
from services.booking.centre.stretch import check_monday, monday_of
from services.booking.centre.week import Entry
from services.booking.openings import zone_of
from services.booking.pages.route import page_command, problem_title
from services.booking.pages.work_views import (
    GUIDES,
    STATES,
    Day,
    days_of,
    entries_of_days,
    lengths,
    month_bar,
    places,
    starts,
    typed,
    week_bars,
    why_not,
)
from services.booking.slot import check_date
from services.booking.working.parts import Working
from shared.errors import Conflict, Invalid
from shared.events.booking import AttendanceStatus
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, form_of, go, page_route

Text = Annotated[str, Form()]
WHERE = "/booking/work"
SAID: dict[str, AttendanceStatus] = {
    "absent": "absent",
    "late": "late",
    "leaving_early": "leaving_early",
    "present": "present",
}
AHEAD = 14
LISTED = 20


def work_pages(pages: Pages, working: Working) -> APIRouter:
    router = APIRouter(prefix="/work", route_class=page_route(pages))
    crew = working.crew

    async def today(
        visitor: Visitor, *, status: int = 200, problem: str = "", told: str = ""
    ) -> HTMLResponse:
        tenant, who = visitor.tenant, visitor.resident_id
        _, centre = await crew.standing(tenant, who)
        now, day = crew.now(), crew.today(tenant)
        around = await crew.between(tenant, who, day - timedelta(days=1), day + timedelta(days=AHEAD))
        found = meant(around, now, zone_of(tenant)).shift
        offered = [
            f
            for f in await crew.shifts.offered_to(tenant.id, who)
            if f.offer.open_to(who, now) and f.shift.state == "absent"
        ]
        return pages.render(
            "work.html",
            tenant,
            status=status,
            problem=problem,
            told=told if told in (*STATES, "unclear") else "",
            states=STATES,
            stations={station.id: station.name for station in centre.stations},
            shift=found,
            running=found is not None and found.starts_at <= now < found.ends_at,
            coming=[s for s in around if s.state != "withdrawn" and s.ends_at > now and s != found],
            offers=offered,
            idempotency_key=new_ulid(),
        )

    @router.get("")
    async def see_today(visitor: VisitorOf, told: Annotated[str, Query(max_length=20)] = "") -> HTMLResponse:
        return await today(visitor, told=told)

    @router.post("/attendance")
    async def tell(
        request: Request, visitor: VisitorOf, status: Text = "", shift: Text = "", idempotency_key: Text = ""
    ) -> Response:
        said = SAID.get(status)
        if said is None:
            return go(WHERE)
        command = page_command(request, visitor, idempotency_key, status, shift)
        named = shift if shift.startswith("shf_") else None
        try:
            told = await working.attending.report(
                visitor.tenant, visitor.resident_id, said, command, shift_id=named
            )
        except Conflict as refused:
            return await today(visitor, status=409, problem=problem_title(refused.slug))
        return go(f"{WHERE}?told={'unclear' if told.unclear else said}")

    @router.post("/offers/{shift_id}/take")
    async def take(
        request: Request, visitor: VisitorOf, shift_id: str, idempotency_key: Text = ""
    ) -> Response:
        command = page_command(request, visitor, idempotency_key)
        try:
            await working.substituting.take(visitor.tenant, visitor.resident_id, shift_id, command)
        except Conflict as refused:
            return await today(visitor, status=409, problem=problem_title(refused.slug))
        return go(f"{WHERE}?told=planned")

    @router.post("/offers/{shift_id}/pass")
    async def pass_offer(visitor: VisitorOf, shift_id: str) -> Response:
        await working.substituting.refuse(visitor.tenant, visitor.resident_id, shift_id)
        return go(WHERE)

    async def week_form(
        visitor: Visitor,
        monday: date,
        *,
        days: list[Day] | None = None,
        status: int = 200,
        problem: str = "",
        saved: str = "",
    ) -> HTMLResponse:
        tenant, who = visitor.tenant, visitor.resident_id
        standing, centre = await crew.standing(tenant, who)
        shown = days or await present(visitor, monday)
        this = monday_of(crew.today(tenant))
        return pages.render(
            "work_week.html",
            tenant,
            status=status,
            problem=problem,
            saved=saved,
            monday=monday,
            this_monday=this,
            days=shown,
            worker=standing.worker,
            starts=starts(),
            lengths=lengths(standing.worker, shown),
            places=places(standing.worker, centre),
            stations={station.id: station.name for station in centre.stations},
            states=STATES,
            idempotency_key=new_ulid(),
        )

    async def present(visitor: Visitor, monday: date) -> list[Day]:
        shifts = await crew.week(visitor.tenant, visitor.resident_id, monday)
        now = crew.now()
        begun = [s for s in shifts if s.state != "planned" or s.starts_at <= now]
        return days_of(monday, shifts, begun)

    def monday_in(visitor: Visitor, text: str) -> date:
        """The Monday that an address names; this week's for anything else."""
        today = crew.today(visitor.tenant)
        try:
            day = date.fromisoformat(text)
            check_date("monday", day, today)
            return check_monday("monday", day)
        except (ValueError, Invalid):
            return monday_of(today)

    @router.get("/week")
    async def see_week(
        visitor: VisitorOf,
        monday: Annotated[str, Query(max_length=20)] = "",
        saved: Annotated[str, Query(max_length=10)] = "",
    ) -> HTMLResponse:
        return await week_form(visitor, monday_in(visitor, monday), saved=saved)

    @router.post("/week")
    async def set_week(request: Request, visitor: VisitorOf) -> Response:
        form = await form_of(request)
        monday = monday_in(visitor, next(iter(form.get("monday", ())), ""))
        days = typed(await present(visitor, monday), form)
        entries = entries_of_days(days)
        key = next(iter(form.get("idempotency_key", ())), "")
        command = page_command(request, visitor, key, monday.isoformat(), _said(entries))
        standing, _ = await crew.standing(visitor.tenant, visitor.resident_id)
        try:
            await working.scheduling.set_week(visitor.tenant, visitor.resident_id, monday, entries, command)
        except Invalid as refused:
            reason = why_not(refused, standing.worker, entries)
            return await week_form(visitor, monday, days=days, status=422, problem=reason)
        except Conflict as refused:
            reason = problem_title(refused.slug)
            return await week_form(visitor, monday, days=days, status=409, problem=reason)
        return go(f"{WHERE}/week?monday={monday.isoformat()}&saved=yes")

    @router.post("/week/copy")
    async def copy_week(
        request: Request, visitor: VisitorOf, monday: Text = "", idempotency_key: Text = ""
    ) -> Response:
        there = monday_in(visitor, monday)
        command = page_command(request, visitor, idempotency_key, there.isoformat())
        before = there - timedelta(weeks=1)
        try:
            copied = await working.scheduling.copy(
                visitor.tenant, visitor.resident_id, before, there, command
            )
        except Conflict as refused:
            return await week_form(visitor, there, status=409, problem=problem_title(refused.slug))
        saved = "part" if copied.left_out else "yes"
        return go(f"{WHERE}/week?monday={there.isoformat()}&saved={saved}")

    @router.get("/hours")
    async def see_hours(visitor: VisitorOf) -> HTMLResponse:
        standing, centre, capacity = await working.reviewing.of_worker(visitor.tenant, visitor.resident_id)
        return pages.render(
            "work_hours.html",
            visitor.tenant,
            weeks=week_bars(capacity.weeks, standing.worker.weekly),
            months=[month_bar(month, ledger, centre.guide_ratio) for month, ledger in capacity.months],
            ledgers=capacity.months,
            guide=GUIDES[centre.guide],
            percent=round(centre.guide_ratio * 100),
        )

    return router


def work_contract_pages(pages: Pages, working: Working) -> APIRouter:
    """/booking/work/contracts: what was agreed, and the two things one can say to it."""
    router = APIRouter(prefix="/work", route_class=page_route(pages))
    contracting = working.contracting

    async def show(visitor: Visitor, *, status: int = 200, problem: str = "") -> HTMLResponse:
        found = await contracting.contracts.page(visitor.tenant.id, None, LISTED, visitor.resident_id)
        _, centre = await working.crew.standing(visitor.tenant, visitor.resident_id)
        return pages.render(
            "work_contracts.html",
            visitor.tenant,
            status=status,
            problem=problem,
            contracts=list(reversed(found.data)),
            automatic=centre.renewal == "automatic",
            may_take_back=may_take_back,
            idempotency_key=new_ulid(),
        )

    @router.get("/contracts")
    async def see_contracts(visitor: VisitorOf) -> HTMLResponse:
        return await show(visitor)

    @router.post("/contracts/{contract_id}/{answer}")
    async def answer_contract(
        request: Request, visitor: VisitorOf, contract_id: str, answer: str, idempotency_key: Text = ""
    ) -> Response:
        command = page_command(request, visitor, idempotency_key, answer)
        tenant, who, by = visitor.tenant, visitor.resident_id, visitor.actor
        try:
            if answer == "agree":
                await contracting.agree(tenant, contract_id, "worker", by, command, who)
            elif answer == "end":
                await contracting.end(tenant, contract_id, "worker", by, None, command, who)
        except Conflict as refused:
            return await show(visitor, status=409, problem=problem_title(refused.slug))
        return go(f"{WHERE}/contracts")

    return router


def _said(entries: list[Entry]) -> str:
    return "|".join(f"{e.stretch.service_date} {e.stretch.label} {e.station_id or ''}" for e in entries)
