"""/booking/staff/attendance and /capacity: who is there today, and which hours remain for orders."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.booking.centre.attendance import confirmed
from services.booking.centre.capacity import Direction, first_of_month, notice
from services.booking.centre.worker import Centre
from services.booking.pages.route import problem_title
from services.booking.pages.staff_route import ResidentPath, staff_command, staff_router
from services.booking.pages.work_views import GUIDES, STATES, month_bar, week_bars
from services.booking.routes.capacity_shapes import pay_file
from services.booking.routes.centre_shapes import Month, month_of
from services.booking.slot import check_date
from services.booking.working.parts import Working
from shared.errors import Conflict, Invalid, NotFound
from shared.events.booking import AttendanceStatus
from shared.ids import id_pattern, new_ulid
from shared.web import Pages
from shared.web.pages import StaffLink
from shared.web.staff import HOME, Staff, StaffWith
from shared.web.visiting import go

Text = Annotated[str, Form()]
Asked = Annotated[str, Query(max_length=40)]
CentreQuery = Annotated[str, Query(pattern=id_pattern("cen"))]
ShiftPath = Annotated[str, Path(pattern=id_pattern("shf"))]
Reader = Annotated[Staff, Depends(StaffWith("centre:read"))]
Writer = Annotated[Staff, Depends(StaffWith("centre:write"))]
ATTENDANCE, CAPACITY = f"{HOME}/attendance", f"{HOME}/capacity"
LINKS = (
    StaffLink(ATTENDANCE, "センターのきょう", "centre:read"),
    StaffLink(CAPACITY, "センターの稼働", "centre:read"),
)
RECORDED: dict[str, AttendanceStatus] = {
    "present": "present",
    "absent": "absent",
    "late": "late",
    "leaving_early": "leaving_early",
}
REVIEWS: dict[Direction, str] = {"below": "目安より少なめ", "above": "目安より多め"}
MOST = 100


def centre_staff_pages(pages: Pages, working: Working) -> APIRouter:
    pages.link_for_staff(*LINKS)
    router = staff_router(pages)
    crew = working.crew

    async def centres(staff: Staff, asked: str) -> tuple[list[Centre], Centre | None]:
        """All centres, and the one that is looked at: the first, unless another was asked for."""
        known = (await crew.centres.page(staff.tenant.id, None, MOST)).data
        return known, next((c for c in known if c.id == asked), known[0] if known else None)

    def day_in(staff: Staff, text: str) -> date:
        today = crew.today(staff.tenant)
        try:
            day = date.fromisoformat(text)
            check_date("day", day, today)
            return day
        except (ValueError, Invalid):
            return today

    async def attendance(
        staff: Staff, asked: str, text: str, *, status: int = 200, problem: str = ""
    ) -> HTMLResponse:
        known, centre = await centres(staff, asked)
        day = day_in(staff, text)
        shifts = []
        if centre:
            found = await crew.shifts.of_centre(staff.tenant.id, centre.id, day, day + timedelta(days=1))
            shifts = [s for s in found if s.state != "withdrawn"]
        now = crew.now()
        return pages.render(
            "staff_attendance.html",
            staff.tenant,
            status=status,
            staff=staff,
            here=ATTENDANCE,
            problem=problem,
            centres=known,
            centre=centre,
            stations={s.id: s.name for s in centre.stations} if centre else {},
            day=day,
            today=crew.today(staff.tenant),
            shifts=shifts,
            states=STATES,
            open_ids={s.id for s in shifts if s.stands and s.ends_at <= now and not confirmed(s)},
            begun={s.id for s in shifts if s.starts_at <= now},
            unplaced=await crew.workers.with_unplaced(staff.tenant.id, now),
            idempotency_key=new_ulid(),
        )

    @router.get("/attendance")
    async def see_attendance(staff: Reader, centre: Asked = "", day: Asked = "") -> HTMLResponse:
        return await attendance(staff, centre, day)

    @router.post("/attendance/unclear/{resident_id}")
    async def seen(staff: Writer, resident_id: ResidentPath, until: Text = "") -> Response:
        """Staff have cleared up what a worker's notices meant, those that came until `until` (ISO 8601)."""
        try:
            looked_at = datetime.fromisoformat(until).astimezone(UTC)
        except (ValueError, OverflowError):  # a time zone may carry it out of the calendar
            raise NotFound("no notice") from None
        await working.attending.seen(staff.tenant, resident_id, looked_at)
        worker = (await crew.workers.find(staff.tenant.id, resident_id)).worker
        return go(f"{ATTENDANCE}?centre={worker.centre_id}")

    @router.post("/attendance/{shift_id}")
    async def record(
        request: Request, staff: Writer, shift_id: ShiftPath, status: Text = "", idempotency_key: Text = ""
    ) -> Response:
        found = (await crew.shifts.get(staff.tenant.id, shift_id)).shift
        where = f"{ATTENDANCE}?centre={found.centre_id}&day={found.stretch.service_date.isoformat()}"
        said = RECORDED.get(status)
        if said is None:
            raise NotFound(f"no status {status[:20]}")
        command = staff_command(request, staff, idempotency_key, status)
        try:
            await working.attending.record(staff.tenant, shift_id, said, None, None, command)
        except Conflict as refused:
            day = found.stretch.service_date.isoformat()
            return await attendance(
                staff, found.centre_id, day, status=409, problem=problem_title(refused.slug)
            )
        return go(f"{where}#{shift_id}")

    @router.get("/capacity")
    async def see_capacity(staff: Reader, centre: Asked = "") -> HTMLResponse:
        return await capacity_page(staff, centre)

    @router.get("/capacity/pay")
    async def pay(staff: Reader, centre: CentreQuery, month: Month) -> Response:
        """A month's statements as CSV, the same file as over the API; what is missing for it is said on the page."""
        try:
            statements = await working.paying.of_centre(staff.tenant, centre, month_of(month))
        except Conflict as refused:
            return await capacity_page(staff, centre, status=409, problem=problem_title(refused.slug))
        return pay_file(statements, month)

    async def capacity_page(
        staff: Staff, asked: str, *, status: int = 200, problem: str = ""
    ) -> HTMLResponse:
        known, chosen = await centres(staff, asked)
        if chosen is None:
            return pages.render(
                "staff_capacity.html", staff.tenant, staff=staff, here=CAPACITY, centres=[], centre=None
            )
        found, workers, total = await working.reviewing.of_centre(staff.tenant, chosen.id)
        most = max((week.planned for week in total.weeks), default=0)
        month, today = total.months[0][0], crew.today(staff.tenant)
        of_month = {resident: dict(capacity.months)[month] for resident, capacity in workers.items()}
        due = {resident: notice(found, month, ledger, today) for resident, ledger in of_month.items()}
        return pages.render(
            "staff_capacity.html",
            staff.tenant,
            status=status,
            problem=problem,
            staff=staff,
            here=CAPACITY,
            pay_months=[first_of_month(month - timedelta(days=1)), month],
            centres=known,
            centre=found,
            weeks=week_bars(total.weeks, most),
            months=[month_bar(month, ledger, found.guide_ratio) for month, ledger in total.months],
            ledgers=total.months,
            workers=[
                (resident_id, of_month[resident_id], capacity.weeks)
                for resident_id, capacity in workers.items()
            ],
            reviews={resident: REVIEWS[told.direction] for resident, told in due.items() if told},
            guide=GUIDES[found.guide],
            percent=round(found.guide_ratio * 100),
        )

    return router
