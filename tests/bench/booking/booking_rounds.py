"""Bookings a second: the desk, beside the bare operations of a booking. Both in this process, in turn, with the same servers."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from typing import Any

import nats
from fastapi import FastAPI
from nats.js.api import StorageType, StreamConfig

from services.booking.desk import Desk
from services.booking.parts import parts_of
from services.booking.store import COLLECTIONS
from services.booking.wish import Wish
from shared.following import Following
from shared.idempotency import Command
from shared.ids import new_ulid
from shared.mongo import Database
from shared.publisher import EVENT_LOG
from shared.runtime import Core, Service, connect_core, start
from shared.tenancy import Tenant
from tests.bench.booking.floor import Floor
from tests.bench.booking.places import Booking, hours, people
from tests.bench.booking.reading import Place, settings_of
from tests.bench.booking.sample import MINUTES
from tests.bench.sample import TENANT
from tests.harness import eventually

Book = Callable[[Booking], Awaitable[Any]]
LANES, WARM = 8, 40


@dataclass
class Booked:
    """Bookings per second, round by round."""

    desk: list[float] = field(default_factory=list)
    floor: list[float] = field(default_factory=list)


async def measure(place: Place, first_day: date, rounds: int, count: int) -> Booked:
    core = await connect_core("booking", settings_of(place, "desk"), COLLECTIONS)
    parts = parts_of(core.outbox, core.sealer, core.clock, core.registry)
    core.publisher.listeners.append(parts.diary.heard)
    following = Following(core.nc, "BOOKING", parts.diary.heard, parts.diary.lost)

    async def diary(stop: asyncio.Event) -> None:
        await parts.diary.follow(following, parts.openings.homes, stop)

    running = await start(core, Service(app=FastAPI(), companions=[diary]), "api")
    tenant = core.registry.tenants[TENANT]
    for number, person in enumerate(people()):
        await parts.counsellors.add(TENANT, person, Command(f"bench-{number}", "bench"))
    desk = _at(parts.desk, tenant)
    places = hours(first_day, "desk")
    await _round(desk, islice(places, WARM))
    floor, publishing = await _floor(core, place)
    found, elsewhere = Booked(), hours(first_day, "floor")
    await _round(floor.book, islice(elsewhere, WARM))
    for number in range(rounds):
        contestants = [(found.desk, desk, places), (found.floor, floor.book, elsewhere)]
        for series, book, of in contestants if number % 2 else reversed(contestants):
            series.append(await _round(book, islice(of, count)))
            await eventually(lambda: _published(core, floor))
    publishing.cancel()
    await asyncio.gather(publishing, return_exceptions=True)
    await running.finish(5)
    await core.nc.close()
    core.db.close()
    return found


def _at(desk: Desk, tenant: Tenant) -> Book:
    async def book(wanted: Booking) -> None:
        wish = Wish(wanted.counsellor_id, "online", wanted.day, wanted.minute, MINUTES)
        await desk.hold(tenant, wanted.resident_id, wish, Command(new_ulid(), new_ulid()))

    return book


async def _round(book: Book, places: Iterator[Booking]) -> float:
    """Closed loop of `LANES`; bookings per second."""
    done = 0

    async def lane() -> None:
        nonlocal done
        for wanted in places:
            await book(wanted)
            done += 1

    begun = time.perf_counter()
    await asyncio.gather(*(lane() for _ in range(LANES)))
    return done / (time.perf_counter() - begun)


async def _floor(core: Core, place: Place) -> tuple[Floor, "asyncio.Future[None]"]:
    """On a database with the same collections, indexes and counsellors, and a stream of its own."""
    db = Database(place.mongo_url, "bare_booking")
    await db.prepare([*COLLECTIONS, EVENT_LOG])
    async for person in core.db["counsellors"].find({"tenant_id": TENANT}):
        await db["counsellors"].insert_one(person)
    db.close()
    await eventually(lambda: core.db["event_log"].count_documents({"tenant_id": TENANT}))
    like = await core.db["appointments"].find_one({"tenant_id": TENANT})
    held = "banso.booking.appointment.held.v1"
    event = await core.db["event_log"].find_one({"tenant_id": TENANT, "type": held})
    assert like is not None, "nothing was booked"
    assert event is not None, "nothing was published"
    nc = await nats.connect(place.nats_url)
    await nc.jetstream().add_stream(
        StreamConfig(name="FLOOR", subjects=["floor.>"], storage=StorageType.FILE, duplicate_window=3600)
    )
    made = Floor(place.mongo_url, "bare_booking", nc, like, event["event"])
    return made, asyncio.ensure_future(made.publish())


async def _published(core: Core, floor: Floor) -> bool:
    waiting = await core.db["appointments"].count_documents({"outbox_at": {"$exists": True}})
    return not floor.queue and not waiting
