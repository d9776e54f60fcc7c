"""What a process keeps in memory of who is free is what the database says, whoever wrote it and whatever happens on the way."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.booking.cells import cell_number
from services.booking.counsellor import Counsellor, WeeklyHours
from services.booking.diary import Diary, Home
from services.booking.openings import home_of
from services.booking.picture import Picture
from services.booking.store import Counsellors, Rooms
from services.booking.store.holdings import Holdings
from shared.clock import Clock
from shared.events.booking import AppointmentConfirmed
from shared.events.envelope import Event, envelop
from shared.following import Following
from shared.idempotency import Command
from shared.ids import derived_id
from shared.runtime import Core
from tests.harness import DEADLINE, eventually
from tests.integration.booking.desk import DAY, NOW, A, Desk, resident_id

APPOINTMENT = derived_id("apt", "shared")


class Reader:
    """A diary of another process: it knows the database and the stream, and nothing that the service's own process does."""

    def __init__(self, core: Core, desk: Desk) -> None:
        self.clock = Clock()
        self.clock.shift = core.clock.shift
        counsellors = Counsellors(core.outbox, self.clock)
        self.diary = Diary(self.clock, counsellors, Rooms(core.outbox, self.clock), Holdings(core.db))
        self.home = home_of(desk.started.core.registry.tenants[A])
        self.following = Following(core.nc, "BOOKING", self.diary.heard, self.diary.lost)
        self.stop = asyncio.Event()
        self.task = asyncio.ensure_future(self.diary.follow(self.following, lambda: [self.home], self.stop))

    async def ready(self) -> bool:
        return await self.diary.ready(self.home)

    async def picture(self) -> Picture:
        return (await self.diary.see(self.home)).picture

    async def kept(self) -> Picture | None:
        return await self.picture() if await self.ready() else None

    async def close(self) -> None:
        self.stop.set()
        await asyncio.wait_for(self.task, DEADLINE)


@pytest.fixture
async def reader(desk: Desk) -> AsyncIterator[Reader]:
    made = Reader(desk.started.core, desk)
    await eventually(made.ready)
    yield made
    await made.close()


def facts(picture: Picture) -> dict[str, Any]:
    return {
        "people": dict(picture.people),
        "rooms": dict(picture.rooms),
        "counsellors": {c: sorted(picture.held_by("counsellor", c)) for c in picture.people},
        "residents": {n: sorted(picture.held_by("resident", resident_id(n))) for n in ("aoi", "ren")},
        "counts": {c: picture.workload.count(c, DAY) for c in picture.people},
    }


async def in_the_database(reader: Reader) -> dict[str, Any]:
    alone = Diary(reader.clock, reader.diary.counsellors, reader.diary.rooms, reader.diary.holdings)
    return facts((await alone.see(reader.home, past=True)).picture)


async def same(reader: Reader) -> bool:
    kept = await reader.kept()
    return kept is not None and facts(kept) == await in_the_database(reader)


async def test_another_process_knows_what_was_held_confirmed_moved_and_cancelled(
    desk: Desk, reader: Reader
) -> None:
    one, other = await desk.counsellor(), await desk.counsellor(daily_cap=1)
    booked = await desk.booked("aoi", one, 1470)
    moved = await desk.booked("ren", other, 1320)
    assert (
        await desk.act("ren", moved, "move", {"service_date": "2026-12-04", "start_minute": 1500})
    ).is_success
    gone = await desk.booked("aoi", other, 1380)
    assert (await desk.act("aoi", gone, "cancel")).is_success
    await desk.hold("ren", desk.wish(one, 1560))
    await eventually(lambda: same(reader))
    picture = await reader.picture()
    assert picture.holds(booked)
    assert not picture.holds(gone)
    assert picture.workload.count(one, DAY) == 2


async def test_another_process_knows_new_people_and_rooms_and_what_became_of_them(
    desk: Desk, reader: Reader
) -> None:
    counsellor = await desk.counsellor()
    path = f"/booking/v1/counsellors/{counsellor}"
    body = {"display_name": "見本", "channels": ["telephone"], "weekly_hours": [], "skills": ["care"]}
    assert (await desk.client.put(path, headers=desk.harness.staff(A), json=body)).is_success
    room = {"name": "見本の部屋", "kind": "room", "channels": ["face_to_face"]}
    assert (await desk.staff("POST", "/rooms", room)).is_success
    await eventually(lambda: same(reader))
    picture = await reader.picture()
    assert picture.people[counsellor].skills == ("care",)
    assert len(picture.rooms) == 1


async def test_what_was_booked_before_a_process_came_is_known_with_what_comes_meanwhile(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    early = await desk.booked("aoi", counsellor, 1320)
    late = Reader(desk.started.core, desk)
    await desk.booked("ren", counsellor, 1500)
    assert (await desk.act("aoi", early, "cancel")).is_success
    await eventually(lambda: same(late))
    assert not (await late.picture()).holds(early)
    await late.close()


async def test_a_process_that_hears_nothing_answers_from_the_database(desk: Desk, reader: Reader) -> None:
    counsellor = await desk.counsellor()
    await eventually(lambda: same(reader))
    kept = await reader.picture()
    await reader.close()
    booked = await desk.booked("aoi", counsellor)
    assert not await reader.ready()
    seen = await reader.diary.see(reader.home)
    assert seen.picture is not kept
    assert seen.picture.holds(booked)
    assert not kept.holds(booked)


async def test_events_that_were_missed_for_good_make_the_picture_be_read_anew(
    desk: Desk, reader: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    counsellor = await desk.counsellor()
    await eventually(lambda: same(reader))
    gate, beginning = asyncio.Event(), reader.following._beginning

    async def when_open() -> int:
        await gate.wait()
        return await beginning()

    monkeypatch.setattr(reader.following, "_beginning", when_open)
    js = desk.started.core.nc.jetstream()
    for consumer in await js.consumers_info("BOOKING"):
        if not consumer.config.durable_name:
            await js.delete_consumer("BOOKING", consumer.name)
    booked = await desk.booked("aoi", counsellor)

    async def published() -> int:
        return len(await desk.harness.published("booking", "banso.booking.appointment.confirmed.v1"))

    await eventually(published)
    await js.purge_stream("BOOKING")
    gate.set()

    async def knows() -> bool:
        kept = await reader.kept()
        return kept is not None and kept.holds(booked)

    await eventually(knows)


async def test_the_picture_goes_with_the_clock_and_back(desk: Desk, reader: Reader) -> None:
    counsellor = await desk.counsellor()
    await desk.booked("aoi", counsellor)
    await eventually(lambda: same(reader))
    for days in (1, 30, -25, 3, -15):
        reader.clock.shift += timedelta(days=days)
        picture = await reader.picture()
        today = (
            reader.clock.now() + timedelta(hours=3)
        ).date()  # 6:00 in Tokyo begins the day, 9 hours ahead
        assert picture.axis.first_day == today
        await eventually(lambda: same(reader))


async def test_what_this_process_writes_is_in_its_own_picture_at_once(desk: Desk) -> None:
    """No waiting for the stream: the very next request sees it, again and again."""
    counsellor = await desk.counsellor()
    for start in range(1320, 1560, 60):
        assert f"{start // 60}:00-{start // 60 + 1}:00" in await desk.free("ren", counsellor_id=counsellor)
        held = (await desk.hold("aoi", desk.wish(counsellor, start))).json()["id"]
        assert f"{start // 60}:00-{start // 60 + 1}:00" not in await desk.free(
            "ren", counsellor_id=counsellor
        )
        assert (await desk.act("aoi", held, "cancel")).is_success


def confirmed(counsellor: str, sequence: int, pool: str | None) -> Event:
    starts_at = datetime(2026, 12, 3, 15, 30, tzinfo=UTC)
    payload = AppointmentConfirmed(
        resident_id=resident_id("aoi"),
        appointment_id=APPOINTMENT,
        counsellor_id=counsellor,
        channel="online",
        service_date=DAY,
        start_minute=1470,
        end_minute=1530,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=1),
        pool=pool,
        buffer_minutes=15,
    )
    (event,) = envelop(
        [payload], source="/booking", tenant=A, subject=APPOINTMENT, sequence=sequence, now=NOW
    )
    return event


async def test_a_pool_and_a_municipality_hear_each_their_part_and_what_leaves_them(desk: Desk) -> None:
    reader = Reader(desk.started.core, desk)
    pool = Home("pool-x", reader.home.zone, 10)
    shared = derived_id("cou", "shared")
    hours = tuple(WeeklyHours(n, 1320, 1620) for n in range(7))
    person = Counsellor(shared, "見本", ("ja",), ("online",), hours)
    await reader.diary.counsellors.add(pool.id, person, Command("key", "body"))
    await eventually(reader.ready)

    async def parts() -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
        theirs = (await reader.diary.see(pool)).picture.held_by("counsellor", shared)
        mine = (await reader.picture()).held_by("resident", resident_id("aoi"))
        return [(p.first, p.end) for _, p in theirs], [(p.first, p.end) for _, p in mine]

    await eventually(lambda: reader.diary.ready(pool))
    begin = cell_number(datetime(2026, 12, 3, 15, 30, tzinfo=UTC))
    await desk.harness.publish(confirmed(shared, 1, pool.id))
    await eventually(parts, until=lambda p: p == ([(begin, begin + 15)], [(begin, begin + 12)]))
    await desk.harness.publish(confirmed(derived_id("cou", "own"), 2, None))
    await eventually(parts, until=lambda p: p == ([], [(begin, begin + 12)]))
    await reader.close()
