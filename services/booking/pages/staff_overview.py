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
"""Service days in which appointments without a record, in somebody's leave or outside of their hours, are looked for."""
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

    def outside_of_hours(staff: Staff, appointment: Appointment, known: dict[str, Counsellor]) -> bool:
        """Is it outside of its counsellor's hours, or with somebody who takes no appointments (any more)?"""
        counsellor, slot = known.get(appointment.slot.counsellor_id), appointment.slot
        home = people.registry.pool(slot.pool) if slot.pool else None
        zone = zone_of(home or staff.tenant)
        return counsellor is not None and not counsellor.hours.cover(slot.starts_at, slot.ends_at, zone)

    async def ahead(staff: Staff, today: date) -> list[Appointment]:
        last = today + timedelta(days=AHEAD)
        coming = await agenda.between(
            staff.tenant.id, today, last, counsellor_id=staff.counsellor_id, states=OPEN
        )
        return [a for a in coming if a.slot.ends_at > clock.now()]

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
        coming = await ahead(staff, today)
        touched = [a for a in coming if _away(a, known)]
        outside = [a for a in coming if not _away(a, known) and outside_of_hours(staff, a, known)]
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
            touched=touched[:LISTED],
            outside=outside[:LISTED],
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
