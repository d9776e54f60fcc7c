"""/booking/staff/day and /week: the agenda of one counsellor, or of everybody."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from services.booking.counsellor import Counsellor
from services.booking.openings import zone_of
from services.booking.pages.staff_agenda import days_of
from services.booking.pages.staff_people import StaffPeople
from services.booking.pages.staff_route import Reader, staff_router
from services.booking.pages.views import CHANNELS
from services.booking.routes.shapes import join_url
from services.booking.service_day import earliest_running
from services.booking.slot import check_date
from services.booking.store.agenda import Agenda
from shared.clock import Clock
from shared.errors import Invalid
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.staff import HOME, Staff

EVERYBODY = "all"
DayQuery = Annotated[str, Query(max_length=10)]
From = Annotated[str, Query(alias="from", max_length=10)]
Who = Annotated[str, Query(max_length=40)]


def day_pages(pages: Pages, clock: Clock, agenda: Agenda, people: StaffPeople) -> APIRouter:
    router = staff_router(pages)

    async def show(template: str, staff: Staff, who: str, first: date, days: int, here: str) -> HTMLResponse:
        tenant = staff.tenant
        known = await people.all(tenant)
        chosen = _chosen(staff, who, known)
        last = first + timedelta(days=days - 1)
        found = await agenda.between(tenant.id, first, last, counsellor_id=chosen.id if chosen else None)
        return pages.render(
            template,
            tenant,
            staff=staff,
            here=f"{HOME}/{here}",
            now=clock.now(),
            today=today(staff),
            days=days_of(first, days, found, chosen, zone_of(tenant)),
            people=known,
            rooms=await people.rooms(tenant),
            chosen=chosen,
            who=chosen.id if chosen else EVERYBODY,
            channels=CHANNELS,
            join_urls={a.id: url for a in found if (url := join_url(a, tenant))},
            idempotency_key=new_ulid(),
            step=timedelta(days=days),
        )

    def today(staff: Staff) -> date:
        return earliest_running(clock.now(), zone_of(staff.tenant))

    def wanted(staff: Staff, text: str) -> date:
        """The date that is asked for; today for what is none, or so far away that it can only be a mistake."""
        try:
            found = date.fromisoformat(text)
            check_date("day", found, today(staff))
        except (ValueError, Invalid):
            return today(staff)
        return found

    @router.get("/day")
    async def staff_day(staff: Reader, day: DayQuery = "", counsellor: Who = "") -> HTMLResponse:
        return await show("staff_day.html", staff, counsellor, wanted(staff, day), 1, "day")

    @router.get("/week")
    async def staff_week(staff: Reader, first: From = "", counsellor: Who = "") -> HTMLResponse:
        day = wanted(staff, first)
        monday = day - timedelta(days=day.weekday())
        return await show("staff_week.html", staff, counsellor, monday, 7, "week")

    return router


def _chosen(staff: Staff, who: str, people: dict[str, Counsellor]) -> Counsellor | None:
    """Whose agenda it is: who was asked for, else the counsellor who reads; None for everybody's."""
    return None if who == EVERYBODY else people.get(who or staff.counsellor_id or "")
