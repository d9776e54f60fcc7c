"""/booking/times: choose a day and a time. Choosing holds the time; the next page confirms it."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.booking.appointment import Appointment
from services.booking.availability import WithAlternatives
from services.booking.counsellor import Asked, Counsellor
from services.booking.desk import Desk
from services.booking.openings import Openings
from services.booking.pages.route import page_command, problem_title
from services.booking.pages.views import APART, CHANNELS, Chosen, read_choice
from services.booking.slot import Slot
from shared.errors import Conflict, Invalid, NotFound
from shared.events.booking import AppointmentChannel
from shared.ids import new_ulid
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, page_route

MINUTES = 60
"""How long an appointment is that is chosen on a page."""
FIRST_DAYS = 7
"""Days that are listed at once; the others wait behind a fold."""
Text = Annotated[str, Form()]


def time_pages(pages: Pages, openings: Openings, desk: Desk) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    async def show(
        visitor: Visitor,
        channel: str,
        day: str,
        moving: Appointment | None,
        *,
        status: int = 200,
        problem: str = "",
        alternatives: Sequence[Slot] = (),
    ) -> HTMLResponse:
        tenant = visitor.tenant
        people = await openings.people(tenant)
        offered = [known for known in CHANNELS if any(known in c.channels for c in people.values())]
        by = _channel(channel, moving, offered)
        search = openings.search(
            tenant,
            openings.today(tenant),
            tenant.spec.booking.horizon_days + 1,
            Asked(by),
            moving.slot.minutes if moving else MINUTES,
            resident_id=visitor.resident_id,
            own_limit=True,
            moving=moving,
        )
        days, times = await openings.day(tenant, search, _date(day), APART)
        return pages.render(
            "times.html",
            tenant,
            status=status,
            problem=problem,
            alternatives=alternatives,
            people=people,
            channels={known: CHANNELS[known] for known in offered},
            channel=by,
            days=days,
            first_days=FIRST_DAYS,
            chosen=times[0].service_date if times else None,
            times=times,
            moving=moving,
            idempotency_key=new_ulid(),
        )

    async def own(visitor: Visitor, appointment_id: str) -> Appointment | None:
        if not appointment_id:
            return None
        return await desk.get(visitor.tenant, appointment_id, visitor.resident_id)

    @router.get("/times")
    async def choose_time(
        visitor: VisitorOf,
        channel: Annotated[str, Query()] = "",
        day: Annotated[str, Query()] = "",
        move: Annotated[str, Query(max_length=40)] = "",
    ) -> HTMLResponse:
        return await show(visitor, channel, day, await own(visitor, move))

    @router.post("/times")
    async def hold_time(
        request: Request,
        visitor: VisitorOf,
        slot: Text = "",
        channel: Text = "",
        idempotency_key: Text = "",
    ) -> Response:
        by = _channel(channel, None, list(CHANNELS))
        wish = read_choice(slot, by, MINUTES)
        if wish is None:
            return await show(visitor, channel, "", None, status=422, problem="時間を選んでください")
        command = page_command(request, visitor, idempotency_key, slot, by)
        try:
            held = await desk.hold(visitor.tenant, visitor.resident_id, wish, command)
        except (Conflict, Invalid, NotFound) as refused:
            alternatives = refused.alternatives if isinstance(refused, WithAlternatives) else ()
            return await show(
                visitor,
                channel,
                wish.service_date.isoformat(),
                None,
                status=409,
                problem=problem_title(refused.slug),
                alternatives=alternatives,
            )
        return RedirectResponse(f"/booking/appointments/{held.id}", 303)

    @router.get("/appointments/{appointment_id}/move")
    async def ask_before_moving(
        visitor: VisitorOf, appointment_id: str, slot: Annotated[str, Query(max_length=80)] = ""
    ) -> Response:
        present = await desk.get(visitor.tenant, appointment_id, visitor.resident_id)
        wish = read_choice(slot, present.slot.channel, present.slot.minutes)
        if wish is None:
            return RedirectResponse(f"/booking/times?move={present.id}", 303)
        return pages.render(
            "move.html",
            visitor.tenant,
            appointment=present,
            wish=Chosen.of(wish),
            slot=slot,
            counsellor=await _counsellor(
                openings, visitor.tenant, wish.counsellor_id or present.slot.counsellor_id
            ),
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
        present = await desk.get(visitor.tenant, appointment_id, visitor.resident_id)
        wish = read_choice(slot, present.slot.channel, present.slot.minutes)
        if wish is None:
            return RedirectResponse(f"/booking/times?move={present.id}", 303)
        command = page_command(request, visitor, idempotency_key, slot)
        try:
            await desk.move(visitor.tenant, present.id, lambda _: wish, command, visitor.resident_id)
        except WithAlternatives as refused:
            return await show(
                visitor,
                "",
                wish.service_date.isoformat(),
                present,
                status=409,
                problem=problem_title(refused.slug),
                alternatives=refused.alternatives,
            )
        return RedirectResponse(f"/booking/appointments/{present.id}/done", 303)

    return router


def _channel(
    asked: str, moving: Appointment | None, offered: Sequence[AppointmentChannel]
) -> AppointmentChannel:
    """A move keeps its channel; otherwise the one that was asked for, if it is offered."""
    if moving:
        return moving.slot.channel
    return next((known for known in offered if known == asked), offered[0] if offered else "online")


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


async def _counsellor(openings: Openings, tenant: Tenant, counsellor_id: str | None) -> Counsellor:
    """Raises NotFound."""
    people = await openings.people(tenant)
    if counsellor_id not in people:
        raise NotFound("no such counsellor")
    return people[counsellor_id]
