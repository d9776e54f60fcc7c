"""Whose time there is: what is told of counsellors and rooms is only that they have changed."""

from typing import ClassVar

from shared.events.envelope import Payload


class CounsellorChanged(Payload):
    """Hours, channels or absences are other than before: who keeps them in memory reads them anew."""

    TYPE: ClassVar[str] = "banso.booking.counsellor.changed.v1"
    counsellor_id: str


class RoomChanged(Payload):
    TYPE: ClassVar[str] = "banso.booking.room.changed.v1"
    room_id: str


EVENTS: tuple[type[Payload], ...] = (
    CounsellorChanged,
    RoomChanged,
)
