"""What somebody takes of somebody's time: a resource, a stretch of real time, and who owns it.

Whoever wants time of a person, a room or a seat says so in claims (an appointment, a shift, a stay at a workplace, an imported absence);
`store.calendars` takes and gives them back, all or none. A resource is in one place at a time, so that overlaps are impossible for every
kind of owner alike. A workplace with n seats is n resources, `<id>.1` to `<id>.n`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from services.booking.cells import DayCells, cells_of

Kind = Literal["counsellor", "resident", "room", "seat"]


@dataclass(frozen=True)
class Resource:
    """Whatever can be in one place at a time only. `home` is whose calendar it is in: a tenant's id, or a pool's."""

    home: str
    kind: Kind
    id: str


@dataclass(frozen=True)
class Claim:
    """[starts_at, ends_at) of `resource` for `owner`, in whole cells.

    `counted_on` is the service day on which it counts as one appointment. `tenant` is whose owner it is when the calendar lies in a
    pool.
    """

    resource: Resource
    owner: str
    starts_at: datetime
    ends_at: datetime
    counted_on: date | None = None
    tenant: str | None = None


@dataclass(frozen=True)
class Entry:
    """The part of a claim that lies in one calendar document: no cells at all when the day is there for counting only."""

    resource: Resource
    owner: str
    cells: DayCells
    counted: bool
    tenant: str | None

    @property
    def document_id(self) -> str:
        return calendar_id(self.resource.home, self.resource.id, self.cells.day)

    @property
    def mark(self) -> list[int | str]:
        """What the document keeps under the owner's id."""
        span: list[int | str] = [self.cells.first, self.cells.end]
        return span if self.tenant is None else [*span, self.tenant]


def calendar_id(home: str, resource_id: str, day: date) -> str:
    """The id of the calendar document of one UTC date."""
    return f"{home}:{resource_id}:{day.isoformat()}"


def entries(claims: Iterable[Claim]) -> list[Entry]:
    """Every calendar document's part of the claims. The document of the UTC date that bears the service day's date keeps the count."""
    return [entry for claim in claims for entry in _parts(claim)]


def _parts(claim: Claim) -> Iterable[Entry]:
    days = cells_of(claim.starts_at, claim.ends_at)
    for cells in days:
        counted = cells.day == claim.counted_on
        yield Entry(claim.resource, claim.owner, cells, counted, claim.tenant)
    if claim.counted_on and all(cells.day != claim.counted_on for cells in days):
        yield Entry(claim.resource, claim.owner, DayCells(claim.counted_on, 0, 0), True, claim.tenant)


def difference(before: Sequence[Claim], after: Sequence[Claim]) -> tuple[list[Entry], list[Entry]]:
    """What must be given back and what taken to come from one set of claims to another: what stays is not touched."""
    have, want = entries(before), entries(after)
    kept = set(have) & set(want)
    return [e for e in have if e not in kept], [e for e in want if e not in kept]


def seats(resource_id: str, count: int) -> list[str]:
    """The resource ids of a place with `count` seats."""
    return [f"{resource_id}.{n}" for n in range(1, count + 1)]
