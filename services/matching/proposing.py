"""The use case behind a new slate: gather what is known of the person and the offers, apply the rule, keep the slate.

Shared by the API and the page.
"""

import asyncio
from datetime import datetime
from functools import partial

from services.matching.engine.interactions import strengths
from services.matching.market import Market
from services.matching.seeker import seeker_of
from services.matching.slate import Slate, propose
from services.matching.store import Store
from shared.idempotency import Command
from shared.tenancy import Tenant

SIZE = 3
AT_ONCE = 200


async def new_slate(
    store: Store, market: Market, tenant: Tenant, resident_id: str, size: int, command: Command, now: datetime
) -> Slate:
    """A slate of at most `size` offers for the resident, as of `now`."""
    (questionnaire, _), interests, lives_in, done, stall = await asyncio.gather(
        store.questionnaires.get(tenant.id, resident_id),
        store.interests.newest(tenant.id, resident_id),
        store.residents.lives_in(tenant.id, resident_id),
        store.interactions.of_resident(tenant.id, resident_id),
        market.see(tenant.id),
    )
    learning = tenant.spec.matching.learning and questionnaire.wishes.learning
    history = strengths(done, now) if learning else {}
    seeker = seeker_of(tenant, questionnaire, interests, lives_in, history)
    given = stall.circumstances(tenant, now)
    snapshot, parts = stall.shelf.snapshot()
    rule = partial(
        propose, command.new_id("slt"), seeker, stall.shelf.offers, size, now, given, snapshot.hash
    )
    # thousands of offers take a tenth of a second: other requests have their turns meanwhile
    slate, events = await asyncio.to_thread(rule) if len(stall.shelf.offers) > AT_ONCE else rule()
    await store.snapshots.keep(tenant.id, snapshot, parts, now)
    return await store.slates.add(tenant.id, slate, events, command)
