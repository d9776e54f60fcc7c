"""/booking/v1/rooms: places to meet, and lines of which one session needs one."""

from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from services.booking.room import Room, RoomKind
from services.booking.routes.shapes import Body, ShortText
from services.booking.store import Rooms
from shared.auth import Actor
from shared.events.booking import AppointmentChannel
from shared.http.etag import IfMatch, etag, must_be
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, scope
from shared.ids import id_pattern

RoomPath = Annotated[str, Path(pattern=id_pattern("rom"))]
Reader = Annotated[Actor, Depends(scope("counsellors:read"))]
Writer = Annotated[Actor, Depends(scope("counsellors:write"))]


class RoomBody(Body):
    name: ShortText = Field(examples=["見本 相談室1"])
    kind: RoomKind = "room"
    channels: list[AppointmentChannel] = Field(
        min_length=1, max_length=3, default=["face_to_face"], examples=[["face_to_face"]]
    )
    active: bool = True

    def room(self, room_id: str, version: int = 1) -> Room:
        return Room(room_id, self.name, self.kind, tuple(dict.fromkeys(self.channels)), self.active, version)


class RoomOut(BaseModel):
    id: str
    version: int
    name: str
    kind: RoomKind
    channels: list[AppointmentChannel]
    active: bool

    @classmethod
    def of(cls, room: Room) -> Self:
        return cls.model_validate(room, from_attributes=True)


def room_routes(rooms: Rooms) -> APIRouter:
    router = APIRouter(prefix="/rooms", tags=["rooms"])

    @router.post("", status_code=201)
    async def add_room(body: RoomBody, actor: Writer, command: CommandOf, response: Response) -> RoomOut:
        """Add a room or a line. From the first one for a channel on, every appointment by that channel takes one."""
        made = body.room(command.new_id("rom"))
        await rooms.add(actor.tenant, made, command)
        return _tagged(await rooms.get(actor.tenant, made.id), response)

    @router.get("")
    async def list_rooms(actor: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[RoomOut]:
        """Rooms and lines in order of creation."""
        page = await rooms.page(actor.tenant, cursor, limit)
        return Page(data=[RoomOut.of(found) for found in page.data], next=page.next)

    @router.get("/{room_id}")
    async def get_room(room_id: RoomPath, actor: Reader, response: Response) -> RoomOut:
        """One room; `ETag` is the version for `If-Match`."""
        return _tagged(await rooms.get(actor.tenant, room_id), response)

    @router.put("/{room_id}")
    async def change_room(
        room_id: RoomPath, body: RoomBody, actor: Writer, response: Response, expected: IfMatch
    ) -> RoomOut:
        """Replace what is known of a room. Not active: no new appointments; those that exist keep it."""
        present = await rooms.get(actor.tenant, room_id)
        must_be(expected, present.version)
        wanted = body.room(room_id, present.version)
        if wanted != present:
            wanted = await rooms.change(actor.tenant, wanted)
        return _tagged(wanted, response)

    return router


def _tagged(room: Room, response: Response) -> RoomOut:
    response.headers.update(etag(room.version))
    return RoomOut.of(room)
