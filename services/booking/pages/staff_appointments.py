"""/booking/staff/appointments/…: one appointment, whether it took place, another time, or none."""

from collections.abc import Sequence
from datetime import date
from itertools import islice
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.booking.appointment import Appointment
from services.booking.assignment_texts import for_staff
from services.booking.desk import Desk
from services.booking.openings import Openings
from services.booking.pages.asking import Asking
from services.booking.pages.route import problem_title
from services.booking.pages.staff_agenda import reference
from services.booking.pages.staff_people import StaffPeople
from services.booking.pages.staff_route import AppointmentPath, Reader, Writer, staff_command, staff_router
from services.booking.pages.views import CHANNELS, Chosen, read_choice
from services.booking.routes.shapes import join_url
from services.booking.slot import Slot
from shared.clock import Clock
from shared.errors import Conflict, Invalid, NotFound
from shared.events.booking import MissedBy
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.staff import HOME, Staff
from shared.web.visiting import go

Text = Annotated[str, Form()]
Query10 = Annotated[str, Query(max_length=10)]
MOST_SLOTS = 300
LONGEST = 4000
MISSED: dict[str, MissedBy] = {"missed-resident": "resident", "missed-counsellor": "counsellor"}


def staff_appointment_pages(
    pages: Pages, clock: Clock, desk: Desk, openings: Openings, people: StaffPeople
) -> APIRouter:
    router = staff_router(pages)

    async def show(
        staff: Staff,
        appointment: Appointment,
        template: str = "staff_appointment.html",
        *,
        status: int = 200,
        problem: str = "",
        note: str = "",
        booked: bool = False,
        **more: Any,
    ) -> HTMLResponse:
        known = await people.all(staff.tenant)
        now = clock.now()
        reason = appointment.assignment or ({"code": "chosen"} if booked else None)
        return pages.render(
            template,
            staff.tenant,
            status=status,
            staff=staff,
            now=now,
            problem=problem,
            typed_note=note,
            booked=booked,
            a=appointment,
            people=known,
            rooms=await people.rooms(staff.tenant),
            channels=CHANNELS,
            reference=reference(appointment.resident_id),
            again=_again(appointment),
            join_url=join_url(appointment, staff.tenant),
            begun=now >= appointment.slot.starts_at,
            why=for_staff(reason) if reason else "",
            idempotency_key=new_ulid(),
            **more,
        )

    @router.get("/appointments/{appointment_id}")
    async def see(staff: Reader, appointment_id: AppointmentPath, booked: bool = False) -> HTMLResponse:
        return await show(staff, await desk.get(staff.tenant, appointment_id), booked=booked)

    @router.post("/appointments/{appointment_id}/outcome")
    async def mark(
        request: Request,
        staff: Writer,
        appointment_id: AppointmentPath,
        outcome: Text = "",
        note: Text = "",
        idempotency_key: Text = "",
    ) -> Response:
        said = note.strip()[:LONGEST] or None
        command = staff_command(request, staff, idempotency_key, outcome, note)
        try:
            if outcome == "attended":
                done = await desk.attended(staff.tenant, appointment_id, said, command)
            elif by := MISSED.get(outcome):
                done = await desk.missed(staff.tenant, appointment_id, by, said, command)
            else:
                found = await desk.get(staff.tenant, appointment_id)
                return await show(staff, found, status=422, problem="どうだったかを選んでください", note=note)
        except Conflict as refused:
            found = await desk.get(staff.tenant, appointment_id)
            return await show(staff, found, status=409, problem=problem_title(refused.slug), note=note)
        return go(_day_of(done))

    @router.post("/appointments/{appointment_id}/cancel")
    async def cancel(
        request: Request,
        staff: Writer,
        appointment_id: AppointmentPath,
        reason: Text = "",
        idempotency_key: Text = "",
    ) -> Response:
        why = reason.strip()[:LONGEST] or None
        command = staff_command(request, staff, idempotency_key, reason)
        try:
            await desk.cancel(staff.tenant, appointment_id, "staff", why, command)
        except Conflict as refused:
            found = await desk.get(staff.tenant, appointment_id)
            if found.state != "cancelled":
                return await show(staff, found, status=409, problem=problem_title(refused.slug))
        return go(f"{HOME}/appointments/{appointment_id}")

    async def choose(
        staff: Staff,
        present: Appointment,
        day: date,
        everybody: bool,
        *,
        status: int = 200,
        problem: str = "",
    ) -> HTMLResponse:
        slots: Sequence[Slot] = ()
        try:
            free = await openings.free(
                staff.tenant,
                day,
                1,
                present.slot.channel,
                present.slot.minutes,
                resident_id=present.resident_id,
                counsellor_id=None if everybody else present.slot.counsellor_id,
                moving=present,
            )
            slots = list(islice(free, MOST_SLOTS))
        except Invalid:
            problem = problem or "その日は選べません"
        by: dict[str, list[Slot]] = {}
        for slot in slots:
            if (slot.counsellor_id, slot.starts_at) != (present.slot.counsellor_id, present.slot.starts_at):
                by.setdefault(slot.counsellor_id, []).append(slot)
        today = openings.today(staff.tenant)
        return await show(
            staff,
            present,
            "staff_move.html",
            status=status,
            problem=problem,
            day=day,
            today=today,
            everybody=everybody,
            free=by,
        )

    @router.get("/appointments/{appointment_id}/move")
    async def choose_time(
        staff: Writer,
        appointment_id: AppointmentPath,
        day: Query10 = "",
        who: Query10 = "",
        slot: Annotated[str, Query(max_length=80)] = "",
    ) -> Response:
        present = await desk.get(staff.tenant, appointment_id)
        if present.state != "confirmed":
            return go(f"{HOME}/appointments/{present.id}")
        if wish := read_choice(slot, present.slot.channel, present.slot.minutes):
            return await show(
                staff, present, "staff_move_ask.html", wish=wish, chosen=Chosen.of(wish), slot=slot
            )
        return await choose(staff, present, _date(day) or present.slot.service_date, who == "all")

    @router.post("/appointments/{appointment_id}/move")
    async def move(
        request: Request,
        staff: Writer,
        appointment_id: AppointmentPath,
        slot: Text = "",
        idempotency_key: Text = "",
    ) -> Response:
        present = await desk.get(staff.tenant, appointment_id)
        wish = read_choice(slot, present.slot.channel, present.slot.minutes)
        if wish is None:
            return go(f"{HOME}/appointments/{present.id}/move")
        command = staff_command(request, staff, idempotency_key, slot)
        try:
            await desk.move(staff.tenant, present.id, lambda _: wish, command)
        except (Conflict, Invalid, NotFound) as refused:
            problem = problem_title(refused.slug)
            return await choose(staff, present, wish.service_date, False, status=409, problem=problem)
        return go(f"{HOME}/appointments/{present.id}")

    return router


def _again(appointment: Appointment) -> str:
    """What this appointment was asked for with, as the address of another one says it."""
    slot, wishes = appointment.slot, appointment.wishes
    return Asking(
        slot.channel,
        slot.minutes,
        slot.counsellor_id,
        wishes.language,
        tuple(sorted(wishes.skills)),
        wishes.gender,
        wishes.gender_required,
    ).query()


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _day_of(appointment: Appointment) -> str:
    """The counsellor's day with this appointment in it."""
    slot = appointment.slot
    return f"{HOME}/day?day={slot.service_date.isoformat()}&counsellor={slot.counsellor_id}#{appointment.id}"
