"""The use case behind a new slate: gather what is known of the person and the offers, apply the rule, keep the slate.

Shared by the API and the page; what is known of many people at a time also by what is sent to them (`series.py`).
"""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from services.matching.engine.interactions import strengths
from services.matching.engine.sieve import sift
from services.matching.market import Market
from services.matching.relaxing import hidden_by
from services.matching.seeker import Seeker, seeker_of
from services.matching.slate import Slate, propose
from services.matching.snapshot import Snapshot
from services.matching.store import Store
from shared.clock import TOKYO
from shared.errors import NotFound
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.tenancy import Tenant

SIZE = 3
AT_ONCE = 5_000
"""Offers up to which a slate is made without giving way to other requests: a few thousandths of a second."""
ASKED_FOR_TOGETHER = 20
Made = tuple[Slate, list[Payload]]


async def new_slate(
    store: Store,
    market: Market,
    tenant: Tenant,
    resident_id: str,
    size: int,
    command: Command,
    now: datetime,
    follows: str | None = None,
) -> Slate:
    """A slate of at most `size` offers for the resident, as of `now`.

    `follows`: it goes on with the list of that slate of theirs, and repeats nothing of it. Raises NotFound for one they do not have.
    """
    (seeker, test), stall = await asyncio.gather(
        _known(store, tenant, resident_id, now), market.see(tenant.id)
    )
    if follows:
        before = await store.slates.get(tenant.id, follows)
        if before.seeker.resident_id != resident_id:
            raise NotFound(f"no slate {follows}")
        seeker = replace(seeker, shown=before.seeker.shown | {p.offer.id for p in before.proposals})
    columns, given = stall.shelf.columns, stall.circumstances(tenant, now)
    slate_id = command.new_id("slt")

    def rule() -> tuple[Snapshot, Made]:
        snapshot, today = columns.snapshot(), now.astimezone(TOKYO).date()
        slate, events = propose(slate_id, seeker, columns, size, now, given, snapshot.hash, test=test)
        hidden = hidden_by(seeker, lambda someone: sift(columns, someone, today).rows.size)
        return snapshot, (replace(slate, hidden=hidden, follows=follows), events)

    # what many offers take, other requests have their turns in meanwhile
    large = len(columns) > AT_ONCE
    snapshot, (slate, events) = await asyncio.to_thread(rule) if large else rule()
    await store.snapshots.keep(tenant.id, snapshot, columns.part, now)
    return await store.slates.add(tenant.id, slate, events, command)


async def seekers_for(
    store: Store, tenant: Tenant, resident_ids: Iterable[str], now: datetime
) -> list[Seeker]:
    """In the same order; without those who were registered with a test key."""
    gate = asyncio.Semaphore(ASKED_FOR_TOGETHER)

    async def one(resident_id: str) -> tuple[Seeker, bool]:
        async with gate:
            return await _known(store, tenant, resident_id, now)

    found = await asyncio.gather(*map(one, resident_ids))
    return [seeker for seeker, test in found if not test]


async def _known(store: Store, tenant: Tenant, resident_id: str, now: datetime) -> tuple[Seeker, bool]:
    """The person as the rules see them, and whether they were registered with a test key."""
    (questionnaire, _), interests, registered, done = await asyncio.gather(
        store.questionnaires.get(tenant.id, resident_id),
        store.interests.newest(tenant.id, resident_id),
        store.residents.get(tenant.id, resident_id),
        store.interactions.of_resident(tenant.id, resident_id),
    )
    learning = tenant.spec.matching.learning and questionnaire.wishes.learning
    history = strengths(done, now) if learning else {}
    return (
        seeker_of(tenant, questionnaire, interests, registered.municipality_code, history),
        registered.test,
    )
