"""Residents that intake registers become known here, once each; those that are none teach nothing."""

import asyncio

from services.matching.attention import Attention
from services.matching.market import Market, Stall
from services.matching.proposing import seekers_for
from services.matching.rebuilding import rebuild
from shared.clock import system_now
from shared.events.envelope import Event, envelop
from shared.events.intake import ResidentRegistered
from shared.events.matching.proposals import SlateProposed
from shared.memory import Kept
from shared.mongo import LONG_AGO, Document
from tests.harness import eventually
from tests.integration.matching.conftest import SMALL, Town
from tests.integration.matching.test_learning import store_of


def registered(town: Town, name: str, code: str, *, test: bool = False) -> Event:
    resident_id = town.resident_id(name)
    payload = ResidentRegistered(
        resident_id=resident_id, channel="line", anonymous=True, municipality_code=code, test=test
    )
    return envelop(
        [payload], source="/intake", tenant=town.tenant, subject=resident_id, sequence=1, now=system_now()
    )[0]


async def test_every_registration_is_known_once_whatever_is_delivered_twice(towns: tuple[Town, Town]) -> None:
    large, small = towns
    events = [registered(large, f"r{n}", large.code) for n in range(60)]
    await large.harness.publish(*events, registered(small, "r0", small.code))
    residents = large.harness.of("matching").core.db["residents"]

    async def known() -> list[Document]:
        return await residents.find({"tenant_id": {"$in": [large.tenant, small.tenant]}}).to_list(None)

    await eventually(known, until=lambda found: len(found) == 61)
    nc = large.harness.of("matching").core.nc
    for event in events:  # without the header by which the broker itself would notice
        await nc.jetstream().publish(event.nats_subject, event.encode())
    await large.harness.publish(registered(large, "last", large.code))
    found = await eventually(
        known, until=lambda rows: any(r["_id"] == large.resident_id("last") for r in rows)
    )
    assert len(found) == 62
    assert sum(row["tenant_id"] == small.tenant for row in found) == 1
    one = next(row for row in found if row["_id"] == large.resident_id("r0"))
    assert {k: one[k] for k in ("channel", "anonymous", "municipality_code", "version")} == {
        "channel": "line", "anonymous": True, "municipality_code": large.code, "version": 1,
    }  # fmt: skip


async def test_work_is_sought_from_where_the_resident_lives(town: Town) -> None:
    company = await town.company()
    await town.offer(company["id"])
    await town.offer(company["id"], municipality_code=SMALL, title="となりの仕事")
    assert [o["area"] for o in (await town.slate())["offers"]] == ["home", "neighbouring"]

    await town.harness.publish(registered(town, "one", SMALL))

    async def areas() -> dict[str, str]:
        return {o["title"]: o["area"] for o in (await town.slate())["offers"]}

    found = await eventually(areas, until=lambda a: a["となりの仕事"] == "home")
    assert found == {"となりの仕事": "home", "見本の仕事": "neighbouring"}


async def test_what_is_done_with_a_test_key_teaches_nothing_and_counts_for_nobodys_exposure(
    town: Town,
) -> None:
    store = store_of(town)
    await town.harness.publish(registered(town, "trial", town.code, test=True))
    await eventually(
        lambda: store.residents.testing(town.tenant), until=lambda found: found == {town.resident_id("trial")}
    )
    offer = (await town.offer((await town.company())["id"]))["id"]
    core = town.harness.of("matching").core
    market = Market(core.clock, store)
    for name in ("trial", "one"):
        await town.slate(name)
        await town.api.post(f"/matching/v1/me/offers/{offer}/views", headers=town.resident(name))
        said = {"offer_id": offer, "kind": "save"}
        await town.api.post("/matching/v1/me/interests", json=said, headers=town.resident(name))

    async def deeds() -> list[tuple[str, str]]:
        done = await store.interactions.between(town.tenant, LONG_AGO, core.clock.now())
        return sorted((one.resident_id, one.deed) for one in done)

    one = town.resident_id("one")
    assert await eventually(deeds, until=lambda found: len(found) == 2) == [(one, "save"), (one, "view")]
    # the trial's event came first: by now it was left out, not late
    stall = await market.see(town.tenant)
    assert exposed(stall.attention) == [(1, 1_000_000)]
    assert await rebuild(store, town.tenant, core.clock.now()) == 0
    tenant = core.registry.tenants[town.tenant]
    ids = [town.resident_id("trial"), one]
    assert [s.resident_id for s in await seekers_for(store, tenant, ids, core.clock.now())] == [one]

    following = Attention()
    market.memory.kept[town.tenant] = Kept(
        Stall(stall.shelf, following), asyncio.get_running_loop().create_future()
    )
    for event in await town.harness.published("matching", SlateProposed.TYPE):
        if event.tenantid == town.tenant:
            market.heard(event)
    assert exposed(following) == [(1, 1_000_000)]


def exposed(attention: Attention) -> list[tuple[int, int]]:
    """Slates that counted, and the millionths of exposure that each offer had."""
    return [(len(attention._slates), sum(attention._exposure.values()))]


async def test_what_was_said_before_anything_was_noted_is_noted_once_and_what_was_taken_back_is_not(
    town: Town,
) -> None:
    store, core = store_of(town), town.harness.of("matching").core
    company = (await town.company())["id"]
    kept, given_up, put_aside = [(await town.offer(company, title=f"見本{n}"))["id"] for n in range(3)]
    await town.says(kept, "apply")
    undone = (await town.says(given_up, "ask")).json()
    await town.api.delete(f"/matching/v1/me/interests/{undone['id']}", headers=town.resident())
    await town.says(put_aside, "not_interested")

    async def noted() -> list[tuple[str, str]]:
        done = await store.interactions.of_resident(town.tenant, town.resident_id())
        return [(one.offer_id, one.deed) for one in done]

    heard = {"_id": {"$gte": "matching-interests:", "$lt": "matching-interests;"}}
    inbox = core.db["inbox"]
    await eventually(lambda: inbox.count_documents(heard), until=lambda count: count == 3)
    assert await noted() == [(kept, "apply")]
    await core.db["interactions"].delete_one({"tenant_id": town.tenant, "offer_id": kept})
    assert await rebuild(store, town.tenant, core.clock.now()) == 1
    assert await noted() == [(kept, "apply")]
    assert await rebuild(store, town.tenant, core.clock.now()) == 0
