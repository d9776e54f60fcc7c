"""/booking/staff/counsellors/…/leaves: a leave, first shown with what it touches, then kept; its appointments go to others in one step."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from services.booking.assignment_texts import for_staff
from services.booking.counsellor import Counsellor
from services.booking.hours import Absence
from services.booking.openings import zone_of
from services.booking.pages.route import problem_title
from services.booking.pages.staff_agenda import reference
from services.booking.pages.staff_home import StaffHome
from services.booking.pages.staff_hours_form import read_time
from services.booking.pages.staff_people import StaffPeople
from services.booking.pages.staff_route import (
    CounsellorPath,
    LeavePath,
    staff_command,
    staff_router,
)
from services.booking.pages.views import CHANNELS
from services.booking.reassigning import Reassigned, Reassigning
from services.booking.roster import Roster, Touched, leave_of
from services.booking.routes.leaves import LeaveBody
from services.booking.service_day import earliest_running
from shared.clock import Clock
from shared.errors import Invalid
from shared.ids import new_ulid
from shared.pools import Pool
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.staff import Staff
from shared.web.visiting import go

Text = Annotated[str, Form(max_length=40)]
FIELDS = ("from_date", "to_date", "from_time", "to_time")
PROBLEMS = {
    "from_date": "始めの日を、今日から1年以内で選んでください",
    "to_date": "終わりの日を、始めの日より後で、1年以内にしてください",
    "from_time": "13:00 や 25:30 のように書いてください",
    "to_time": "13:00 や 25:30 のように書いてください",
    "ends_at": "終わりを、始めより後で、1年以内にしてください",
    "absences": "休みの数が多すぎます。終わった休みを消してください",
}


def leave_pages(
    pages: Pages, clock: Clock, roster: Roster, reassigning: Reassigning, people: StaffPeople, home: StaffHome
) -> APIRouter:
    router = staff_router(pages)
    admits = home.admits("appointments:read")

    def path(counsellor_id: str) -> str:
        return f"{home.where}/{counsellor_id}/leaves"

    async def render(
        template: str, staff: Staff, counsellor: Counsellor, status: int = 200, **more: Any
    ) -> HTMLResponse:
        return pages.render(
            template,
            staff.tenant,
            status=status,
            staff=staff,
            here=home.where,
            home=home,
            counsellor=counsellor,
            zone=zone_of(home.of(staff)),
            channels=CHANNELS,
            reference=reference,
            where=path(counsellor.id),
            idempotency_key=new_ulid(),
            **more,
        )

    async def own(staff: Staff, counsellor_id: str) -> Counsellor:
        home.require_own(staff, counsellor_id)
        return await roster.counsellors.get(home.of(staff).id, counsellor_id)

    async def listed(
        staff: Staff,
        counsellor: Counsellor,
        form: Mapping[str, str],
        problems: Mapping[str, str] | None = None,
    ) -> HTMLResponse:
        now = clock.now()
        leaves = [a for a in counsellor.absences if a.kind == "leave" and a.ends_at > now]
        status = 422 if problems else 200
        return await render(
            "staff_leaves.html", staff, counsellor, status, leaves=leaves, form=form, problems=problems or {}
        )

    async def touched(staff: Staff, counsellor_id: str, leave: Absence) -> Sequence[Touched]:
        return await roster.touched(home.of(staff).id, counsellor_id, leave.starts_at, leave.ends_at)

    def asked(staff: Staff, leave_id: str, form: Mapping[str, str]) -> Absence:
        whose = home.of(staff)
        return _absence(whose, leave_id, form, earliest_running(clock.now(), zone_of(whose)))

    @router.get(home.path + "/{counsellor_id}/leaves")
    async def see_leaves(
        staff: Annotated[Staff, Depends(admits)], counsellor_id: CounsellorPath
    ) -> HTMLResponse:
        return await listed(staff, await own(staff, counsellor_id), dict.fromkeys(FIELDS, ""))

    @router.post(home.path + "/{counsellor_id}/leaves/preview")
    async def preview(
        staff: Annotated[Staff, Depends(admits)],
        counsellor_id: CounsellorPath,
        from_date: Text = "",
        to_date: Text = "",
        from_time: Text = "",
        to_time: Text = "",
    ) -> HTMLResponse:
        counsellor = await own(staff, counsellor_id)
        form = dict(zip(FIELDS, (from_date, to_date, from_time, to_time), strict=True))
        try:
            leave = asked(staff, "", form)
        except Invalid as refused:
            return await listed(staff, counsellor, form, _problem(refused))
        touches = await touched(staff, counsellor_id, leave)
        return await render(
            "staff_leave_preview.html", staff, counsellor, leave=leave, touches=touches, form=form
        )

    @router.post(home.path + "/{counsellor_id}/leaves")
    async def add(
        request: Request,
        staff: Annotated[Staff, Depends(admits)],
        counsellor_id: CounsellorPath,
        from_date: Text = "",
        to_date: Text = "",
        from_time: Text = "",
        to_time: Text = "",
        idempotency_key: Text = "",
    ) -> Response:
        counsellor = await own(staff, counsellor_id)
        form = dict(zip(FIELDS, (from_date, to_date, from_time, to_time), strict=True))
        command = staff_command(request, staff, idempotency_key, *form.values())
        try:
            leave = asked(staff, command.new_id("lea"), form)
            await roster.add_leave(home.of(staff).id, counsellor_id, leave, command)
        except Invalid as refused:
            return await listed(staff, counsellor, form, _problem(refused))
        return go(f"{path(counsellor_id)}/{leave.id}")

    @router.get(home.path + "/{counsellor_id}/leaves/{leave_id}")
    async def see_leave(
        staff: Annotated[Staff, Depends(admits)], counsellor_id: CounsellorPath, leave_id: LeavePath
    ) -> HTMLResponse:
        counsellor = await own(staff, counsellor_id)
        leave = leave_of(counsellor, leave_id)
        touches = await touched(staff, counsellor_id, leave)
        return await render("staff_leave.html", staff, counsellor, leave=leave, touches=touches)

    @router.post(home.path + "/{counsellor_id}/leaves/{leave_id}/reassign")
    async def reassign(
        request: Request,
        staff: Annotated[Staff, Depends(admits)],
        counsellor_id: CounsellorPath,
        leave_id: LeavePath,
        idempotency_key: Text = "",
    ) -> HTMLResponse:
        home.require_give(staff)
        counsellor = await own(staff, counsellor_id)
        command = staff_command(request, staff, idempotency_key)
        results = await reassigning.reassign(home.of(staff).id, counsellor_id, leave_id, command)
        return await render(
            "staff_leave_reassigned.html",
            staff,
            counsellor,
            leave=leave_of(counsellor, leave_id),
            back=f"{path(counsellor_id)}/{leave_id}",
            people=await people.all(home.of(staff)),
            **reassigned_view(results),
        )

    @router.post(home.path + "/{counsellor_id}/leaves/{leave_id}/end")
    async def end(
        staff: Annotated[Staff, Depends(admits)], counsellor_id: CounsellorPath, leave_id: LeavePath
    ) -> Response:
        await own(staff, counsellor_id)
        await roster.end_leave(home.of(staff).id, counsellor_id, leave_id)
        return go(path(counsellor_id))

    return router


def reassigned_view(results: Sequence[Reassigned]) -> dict[str, Any]:
    """What was given to whom and why, and what was left, for the page that says so."""
    return {
        "given": [r for r in results if not r.problem],
        "left": [r for r in results if r.problem],
        "why": {r.appointment.id: for_staff(r.appointment.assignment or {"code": "chosen"}) for r in results},
        "problem_title": problem_title,
    }


def _absence(home: Tenant | Pool, leave_id: str, form: Mapping[str, str], today: date) -> Absence:
    """The leave that the form asks for: without a last day it is one day long. Raises Invalid, naming the field."""
    first = _date("from_date", form["from_date"])
    last = _date("to_date", form["to_date"]) if form["to_date"] else first
    body = LeaveBody(
        from_date=first,
        to_date=last,
        from_minute=_minute("from_time", form["from_time"]),
        to_minute=_minute("to_time", form["to_time"]),
    )
    leave = body.absence(leave_id, home, today)
    if leave.ends_at - leave.starts_at < timedelta(minutes=5):
        raise Invalid("ends_at", "must be after the beginning")
    return leave


def _date(field: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise Invalid(field, "no date") from error


def _minute(field: str, text: str) -> int | None:
    if not text.strip():
        return None
    minute = read_time(text)
    if minute is None:
        raise Invalid(field, "no time")
    return minute


def _problem(refused: Invalid) -> dict[str, str]:
    """The field of the page and what is wrong with it."""
    field = refused.field if refused.field in FIELDS else "to_date"
    return {field: PROBLEMS.get(refused.field, PROBLEMS["to_date"])}
