"""Any owner's claims on any kind of time, through the calendars' one way to take and give: against sets of five-minute steps.

Appointments, shifts, stays at workplaces and whatever may come claim in this way; nothing here knows what they are.
"""

import asyncio
import itertools
from collections import Counter
from collections.abc import Coroutine, Iterable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, ClassVar, TypeVar

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from services.booking.cells import WORDS, cell_number
from services.booking.claim import Claim, Resource, difference, seats
from services.booking.store.calendars import CALENDARS, Calendars, CellsTaken
from shared.mongo import Database, Session
from shared.settings import CoreSettings

T = TypeVar("T")
EXAMPLES, STEPS = 30, 30
STEP = timedelta(minutes=5)
FIRST = datetime(2026, 11, 22, 21, 0, tzinfo=UTC)
"""Three hours before a calendar document ends."""
COUNTED = st.sampled_from([None, date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 25)])
"""The document that counts may have none of the cells."""
RESOURCES = st.integers(0, 8)
STRETCHES = st.tuples(st.integers(0, 70), st.integers(1, 24))
WANTED = st.dictionaries(RESOURCES, st.tuples(STRETCHES, COUNTED), min_size=1, max_size=4)
Cells = dict[tuple[Resource, int], str]


class Claiming(RuleBasedStateMachine):
    loop: ClassVar[asyncio.AbstractEventLoop]
    calendars: ClassVar[Calendars]
    worlds: ClassVar[Iterator[int]] = itertools.count()

    def __init__(self) -> None:
        super().__init__()
        world = next(self.worlds)
        one, two, pool = (f"home-{world}-{name}" for name in ("one", "two", "pool"))
        self.homes = [one, two, pool]
        self.resources = [
            Resource(one, "counsellor", "cou_a"), Resource(one, "resident", "res_a"), Resource(one, "room", "rom_a"),
            Resource(two, "counsellor", "cou_a"), Resource(two, "resident", "res_b"), Resource(pool, "counsellor", "cou_p"),
            *(Resource(one, "seat", seat) for seat in seats("plc_a", 3)),
        ]  # fmt: skip
        self.owned: dict[str, list[Claim]] = {}
        self.caps: dict[Resource, int] = {}
        self.names = (f"apt_{n}" for n in itertools.count())

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(60)

    def claims(self, owner: str, wanted: dict[int, tuple[tuple[int, int], date | None]]) -> list[Claim]:
        found = []
        for number, ((first, length), counted_on) in wanted.items():
            resource, starts = self.resources[number], FIRST + first * STEP
            tenant = self.homes[0] if resource.home == self.homes[2] else None
            found.append(Claim(resource, owner, starts, starts + length * STEP, counted_on, tenant))
        return found

    @rule(wanted=WANTED)
    def somebody_takes(self, wanted: dict[int, Any]) -> None:
        owner = next(self.names)
        self.exchange({owner: self.claims(owner, wanted)})

    @precondition(lambda self: self.owned)
    @rule(data=st.data(), wanted=WANTED)
    def somebody_goes_elsewhere(self, data: Any, wanted: dict[int, Any]) -> None:
        """Some of what they have stays as it is."""
        owner = data.draw(st.sampled_from(sorted(self.owned)))
        stays = [c for c in self.owned[owner] if data.draw(st.booleans())]
        new = [c for c in self.claims(owner, wanted) if c.resource not in {s.resource for s in stays}]
        self.exchange({owner: [*stays, *new]})

    @precondition(lambda self: self.owned)
    @rule(data=st.data())
    def somebody_gives_back(self, data: Any) -> None:
        self.exchange({data.draw(st.sampled_from(sorted(self.owned))): []})

    @precondition(lambda self: len(self.owned) > 1)
    @rule(data=st.data())
    def two_change_places(self, data: Any) -> None:
        one, other = data.draw(
            st.lists(st.sampled_from(sorted(self.owned)), min_size=2, max_size=2, unique=True)
        )
        theirs = {one: self.owned[other], other: self.owned[one]}
        self.exchange(
            {
                owner: [
                    Claim(c.resource, owner, c.starts_at, c.ends_at, c.counted_on, c.tenant) for c in claims
                ]
                for owner, claims in theirs.items()
            }
        )

    @rule(number=RESOURCES, cap=st.sampled_from([None, 1, 2]))
    def a_cap_is_set(self, number: int, cap: int | None) -> None:
        self.caps.pop(self.resources[number], None)
        if cap is not None:
            self.caps[self.resources[number]] = cap

    def exchange(self, wanted: dict[str, list[Claim]]) -> None:
        """All or nothing, as the model says."""
        before = [c for owner in wanted for c in self.owned.get(owner, [])]
        after = [c for claims in wanted.values() for c in claims]
        others = [c for owner, claims in self.owned.items() if owner not in wanted for c in claims]
        possible = not shared([*others, *after]) and not self.too_many(before, after, others)
        give, take = difference(before, after)

        async def work(session: Session) -> None:
            await self.calendars.exchange(session, give=give, take=take, caps=self.caps)

        found = self.run(self.calendars.in_the_way(after, caps={}, except_for=wanted))
        taken = {resource for resource, how in found if how == "taken"}
        assert taken == {r for one in after for r in [one.resource] if shared([*others, one])}
        try:
            self.run(self.calendars.db.in_transaction(work))
        except CellsTaken:
            assert not possible, f"refused: {wanted}"
        else:
            assert possible, f"granted: {wanted}"
            self.owned.update(wanted)
            self.owned = {owner: claims for owner, claims in self.owned.items() if claims}

    def too_many(self, before: list[Claim], after: list[Claim], others: list[Claim]) -> bool:
        """Whether a day whose count this changes would have more than its cap."""
        changed = {day for day in counts(after) if stands(after, *day) != stands(before, *day)}
        total = counts([*others, *after])
        return any(total[day] > self.caps.get(day[0], total[day]) for day in changed)

    @invariant()
    def calendars_are_what_is_owned(self) -> None:
        self.run(self._check())

    async def _check(self) -> None:
        claims = [c for owned in self.owned.values() for c in owned]
        cells: set[tuple[Resource, int]] = set()
        counted: Counter[tuple[Resource, date]] = Counter()
        for home in self.homes:
            async for document in self.calendars.db["calendars"].find({"tenant_id": home}):
                resource = Resource(home, document["kind"], document["resource_id"])
                day = date.fromisoformat(document["day"])
                zero = cell_number(datetime.combine(day, datetime.min.time(), UTC))
                bits = "".join(f"{document[word]:060b}"[::-1] for word in WORDS)
                cells |= {(resource, zero + n) for n, bit in enumerate(bits) if bit == "1"}
                counted[resource, day] += document.get("count", 0)
                assert document["owners"].keys() == owners_on(claims, resource, day)
        assert cells == set(taken_by(claims))
        assert +counted == counts(claims)
        await self._looks(claims)

    async def _looks(self, claims: list[Claim]) -> None:
        """What others ask the calendars is answered alike."""
        starts, ends = FIRST + 30 * STEP, FIRST + 42 * STEP
        places = [r for r in self.resources if r.kind == "seat"]
        free = await self.calendars.free_of(self.homes[0], [p.id for p in places], starts, ends)
        here = [c for c in claims if c.starts_at < ends and starts < c.ends_at]
        assert free == [p.id for p in places if p not in {c.resource for c in here}]
        pool = self.resources[5]
        owners = await self.calendars.owners(pool.home, pool.id, starts, ends)
        assert set(owners) == {(c.tenant, c.owner) for c in here if c.resource == pool}


def steps(claim: Claim) -> range:
    return range(cell_number(claim.starts_at), cell_number(claim.ends_at))


def taken_by(claims: Iterable[Claim]) -> Cells:
    return {(claim.resource, n): claim.owner for claim in claims for n in steps(claim)}


def shared(claims: list[Claim]) -> bool:
    return len(taken_by(claims)) < sum(len(steps(claim)) for claim in claims)


def counts(claims: Iterable[Claim]) -> Counter[tuple[Resource, date]]:
    return Counter((c.resource, c.counted_on) for c in claims if c.counted_on)


def part(claim: Claim, day: date) -> tuple[list[int], bool]:
    """The steps of one UTC date, and whether it counts there."""
    zero = cell_number(datetime.combine(day, datetime.min.time(), UTC))
    return [n for n in steps(claim) if zero <= n < zero + 288], claim.counted_on == day


def stands(claims: Iterable[Claim], resource: Resource, day: date) -> list[tuple[str, list[int], bool]]:
    """Who has what of a resource's day."""
    found = [(c.owner, *part(c, day)) for c in claims if c.resource == resource]
    return sorted(entry for entry in found if entry[1] or entry[2])


def owners_on(claims: Iterable[Claim], resource: Resource, day: date) -> set[str]:
    return {owner for owner, *_ in stands(claims, resource, day)}


async def test_claims_of_any_kind_are_taken_moved_and_given_back_as_a_plain_model_says(
    settings: CoreSettings,
) -> None:
    db = Database(settings.mongo_url, f"{settings.database_prefix}_claims")
    await db.prepare([CALENDARS])
    Claiming.loop, Claiming.calendars = asyncio.get_running_loop(), Calendars(db)
    try:
        await asyncio.to_thread(run_state_machine_as_test, Claiming, settings=HOW)
    finally:
        db.close()


HOW = settings(
    max_examples=EXAMPLES,
    stateful_step_count=STEPS,
    deadline=None,
    print_blob=True,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
