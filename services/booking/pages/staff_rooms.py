"""/booking/staff/rooms: places to meet, and lines of which one session needs one."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from services.booking.pages.route import problem_title
from services.booking.pages.staff_route import CounsellorWriter, RoomPath, staff_command, staff_router
from services.booking.pages.views import CHANNELS
from services.booking.routes.rooms import RoomBody
from services.booking.store import Rooms
from shared.errors import StaleVersion
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.staff import HOME, Staff
from shared.web.visiting import go

Text = Annotated[str, Form()]
KINDS = {"room": "部屋", "line": "回線"}
WHERE = f"{HOME}/rooms"


def room_pages(pages: Pages, rooms: Rooms) -> APIRouter:
    router = staff_router(pages)

    async def show(
        staff: Staff, *, status: int = 200, problem: str = "", name: str = "", kind: str = "room"
    ) -> HTMLResponse:
        return pages.render(
            "staff_rooms.html",
            staff.tenant,
            status=status,
            staff=staff,
            here=WHERE,
            rooms=await rooms.all(staff.tenant.id),
            kinds=KINDS,
            channels=CHANNELS,
            problem=problem,
            typed={"name": name, "kind": kind},
            idempotency_key=new_ulid(),
        )

    @router.get("/rooms")
    async def see_rooms(staff: CounsellorWriter) -> HTMLResponse:
        return await show(staff)

    @router.post("/rooms")
    async def add_room(
        request: Request,
        staff: CounsellorWriter,
        name: Text = "",
        kind: Text = "room",
        channels: Annotated[list[str] | None, Form()] = None,
        idempotency_key: Text = "",
    ) -> Response:
        chosen = channels or []
        try:
            body = RoomBody.model_validate({"name": name, "kind": kind, "channels": chosen})
        except ValidationError:
            problem = "名前を80文字までで書き、話し方を1つ以上選んでください"
            return await show(staff, status=422, problem=problem, name=name[:200], kind=kind)
        command = staff_command(request, staff, idempotency_key, name, kind, *chosen)
        await rooms.add(staff.tenant.id, body.room(command.new_id("rom")), command)
        return go(WHERE)

    @router.post("/rooms/{room_id}/active")
    async def switch_room(staff: CounsellorWriter, room_id: RoomPath, active: Text = "") -> Response:
        present = await rooms.get(staff.tenant.id, room_id)
        wanted = replace(present, active=active == "yes")
        try:
            if wanted != present:
                await rooms.change(staff.tenant.id, wanted)
        except StaleVersion as refused:
            return await show(staff, status=409, problem=problem_title(refused.slug))
        return go(WHERE)

    return router
