"""/booking/staff: today, and what needs somebody's attention."""

from datetime import date, timedelta

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from services.booking.appointment import Appointment, State
from services.booking.counsellor import Counsellor
from services.booking.openings import zone_of
from services.booking.pages.staff_agenda import unmarked
from services.booking.pages.staff_people import StaffPeople
from services.booking.pages.staff_route import staff_router
from services.booking.pages.views import CHANNELS
from services.booking.routes.shapes import join_url
from services.booking.service_day import earliest_running
from services.booking.store.agenda import Agenda
from services.booking.store.workers import Workers
from shared.clock import Clock
from shared.web import Pages
from shared.web.staff import HOME, Staff, StaffOf
from shared.web.visiting import go

BACK, AHEAD = 14, 31
"""Service days in which appointments without a record, or in somebody's leave, are looked for."""
LISTED = 30
OPEN: tuple[State, ...] = ("held", "confirmed")


def overview_pages(
    pages: Pages, clock: Clock, agenda: Agenda, people: StaffPeople, workers: Workers
) -> APIRouter:
    router = staff_router(pages)

    async def unrecorded(staff: Staff, today: date) -> list[Appointment]:
        first = today - timedelta(days=BACK)
        found = await agenda.between(
            staff.tenant.id, first, today, counsellor_id=staff.counsellor_id, states=OPEN[1:]
        )
        return [a for a in found if unmarked(a, clock.now())][:LISTED]

    async def in_leave(staff: Staff, today: date, known: dict[str, Counsellor]) -> list[Appointment]:
        away = [c for c in known.values() if any(a.ends_at > clock.now() for a in c.absences)]
        if staff.counsellor_id:
            away = [c for c in away if c.id == staff.counsellor_id]
        if not away:
            return []
        last = today + timedelta(days=AHEAD)
        coming = await agenda.between(staff.tenant.id, today, last, states=OPEN)
        return [a for a in coming if a.slot.ends_at > clock.now() and _away(a, known)][:LISTED]

    @router.get("")
    async def overview(staff: StaffOf) -> Response:
        if staff.actor.of_pool:
            return go(f"{HOME}/pool" if staff.may("pool:read") else f"{HOME}/sessions")
        staff.actor.require("appointments:read")
        return await show(staff)

    async def show(staff: Staff) -> HTMLResponse:
        tenant = staff.tenant
        now, today = clock.now(), earliest_running(clock.now(), zone_of(tenant))
        known = await people.all(tenant)
        of_today = await agenda.between(tenant.id, today, today, counsellor_id=staff.counsellor_id)
        taking = [a for a in of_today if a.state != "cancelled"]
        touched = await in_leave(staff, today, known)
        if staff.counsellor_id:
            touched = [a for a in touched if a.slot.counsellor_id == staff.counsellor_id]
        of_centre = staff.may("centre:read")
        unclear = await workers.with_unplaced(tenant.id, now) if of_centre else []
        return pages.render(
            "staff_overview.html",
            tenant,
            staff=staff,
            here=HOME,
            now=now,
            today=today,
            people=known,
            rooms=await people.rooms(tenant),
            channels=CHANNELS,
            of_today=taking,
            coming=[a for a in taking if a.slot.ends_at > now and a.state in OPEN],
            unrecorded=await unrecorded(staff, today),
            touched=touched,
            unclear=sum(len(standing.unplaced) for standing in unclear),
            off_guide=await workers.off_guide(tenant.id, f"{today:%Y-%m}") if of_centre else 0,
            join_urls={a.id: url for a in taking if (url := join_url(a, tenant))},
        )

    return router


def _away(appointment: Appointment, known: dict[str, Counsellor]) -> bool:
    """Does it lie in an absence of its counsellor's?"""
    counsellor, slot = known.get(appointment.slot.counsellor_id), appointment.slot
    absences = counsellor.absences if counsellor else ()
    return any(a.starts_at < slot.ends_at and slot.starts_at < a.ends_at for a in absences)
