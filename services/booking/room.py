"""Rooms and lines: what a way to talk needs besides a counsellor. A tenant that declares none for a channel needs none for it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from shared.events.booking import AppointmentChannel

RoomKind = Literal["room", "line"]


@dataclass(frozen=True)
class Room:
    """`kind` room is a place to meet, line something that one session needs alone (a video licence, a telephone). One appointment at a time.

    `active` false: no new appointments; those that exist keep it.
    """

    id: str
    name: str
    kind: RoomKind
    channels: tuple[AppointmentChannel, ...]
    active: bool = True
    version: int = 1


def serving(rooms: Iterable[Room], channel: AppointmentChannel) -> list[Room] | None:
    """The rooms that an appointment by `channel` may use; None when it needs none, because no room was ever declared for it."""
    known = [room for room in rooms if channel in room.channels]
    return [room for room in known if room.active] if known else None


def in_order(room_ids: Sequence[str], seed: str) -> list[str]:
    """The rooms in an order that differs from appointment to appointment, so that many at once do not all try the same one first."""
    if not room_ids:
        return []
    turn = sum(seed.encode()) % len(room_ids)
    return [*room_ids[turn:], *room_ids[:turn]]
