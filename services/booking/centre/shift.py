"""A shift: one stretch of work of one worker, at a station of the centre or at home.

Who shares a seat or a person's time with whom is not decided here but by the calendars' bits.
"""

from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any, Literal

from services.booking.centre.stretch import Stretch
from services.booking.claim import Claim, Resource
from shared.events.booking import AttendanceStatus, ShiftChanged, ShiftPlanned
from shared.events.envelope import Payload

State = Literal["planned", "present", "absent", "late", "leaving_early", "withdrawn"]
STANDING: tuple[State, ...] = ("planned", "present", "late", "leaving_early")
"""States in which a shift owns its worker's time and its seat."""
Origin = Literal["week", "plan", "substitute"]


@dataclass(frozen=True)
class Shift:
    """`station_id` None is work at home; `seat` is 1..n of the station. `arrived_at` and `left_at` (UTC) are known when they differ from the plan."""

    id: str
    resident_id: str
    centre_id: str
    stretch: Stretch
    starts_at: datetime
    ends_at: datetime
    station_id: str | None = None
    seat: int | None = None
    state: State = "planned"
    origin: Origin = "week"
    reported_at: datetime | None = None
    arrived_at: datetime | None = None
    left_at: datetime | None = None
    version: int = 0

    @property
    def stands(self) -> bool:
        return self.state in STANDING

    @property
    def status(self) -> AttendanceStatus | None:
        """What was reported; None as long as nobody has said anything."""
        return None if self.state == "planned" or self.state == "withdrawn" else self.state

    def claims(self, tenant: str) -> list[Claim]:
        """What it takes: the worker's time, and its seat when it is on site; nothing when it does not stand."""
        if not self.stands:
            return []
        worker = Resource(tenant, "resident", self.resident_id)
        found = [Claim(worker, self.id, self.starts_at, self.ends_at)]
        if self.station_id:
            seat = Resource(tenant, "seat", seat_id(self.station_id, self.seat or 1))
            found.append(Claim(seat, self.id, self.starts_at, self.ends_at))
        return found


Outcome = tuple[Shift, list[Payload]]


def seat_id(station_id: str, number: int) -> str:
    """The calendar's name of a seat: `<station id>.<1..n>`."""
    return f"{station_id}.{number}"


def plan(
    new_id: str,
    resident_id: str,
    centre_id: str,
    stretch: Stretch,
    station_id: str | None,
    zone: tzinfo,
    origin: Origin = "week",
    *,
    tell: bool = False,
) -> Outcome:
    """A new shift; its seat is chosen by the store. `tell`: the worker is to hear of it, as others planned it."""
    shift = Shift(
        new_id,
        resident_id,
        centre_id,
        stretch,
        stretch.starts_at(zone),
        stretch.ends_at(zone),
        station_id,
        origin=origin,
    )
    return shift, [ShiftPlanned(**when(shift), tell=tell)]


def change(shift: Shift, stretch: Stretch, station_id: str | None, zone: tzinfo) -> Outcome:
    """The same shift at another time or place."""
    changed = replace(
        shift,
        stretch=stretch,
        station_id=station_id,
        seat=None,
        starts_at=stretch.starts_at(zone),
        ends_at=stretch.ends_at(zone),
    )
    return changed, [ShiftChanged(**when(changed))]


def withdraw(shift: Shift, *, tell: bool = False) -> Outcome:
    """The shift is no more; nobody asks why. `tell`: the worker is to hear of it, as others did it."""
    gone = replace(shift, state="withdrawn")
    return gone, [ShiftChanged(**when(gone), withdrawn=True, tell=tell)]


def when(shift: Shift) -> dict[str, Any]:
    """What the events of a shift say about it."""
    return {
        "resident_id": shift.resident_id,
        "shift_id": shift.id,
        "centre_id": shift.centre_id,
        "service_date": shift.stretch.service_date,
        "start_minute": shift.stretch.start_minute,
        "end_minute": shift.stretch.end_minute,
        "starts_at": shift.starts_at,
        "ends_at": shift.ends_at,
    }
