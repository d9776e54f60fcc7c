"""What every rule of the machine stands on: two municipalities, the clock, and what must hold after every step."""

import asyncio
import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import event
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant

from shared.tenancy import Booking
from tests.harness import eventually
from tests.integration.booking.life.chance import Chance
from tests.integration.booking.life.model import Kept, Person, Refusals, Room, Town, Wish
from tests.integration.booking.life.shapes import counsellor_body, room_body, said, shown, wish_of
from tests.integration.booking.life.world import Answer, Asked, World

BEGIN = datetime(2026, 11, 20, 15, 40, 20, tzinfo=UTC)
"""24:40 of Friday 20 November in Tokyo; Monday is a public holiday. The odd seconds keep every deadline off the steps of the clock."""
CHANNELS = ["online", "face_to_face", "telephone"]
SEAM = [(0, 1380), (0, 1410), (0, 1440), (0, 1470), (0, 1500), (1, 0), (1, 15), (1, 30), (1, 60), (1, 90)]
EDGE = [(1, 480), (1, 510), (1, 525), (1, 540)]
"""9:00 in Tokyo is midnight in UTC, where a calendar document ends."""
DAYS, TIMES = [1, 1, 1, 0, 2], SEAM * 2 + EDGE
FIRST = [(1, 1410), (2, 60), (2, 510)]
NEAR = [0, 0, 15, -15, 30, -30, 60, -60]
LENGTHS = [60, 60, 30, 15, 90]

EVERY_DAY = range(7)
PATTERNS = {
    "night": [(d, 1320, 1620) for d in EVERY_DAY],
    "whole days": [(d, 0, 1440) for d in EVERY_DAY],
    "mornings": [(d, start, end) for d in EVERY_DAY for start, end in ((0, 120), (450, 600))],
    "by turns": [(d, 1320, 1560) if d % 2 else (d, 180, 1320) for d in EVERY_DAY],
}
PATTERN = list(PATTERNS)
LOOK_AHEAD = 4
"""Service days of which all free times are compared."""


class Ground(RuleBasedStateMachine):
    world: ClassVar[World]

    def __init__(self) -> None:
        super().__init__()
        self.now = BEGIN
        self.towns = self.world.new_towns(self.now, Booking(resident_daily_cap=2))
        self.keys = (f"key-{n:06d}" for n in itertools.count())
        self.acknowledged: list[tuple[Asked, str]] = []
        self.steps = 0

    @initialize(seed=st.integers(0, 2**32 - 1))
    def open(self, seed: int) -> None:
        """Each town has somebody who is there nearly always, and appointments on both sides of the next midnight."""
        self.chance = Chance(seed)
        self.add_room(self.towns[0], ["face_to_face"])
        for town in self.towns:
            self.add_counsellor(town, "whole days", CHANNELS)
            self.add_counsellor(town, self.chance.one(PATTERN, "pattern"), CHANNELS[1:])
            for resident, (later, minute) in zip(town.residents, FIRST, strict=True):
                day = town.today(self.now) + timedelta(days=later)
                body = Wish(next(iter(town.people)), "face_to_face", day, minute, 60).body()
                made = self.ask(town, None, "POST", "/appointments", body | {"resident_id": resident})
                assert made.status == 201, made
                self.appointment_of(town, made.body, resident, "confirmed")

    def add_counsellor(self, town: Town, pattern: str, channels: list[str]) -> None:
        person = Person("", channels, PATTERNS[pattern])
        answer = self.ask(town, None, "POST", "/counsellors", counsellor_body(person))
        assert answer.status == 201, answer
        person.id = answer.body["id"]
        town.people[person.id] = person

    def add_room(self, town: Town, channels: list[str]) -> None:
        room = Room("", channels)
        room.id = self.ask(town, None, "POST", "/rooms", room_body(room)).body["id"]
        town.rooms[room.id] = room

    def ask(
        self,
        town: Town,
        resident: str | None,
        method: str,
        path: str,
        body: Any = None,
        *,
        again: bool = False,
    ) -> Answer:
        """A request, and when `again` the same once more with the same key: it is answered alike, and done once."""
        asked = Asked(town, resident, method, path, body, next(self.keys))
        answer = self.world.ask(asked, self.now)
        if again:
            second = self.world.ask(asked, self.now)
            assert second.status == answer.status, f"{asked}: {answer}, then {second}"
            if answer.status < 300 and answer.body and "version" in answer.body:
                assert second.body == answer.body, f"{asked}: done twice"
        kind = f"{method} {path.rpartition('/')[2] if path.rpartition('/')[2].isalpha() and '_' in path else path.split('_')[0]}"
        event(f"{kind} {answer.slug if answer.status >= 400 else 'granted'}")
        if answer.status < 300 and answer.body and str(answer.body.get("id")).startswith("apt_"):
            self.acknowledged.append((asked, answer.body["id"]))
        return answer

    def granted(
        self,
        answer: Answer,
        true: Refusals,
        *,
        town: Town | None = None,
        resident: str | None = None,
        staff: bool = False,
        moving: Kept | None = None,
    ) -> bool:
        """Whether the answer grants what was asked; it must be one that the model calls right."""
        if answer.status < 300:
            assert not true.must, f"granted although {true.must}: {answer.body}"
            return True
        assert answer.status == 409 and answer.slug in true.all, f"{answer}, true is {true}"
        offered = answer.body.get("alternatives", [])
        assert len(offered) <= 3
        for slot in offered:
            assert town is not None
            found = town.refusals(wish_of(slot), resident, self.now, staff=staff, moving=moving)
            assert not found.all, f"alternative {slot} is not free: {found}"
        return False

    def appointment_of(self, town: Town, body: Any, resident: str, state: str) -> Kept:
        """Put what was just made into the model."""
        wish = wish_of(body)
        made = Kept(body["id"], resident, wish, town.terms.buffer_minutes, None, state)
        made.series = body["series_id"]
        self.takes_room(town, made, body)
        if state == "held":
            made.held_until = datetime.fromisoformat(body["held_until"])
            lasting = made.held_until - self.now
            assert abs(lasting - timedelta(minutes=town.terms.hold_minutes)) < timedelta(seconds=5)
        town.kept[made.id] = made
        return made

    def takes_room(self, town: Town, made: Kept, body: Any) -> None:
        needed = town.needs_room(made.wish.channel)
        free = town.free_rooms(made.wish, made)
        assert (body["room_id"] in free) if needed else body["room_id"] is None, body
        made.room = body["room_id"]

    def wait(self, by: timedelta) -> None:
        """Let time pass; never to the very moment at which a hold runs out."""
        self.now += by
        ends = [a.held_until for town in self.towns for a in town.kept.values() if a.held_until]
        while any(abs(end - self.now) < timedelta(seconds=5) for end in ends):
            self.now += timedelta(seconds=7)

    def wish(self, chance: Chance, town: Town, *, anybody: bool = False) -> Wish:
        """Around a midnight or a morning soon to come; or at, into or beside a time that somebody has."""
        person = None if anybody else chance.one(list(town.people), "counsellor")
        minutes = chance.one(LENGTHS, "minutes")
        channel = chance.one(self.ways(town, person), "channel")
        taken = [kept.wish for kept in town.taking() if kept.wish.time[0] > self.now]
        if taken and chance.either("near what is taken"):
            near = chance.one(taken, "near")
            minute = near.minute + chance.one(NEAR, "by")
            same = person and chance.either("the same counsellor")
            channel = near.channel if chance.either("the same way to talk") else channel
            day, minute = near.day, min(max(minute, 0), 1800 - minutes)
            return Wish(near.counsellor if same else person, channel, day, minute, minutes)
        days, (later, minute) = chance.one(DAYS, "days"), chance.one(TIMES, "when")
        return Wish(person, channel, town.today(self.now) + timedelta(days=days + later), minute, minutes)

    def ways(self, town: Town, person: str | None) -> list[str]:
        """Mostly a way to talk that the counsellor offers."""
        return [*(town.people[person].channels * 3 if person else CHANNELS), *CHANNELS]

    def one(
        self, chance: Chance, town: Town, fits: Callable[[Kept], bool] = lambda kept: True
    ) -> Kept | None:
        """One of the appointments; None when there is none that fits."""
        found = [kept for kept in town.kept.values() if fits(kept)]
        return chance.one(found, "appointment") if found else None

    @invariant()
    def the_service_is_as_the_model_says(self) -> None:
        self.steps += 1
        self.world.at(self.now)
        self.world.run(self._check())

    async def _check(self) -> None:
        for town in self.towns:
            assert town.overlaps() == []
            seen, findings = await asyncio.gather(self.world.appointments(town), self.world.findings(town))
            assert findings == []
            assert {i: shown(row) for i, row in seen.items()} == {i: said(a) for i, a in town.kept.items()}
        if self.steps % 2:
            await self._free_times(self.towns[self.steps // 2 % 3 // 2], self.steps // 2)

    async def _free_times(self, town: Town, turn: int) -> None:
        """What is offered is free, and all that is free is offered, as soon as the memory has heard of it."""
        resident = town.residents[turn % len(town.residents)]
        channel, minutes = CHANNELS[turn % 3], (60, 30, 90, 15)[turn % 4]
        first = town.today(self.now)
        expected = set(town.offered(resident, self.now, first, LOOK_AHEAD, channel, minutes))
        query = f"from={first}&days={LOOK_AHEAD}&channel={channel}&minutes={minutes}&limit=2000"

        async def wrong() -> dict[str, set[tuple[str, str, int]]]:
            found = await self.world.get(town, resident, f"/me/availability?{query}")
            offered = {(s["counsellor_id"], s["service_date"], s["start_minute"]) for s in found["slots"]}
            return {"taken": offered - expected, "kept back": expected - offered}

        await eventually(wrong, until=lambda found: not any(found.values()))
