"""/booking/times: choose a day and a time. Choosing holds the time; the next page confirms it, and says with whom it is."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.booking.appointment import Appointment
from services.booking.availability import WithAlternatives
from services.booking.desk import Desk
from services.booking.free_times import Search
from services.booking.openings import Openings
from services.booking.pages.asking import Asking, offered_by, read, read_date
from services.booking.pages.asking import Form as Fields
from services.booking.pages.route import page_command, problem_title
from services.booking.pages.time_views import address, helps_of, moving_to, offered, reason_of, reasons_of
from services.booking.pages.views import APART, Choosable, Chosen, read_choice
from services.booking.slot import Slot
from services.booking.wish import Wish
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_ulid
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, form_of, page_route

FIRST_DAYS = 7
"""Days that are listed at once; the others wait behind a fold."""
Text = Annotated[str, Form()]
FormOf = Annotated[dict[str, list[str]], Depends(form_of)]


def time_pages(pages: Pages, openings: Openings, desk: Desk) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    async def asked_by(tenant: Tenant, fields: Fields) -> Asking:
        """What a resident asks for; a person who is not there (any more) is nobody."""
        people = await openings.people(tenant)
        ways = offered_by(people)
        asking = read(fields, ways, tenant.spec.booking.cell_minutes)
        way = asking.channel if asking.channel in ways else next(iter(ways), asking.channel)
        who = asking.counsellor_id if asking.counsellor_id in people else None
        return replace(asking, channel=way, counsellor_id=who, start=None)

    def search(visitor: Visitor, asking: Asking, moving: Appointment | None) -> Search | None:
        tenant = visitor.tenant
        return openings.search(
            tenant,
            openings.today(tenant),
            tenant.spec.booking.horizon_days + 1,
            asking.asked(),
            asking.minutes,
            resident_id=visitor.resident_id,
            own_limit=True,
            moving=moving,
        )

    async def why(
        visitor: Visitor, asking: Asking, moving: Appointment | None
    ) -> tuple[list[str], list[tuple[str, str]]]:
        """Why no day that can be booked has a free time, and what would help; a move keeps what it was made with."""
        tenant = visitor.tenant
        found = await openings.why(
            tenant,
            openings.today(tenant),
            tenant.spec.booking.horizon_days + 1,
            asking.asked(),
            asking.minutes,
            visitor.resident_id,
            moving=moving,
        )
        return reasons_of(found), [] if moving else helps_of(found, asking)

    async def show(
        visitor: Visitor,
        asking: Asking,
        moving: Appointment | None,
        *,
        status: int = 200,
        problem: str = "",
        alternatives: Sequence[Slot] = (),
    ) -> HTMLResponse:
        tenant, who = visitor.tenant, asking.counsellor_id
        days, shown = await openings.day(tenant, search(visitor, asking, moving), asking.day, APART)
        reasons, helps = ([], []) if days else await why(visitor, asking, moving)
        people = await openings.people(tenant)
        return pages.render(
            "times.html",
            tenant,
            status=status,
            problem=problem,
            # who has named nobody chooses a time; who has, is told of others by name
            alternatives=[
                Choosable(s.service_date, s.start_minute, s.counsellor_id if who else None)
                for s in alternatives
            ],
            people=people,
            offered=offered(people, asking),
            asking=replace(asking, day=None),
            base=address(asking, moving),
            ways=[(way, address(replace(asking, channel=way))) for way in offered_by(people)],
            days=days,
            first_days=FIRST_DAYS,
            chosen=shown.service_date if shown else None,
            times=[Choosable(shown.service_date, minute, who) for minute in shown.starts] if shown else [],
            moving=moving,
            with_same=address(replace(asking, counsellor_id=moving.slot.counsellor_id), moving)
            if moving
            else "",
            with_any=address(replace(asking, counsellor_id=None), moving),
            reasons=reasons,
            helps=helps,
            idempotency_key=new_ulid(),
        )

    async def mine(visitor: Visitor, appointment_id: str) -> Appointment:
        return await desk.get(visitor.tenant, appointment_id, visitor.resident_id)

    def another_time(present: Appointment, slot: str) -> Wish | None:
        """The same counsellor comes first for who names nobody."""
        chosen = read_choice(slot, present.slot.channel, present.slot.minutes)
        if chosen is None:
            return None
        same = present.slot.counsellor_id
        return present.wish(chosen.counsellor_id, chosen.service_date, chosen.start_minute, rather=same)

    async def refused_to_move(
        visitor: Visitor, present: Appointment, wish: Wish, refused: WithAlternatives
    ) -> HTMLResponse:
        asking = replace(moving_to(present, wish.counsellor_id), day=wish.service_date)
        problem = problem_title(refused.slug)
        return await show(
            visitor, asking, present, status=409, problem=problem, alternatives=refused.alternatives
        )

    @router.get("/times")
    async def choose_time(
        request: Request,
        visitor: VisitorOf,
        day: Annotated[str, Query()] = "",
        move: Annotated[str, Query(max_length=40)] = "",
        counsellor: Annotated[str, Query(max_length=40)] = "",
    ) -> HTMLResponse:
        if move:
            present = await mine(visitor, move)
            return await show(visitor, replace(moving_to(present, counsellor), day=read_date(day)), present)
        query = request.query_params
        return await show(
            visitor, await asked_by(visitor.tenant, {name: query.getlist(name) for name in query}), None
        )

    @router.post("/times")
    async def hold_time(request: Request, visitor: VisitorOf, form: FormOf) -> Response:
        asking = await asked_by(visitor.tenant, form)
        slot, key = (next(iter(form.get(name, ())), "")[:80] for name in ("slot", "idempotency_key"))
        chosen = read_choice(slot, asking.channel, asking.minutes)
        if chosen is None:
            return await show(visitor, asking, None, status=422, problem="時間を選んでください")
        wanted = replace(
            asking, counsellor_id=chosen.counsellor_id, day=chosen.service_date, start=chosen.start_minute
        )
        command = page_command(request, visitor, key, wanted.query())
        try:
            held = await desk.hold(visitor.tenant, visitor.resident_id, wanted.wish() or chosen, command)
        except (Conflict, Invalid, NotFound) as refused:
            return await show(
                visitor,
                replace(asking, day=chosen.service_date),
                None,
                status=409,
                problem=problem_title(refused.slug),
                alternatives=refused.alternatives if isinstance(refused, WithAlternatives) else (),
            )
        return RedirectResponse(f"/booking/appointments/{held.id}", 303)

    @router.get("/appointments/{appointment_id}/move")
    async def ask_before_moving(
        visitor: VisitorOf, appointment_id: str, slot: Annotated[str, Query(max_length=80)] = ""
    ) -> Response:
        present = await mine(visitor, appointment_id)
        wish = another_time(present, slot)
        if wish is None:
            return RedirectResponse(f"/booking/times?move={present.id}", 303)
        try:
            likely = await desk.likely(visitor.tenant, present, wish)
        except WithAlternatives as refused:
            return await refused_to_move(visitor, present, wish, refused)
        people = await openings.people(visitor.tenant)
        if likely.counsellor_id not in people:
            raise NotFound("no such counsellor")
        return pages.render(
            "move.html",
            visitor.tenant,
            appointment=present,
            wish=Chosen.of(wish),
            slot=slot,
            counsellor=people[likely.counsellor_id],
            named=wish.counsellor_id is not None,
            reason=reason_of(likely.assignment),
            idempotency_key=new_ulid(),
        )

    @router.post("/appointments/{appointment_id}/move")
    async def move_to_time(
        request: Request,
        visitor: VisitorOf,
        appointment_id: str,
        slot: Text = "",
        idempotency_key: Text = "",
    ) -> Response:
        present = await mine(visitor, appointment_id)
        wish = another_time(present, slot)
        if wish is None:
            return RedirectResponse(f"/booking/times?move={present.id}", 303)
        command = page_command(request, visitor, idempotency_key, slot)
        try:
            await desk.move(
                visitor.tenant,
                present.id,
                lambda latest: another_time(latest, slot) or wish,
                command,
                visitor.resident_id,
            )
        except WithAlternatives as refused:
            return await refused_to_move(visitor, present, wish, refused)
        return RedirectResponse(f"/booking/appointments/{present.id}/done", 303)

    return router
