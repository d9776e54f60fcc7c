"""/booking/staff/waiting: who waits for a time, in the order in which they are served, and what staff put first."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Query
from fastapi.responses import HTMLResponse, Response

from services.booking.openings import zone_of
from services.booking.pages.asking import Asking
from services.booking.pages.route import problem_title
from services.booking.pages.staff_people import StaffPeople
from services.booking.pages.staff_route import Reader, Writer, staff_router
from services.booking.pages.views import CHANNELS
from services.booking.pages.waiting import said
from services.booking.waiting import Entry
from services.booking.waitlist import Waitlist
from shared.errors import Conflict
from shared.ids import id_pattern
from shared.web import Pages
from shared.web.staff import HOME, Staff
from shared.web.visiting import go

WHERE = f"{HOME}/waiting"
WaitingPath = Annotated[str, Path(pattern=id_pattern("wai"))]
Text = Annotated[str, Form(max_length=20)]
PRIORITIES = {"0": "ふつう", "1": "少し先に", "2": "先に", "3": "いちばん先に"}
LISTED = 50


def staff_waiting_pages(pages: Pages, waitlist: Waitlist, people: StaffPeople) -> APIRouter:
    router = staff_router(pages)

    async def show(
        staff: Staff, cursor: str = "", *, status: int = 200, problem: str = "", saved: bool = False
    ) -> HTMLResponse:
        page = await waitlist.waiting.page(staff.tenant.id, cursor or None, LISTED)
        return pages.render(
            "staff_waiting.html",
            staff.tenant,
            status=status,
            staff=staff,
            here=WHERE,
            entries=page.data,
            more=page.next,
            first=not cursor,
            people=await people.all(staff.tenant),
            zone=zone_of(staff.tenant),
            channels=CHANNELS,
            priorities=PRIORITIES,
            said=said,
            asked_by=_asked_by,
            problem=problem,
            saved=saved,
        )

    @router.get("/waiting")
    async def see_waiting(
        staff: Reader, cursor: Annotated[str, Query(max_length=400)] = "", saved: bool = False
    ) -> HTMLResponse:
        return await show(staff, cursor, saved=saved)

    @router.post("/waiting/{waiting_id}/priority")
    async def put_first(
        staff: Writer, waiting_id: WaitingPath, priority: Text = "", version: Text = ""
    ) -> Response:
        if priority not in PRIORITIES or not version.isdecimal():
            return await show(staff, status=422, problem="順番を選んでください")
        try:
            await waitlist.prioritise(staff.tenant, waiting_id, int(priority), int(version))
        except Conflict as refused:
            return await show(staff, status=409, problem=problem_title(refused.slug))
        return go(f"{WHERE}?saved=true")

    return router


def _asked_by(entry: Entry) -> Asking:
    """What this person waits for, as staff would book it for them."""
    wanted = entry.wanted
    return Asking(
        wanted.channel,
        wanted.minutes,
        wanted.counsellor_id,
        wanted.language,
        tuple(sorted(wanted.skills)),
        wanted.gender,
        wanted.gender is not None,
    )
