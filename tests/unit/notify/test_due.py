"""What is taken up, and by whom."""

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.notify.due import Due
from services.notify.lanes import Lanes
from shared.clock import system_now
from shared.errors import Unavailable


@dataclass(frozen=True)
class Piece:
    id: str
    tenant: str = "kyoto"
    lease_until: datetime | None = None


class Desk:
    """A `Due` over pieces in memory; `done` names those that were worked on."""

    def __init__(self, *pieces: Piece) -> None:
        self.pieces = list(pieces)
        self.done: list[str] = []
        self.looks = 0
        self.away = 0
        self.stop = asyncio.Event()
        lanes: Lanes[Piece] = Lanes(self.work, total=4, per_lane=2)
        self.due: Due[Piece] = Due(self.find, lanes, lambda p: p.tenant, lambda: ["kyoto"], 0.001, 30)

    async def find(self, tenant: str, limit: int) -> list[Piece]:
        self.looks += 1
        if self.looks > 3:
            self.stop.set()
        if self.looks <= self.away:
            raise Unavailable("away")
        return [p for p in self.pieces if p.tenant == tenant and p.id not in self.done][:limit]

    async def work(self, piece: Piece) -> None:
        self.done.append(piece.id)


async def test_what_somebody_else_holds_is_left_alone_until_the_lease_is_over() -> None:
    now = system_now()
    held, over = now + timedelta(seconds=20), now - timedelta(seconds=1)
    desk = Desk(Piece("held", lease_until=held), Piece("over", lease_until=over), Piece("free"))
    await desk.due.run(desk.stop)
    assert desk.done == ["over", "free"]


async def test_a_server_that_is_away_is_asked_again() -> None:
    desk = Desk(Piece("one"))
    desk.away = 2
    await desk.due.run(desk.stop)
    assert desk.done == ["one"]


async def test_a_lease_is_given_only_where_it_can_be_used_at_once() -> None:
    desk = Desk()
    assert desk.due.reserve() is None
    running = asyncio.ensure_future(desk.due.run(desk.stop))
    await asyncio.sleep(0)
    lease = desk.due.reserve()
    assert lease is not None
    assert desk.due.is_ours(Piece("new", lease_until=lease))
    desk.due.offer(Piece("new", lease_until=lease))
    await running
    assert desk.done == ["new"]
    desk.due.offer(Piece("late"))
    assert desk.done == ["new"]


def test_a_lease_that_is_nearly_over_must_be_taken_anew() -> None:
    due = Desk().due
    assert not due.is_ours(Piece("a", lease_until=system_now() + timedelta(seconds=10)))
    assert not due.is_ours(Piece("a"))
