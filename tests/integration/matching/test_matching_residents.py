"""Residents that intake registers become known here, once each."""

from shared.clock import system_now
from shared.events.envelope import Event, envelop
from shared.events.intake import ResidentRegistered
from shared.mongo import Document
from tests.harness import eventually
from tests.integration.matching.conftest import SMALL, Town


def registered(town: Town, name: str, code: str) -> Event:
    resident_id = town.resident_id(name)
    payload = ResidentRegistered(
        resident_id=resident_id, channel="line", anonymous=True, municipality_code=code
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
