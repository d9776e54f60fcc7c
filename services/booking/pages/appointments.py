"""/booking/appointments/… and /booking/mine: what a resident has booked, and what they can do with it."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.booking.appointment import Appointment
from services.booking.desk import Desk
from services.booking.openings import zone_of
from services.booking.pages.route import page_command, problem_title
from services.booking.pages.stay_views import view_of
from services.booking.pages.time_views import reason_of
from services.booking.pages.views import CHANNELS, countdown
from services.booking.routes.shapes import join_url
from services.booking.store import Appointments, Counsellors
from services.booking.working.parts import Working
from shared.clock import Clock
from shared.errors import Conflict
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, page_route

Text = Annotated[str, Form()]
LISTED = 100
STAYS = 10
LONGEST_REASON = 1000


def appointment_pages(
    pages: Pages,
    clock: Clock,
    desk: Desk,
    appointments: Appointments,
    counsellors: Counsellors,
    working: Working,
) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    async def own(visitor: Visitor, appointment_id: str) -> Appointment:
        return await desk.get(visitor.tenant, appointment_id, visitor.resident_id)

    async def show(
        visitor: Visitor,
        appointment: Appointment,
        template: str = "appointment.html",
        *,
        status: int = 200,
        problem: str = "",
    ) -> HTMLResponse:
        now = clock.now()
        return pages.render(
            template,
            visitor.tenant,
            status=status,
            problem=problem,
            appointment=appointment,
            counsellor=await counsellors.get(
                appointment.slot.pool or visitor.tenant.id, appointment.slot.counsellor_id
            ),
            channel=CHANNELS[appointment.slot.channel],
            reason=reason_of(appointment.assignment),
            countdown=countdown(appointment, now, zone_of(visitor.tenant)),
            join_url=join_url(appointment, visitor.tenant),
            begun=now >= appointment.slot.starts_at,
            idempotency_key=new_ulid(),
        )

    @router.get("/appointments/{appointment_id}")
    async def see_appointment(visitor: VisitorOf, appointment_id: str) -> HTMLResponse:
        return await show(visitor, await own(visitor, appointment_id))

    @router.get("/appointments/{appointment_id}/done")
    async def see_booked(visitor: VisitorOf, appointment_id: str) -> Response:
        found = await own(visitor, appointment_id)
        if found.state != "confirmed":
            return RedirectResponse(f"/booking/appointments/{found.id}", 303)
        return await show(visitor, found, "done.html")

    @router.post("/appointments/{appointment_id}/confirm")
    async def confirm_held(
        request: Request, visitor: VisitorOf, appointment_id: str, idempotency_key: Text = ""
    ) -> Response:
        command = page_command(request, visitor, idempotency_key)
        try:
            await desk.confirm(visitor.tenant, appointment_id, command, visitor.resident_id)
        except Conflict as refused:
            found = await own(visitor, appointment_id)
            if found.state != "confirmed":  # pressed twice: confirmed is what they wanted
                return await show(visitor, found, status=409, problem=problem_title(refused.slug))
        return RedirectResponse(f"/booking/appointments/{appointment_id}/done", 303)

    @router.post("/appointments/{appointment_id}/reaffirm")
    async def say_that_they_come(
        request: Request, visitor: VisitorOf, appointment_id: str, idempotency_key: Text = ""
    ) -> Response:
        command = page_command(request, visitor, idempotency_key)
        try:
            await desk.reaffirm(visitor.tenant, appointment_id, command, visitor.resident_id)
        except Conflict as refused:
            found = await own(visitor, appointment_id)
            return await show(visitor, found, status=409, problem=problem_title(refused.slug))
        return RedirectResponse(f"/booking/appointments/{appointment_id}", 303)

    @router.get("/appointments/{appointment_id}/cancel")
    async def ask_before_cancelling(visitor: VisitorOf, appointment_id: str) -> Response:
        found = await own(visitor, appointment_id)
        if found.state not in ("held", "confirmed"):
            return RedirectResponse(f"/booking/appointments/{found.id}", 303)
        return await show(visitor, found, "cancel.html")

    @router.post("/appointments/{appointment_id}/cancel")
    async def cancel(
        request: Request,
        visitor: VisitorOf,
        appointment_id: str,
        reason: Text = "",
        idempotency_key: Text = "",
    ) -> Response:
        why = reason.strip()[:LONGEST_REASON] or None
        command = page_command(request, visitor, idempotency_key, reason)
        try:
            await desk.cancel(visitor.tenant, appointment_id, "resident", why, command, visitor.resident_id)
        except Conflict as refused:
            found = await own(visitor, appointment_id)
            if found.state != "cancelled":
                return await show(visitor, found, status=409, problem=problem_title(refused.slug))
        return RedirectResponse(f"/booking/appointments/{appointment_id}", 303)

    @router.get("/mine")
    async def see_mine(visitor: VisitorOf) -> HTMLResponse:
        found = await appointments.page(
            visitor.tenant.id, None, LISTED, resident_id=visitor.resident_id, newest_first=True
        )
        now = clock.now()
        coming = [a for a in found.data if a.state in ("held", "confirmed") and a.slot.ends_at > now]
        past = [a for a in found.data if a.state != "held" and a not in coming]
        known = await working.staying.latest(visitor.tenant.id, visitor.resident_id, STAYS)
        stays = [view_of(stay, place, now) for stay, place in known]
        return pages.render(
            "mine.html",
            visitor.tenant,
            coming=coming[::-1],
            past=past,
            channels=CHANNELS,
            shifts=await working.crew.coming(visitor.tenant, visitor.resident_id),
            stays=[stay for stay in stays if stay.ahead],
        )

    return router
