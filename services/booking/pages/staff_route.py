"""What every page of staff in booking stands on: the route class, who may, the command of a form, the menu."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from services.booking.pages.route import form_command
from shared.errors import Forbidden
from shared.idempotency import Command
from shared.ids import id_pattern
from shared.web import Pages
from shared.web.pages import StaffLink
from shared.web.staff import HOME, Staff, StaffWith
from shared.web.visiting import page_route

Reader = Annotated[Staff, Depends(StaffWith("appointments:read"))]
Writer = Annotated[Staff, Depends(StaffWith("appointments:write"))]
CounsellorReader = Annotated[Staff, Depends(StaffWith("counsellors:read"))]
CounsellorWriter = Annotated[Staff, Depends(StaffWith("counsellors:write"))]
AppointmentPath = Annotated[str, Path(pattern=id_pattern("apt"))]
CounsellorPath = Annotated[str, Path(pattern=id_pattern("cou"))]
LeavePath = Annotated[str, Path(pattern=id_pattern("lea"))]
ResidentPath = Annotated[str, Path(pattern=id_pattern("res"))]
SeriesPath = Annotated[str, Path(pattern=id_pattern("ser"))]
RoomPath = Annotated[str, Path(pattern=id_pattern("rom"))]

LINKS = (
    StaffLink(HOME, "きょう"),
    StaffLink(f"{HOME}/day", "1日の予定", "appointments:read"),
    StaffLink(f"{HOME}/week", "1週間", "appointments:read"),
    StaffLink(f"{HOME}/residents", "住民の予約", "appointments:read"),
    StaffLink(f"{HOME}/waiting", "空きを待つ人", "appointments:read"),
    StaffLink(f"{HOME}/counsellors", "相談員", "counsellors:read"),
    StaffLink(f"{HOME}/rooms", "部屋と回線", "counsellors:write"),
    StaffLink(f"{HOME}/pools", "共同プール", "counsellors:read"),
    StaffLink(f"{HOME}/sessions", "わたしの相談", "pool:sessions"),
    StaffLink(f"{HOME}/pool/counsellors", "わたしの時間と休み", "pool:sessions"),
    StaffLink(f"{HOME}/pool", "プールの利用", "pool:read"),
    StaffLink(f"{HOME}/pool/counsellors", "プールの相談員", "pool:read"),
)
"""The menu. Who adds pages to booking for staff calls `pages.link_for_staff` with entries of their own."""


def staff_router(pages: Pages) -> APIRouter:
    """A router below /booking/staff whose refusals are pages for staff."""
    return APIRouter(prefix="/staff", route_class=page_route(pages, "staff_refused.html"))


def staff_command(request: Request, staff: Staff, key: str, *choice: str) -> Command:
    """The command of a form of staff."""
    return form_command(request, staff.actor.tenant, staff.actor.name, key, *choice)


def require_own(staff: Staff, counsellor_id: str) -> None:
    """Counsellors see to their own hours and leave; for anybody else's it takes counsellors:write. Raises Forbidden."""
    if staff.actor.of_pool or staff.counsellor_id != counsellor_id:
        staff.actor.require("counsellors:write")


def require_counsellor(staff: Staff) -> str:
    """Which counsellor this is. Raises Forbidden for who is none."""
    if staff.counsellor_id is None:
        raise Forbidden("this account is no counsellor's")
    return staff.counsellor_id
