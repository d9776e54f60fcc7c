"""Advertisements that are carried in: what becomes of them, how often, and after what mishap."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from services.matching.expiring import Expiring
from services.matching.import_run import ImportRun, Place
from services.matching.importing import sources, worker
from services.matching.importing.adverts import Adverts
from services.matching.importing.parts import known_areas
from services.matching.importing.uploading import Uploading, Wish
from services.matching.store import open_store
from shared.idempotency import Command
from shared.leases import take_lease
from tests.harness import DEADLINE, Harness, eventually
from tests.integration.matching.importing import A, Desk, advert, kjno, open_desk
from tests.signing_in import staff_cookie
from tests.unit.matching.hellowork.samples import xml


@pytest.fixture
async def desk(harness: Harness, tmp_path: Path) -> Desk:
    return await open_desk(harness, tmp_path)


async def test_advertisements_become_offers_of_companies_that_are_let_in(desk: Desk) -> None:
    run = await desk.send(
        "hellowork",
        xml(
            advert(1),
            advert(2, shgbsjusho1_n="見本県となり市みどり町1", sksu="配達（見本）"),
            advert(3, shgbsjusho1_n="見本県とおい市"),
            advert(4, kjyukoymd="いつか"),
            advert(5, jgshmei="有限会社 見本青果", chgnkeitai_kagen="9円"),
        ),
    )
    assert (run["state"], run["read"], run["share"]) == ("finished", 5, 1.0)
    assert run["counts"] == {"new": 3, "elsewhere": 1, "refused": 1}
    offers = await desk.offers()
    assert set(offers) == {kjno(1), kjno(2), kjno(5)}
    assert (offers[kjno(1)]["state"], offers[kjno(1)]["lat"], offers[kjno(2)]["lat"]) == (
        "published",
        35.5,
        35.6,
    )
    assert offers[kjno(1)]["company_id"] == offers[kjno(2)]["company_id"]
    companies = (await desk.ask("GET", "/companies")).json()["data"]
    assert {c["name"] for c in companies} == {"サンプル製パン（見本）", "有限会社 見本青果"}
    assert await desk.faults(run["id"]) == [
        (4, "kjyukoymd", "unreadable", True),
        (5, "chgnkeitai_kagen", "implausible", False),
    ]


async def test_what_no_field_holds_is_kept_as_advertised_for_staff_and_goes_with_the_next_advertisement(
    desk: Desk,
) -> None:
    async def page() -> str:
        offer_id = (await desk.offers())[kjno(1)]["_id"]
        cookies = "; ".join(f"{name}={value}" for name, value in staff_cookie(desk.harness, A).items())
        headers = {"Host": f"{A}.localhost", "Cookie": cookies}
        return (await desk.started.client.get(f"/matching/staff/offers/{offer_id}", headers=headers)).text

    await desk.send("hellowork", xml(advert(1, mihon_ran="見本の欄 <1>")))
    kept = (await desk.offers())[kjno(1)]["unread"]
    assert ["mihon_ran", "見本の欄 <1>"] in kept
    assert "mihon_ran" in (said := await page())
    assert "見本の欄 &lt;1&gt;" in said
    await desk.send("hellowork", xml(advert(1)))
    assert "mihon_ran" not in await page()


async def test_an_import_that_is_repeated_changes_nothing_and_tells_nothing(desk: Desk) -> None:
    body = xml(*(advert(n) for n in range(5)))
    await desk.send("hellowork", body, whole=True)
    before = await desk.offers()
    run = await desk.send("hellowork", body, whole=True)
    assert run["counts"] == {"unchanged": 5}
    assert {n: o["version"] for n, o in before.items()} == {
        n: o["version"] for n, o in (await desk.offers()).items()
    }
    fewer = xml(*(advert(n, sksu="別の仕事（見本）") for n in range(2)))
    dry = await desk.send("hellowork", fewer, whole=True, dry_run=True)
    assert dry["counts"] == {"changed": 2, "gone": 3}
    run = await desk.send("hellowork", fewer, whole=True)
    assert run["counts"] == dry["counts"]
    told = await eventually(desk.told, until=lambda told: len(told) >= 10)
    assert told == ["published"] * 5 + ["changed"] * 2 + ["closed"] * 3
    again = await desk.send("hellowork", body, whole=True)
    assert again["counts"] == {"changed": 5}
    assert {offer["state"] for offer in (await desk.offers()).values()} == {"published"}


async def test_of_a_number_that_comes_again_the_first_record_counts_wherever_the_work_is(desk: Desk) -> None:
    await desk.send("hellowork", xml(*(advert(n) for n in (1, 2, 3))))
    away, other = {"shgbsjusho1_n": "見本県とおい市"}, {"sksu": "別の仕事（見本）"}
    body = xml(advert(1, **away), advert(1, **away), advert(2, **other), advert(2, **away), advert(3, **away))
    run = await desk.send("hellowork", body)
    assert (run["state"], run["counts"]) == ("finished", {"elsewhere": 4, "changed": 1})
    states = {number: offer["state"] for number, offer in (await desk.offers()).items()}
    assert states == {kjno(1): "expired", kjno(2): "published", kjno(3): "expired"}
    run = await desk.send("hellowork", xml(advert(2, **away), advert(2, **other)))
    assert (run["state"], run["counts"]) == ("finished", {"elsewhere": 1, "refused": 1})
    assert (await desk.offers())[kjno(2)]["state"] == "expired"


async def test_half_a_file_ends_no_offer_and_its_good_records_are_taken(desk: Desk) -> None:
    await desk.send("hellowork", xml(*(advert(n) for n in range(4))), whole=True)
    broken = xml(advert(8), advert(9), advert(10))
    run = await desk.send("hellowork", broken[: broken.index(kjno(10).encode())], whole=True)
    assert (run["state"], run["failure"], run["line"]) == ("failed", "unreadable", 3)
    assert run["counts"] == {"new": 2}
    assert {offer["state"] for offer in (await desk.offers()).values()} == {"published"}
    db = desk.started.core.db
    pieces = db["import_pieces"]  # let go once the end is told
    await eventually(lambda: pieces.count_documents({}), until=lambda count: count == 0)
    empty = await desk.send("hellowork", xml(advert(1, shgbsjusho1_n="見本県とおい市")), whole=True)
    assert empty["counts"] == {"elsewhere": 1}, "a list of other places says nothing about this one"


async def test_a_process_that_is_killed_in_the_middle_is_succeeded_behind_its_last_page(
    harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sources, "PAGE", 20)
    desk = await open_desk(harness, tmp_path, role="api")
    faulty = {7: {"chgnkeitai_kagen": "9円"}, 47: {"kjyukoymd": "いつか"}, 77: {"kjno": kjno(3)}}
    body = xml(*(advert(n, **faulty.get(n, {})) for n in range(100)))
    sent = {"content": body, "params": {"whole": True}, "headers": {"Idempotency-Key": "one"}}
    begun = (await desk.ask("POST", "/imports/hellowork", **sent)).json()
    assert begun["state"] == "running"
    again = await desk.ask("POST", "/imports/hellowork", **sent)
    assert again.json()["id"] == begun["id"]
    assert (await desk.ask("POST", "/imports/hellowork", content=body)).status_code == 409
    take = Adverts.take

    async def to_the_third_page(self: Adverts, run: ImportRun, records: Any, place: Place) -> ImportRun:
        if run.read == 40:
            await asyncio.Event().wait()
        return await take(self, run, records, place)

    monkeypatch.setattr(Adverts, "take", to_the_third_page)
    dying = await open_desk(harness, tmp_path, role="worker")
    await eventually(lambda: desk.look(begun["id"]), until=lambda run: run["read"] == 40)
    await dying.die()
    monkeypatch.setattr(Adverts, "take", take)
    await open_desk(harness, tmp_path, role="worker")
    run = await desk.ended(begun["id"])
    assert (run["state"], run["read"], run["counts"]) == ("finished", 100, {"new": 98, "refused": 2})
    assert [fault[:2] for fault in await desk.faults(run["id"])] == [
        (8, "chgnkeitai_kagen"),
        (48, "kjyukoymd"),
        (78, "kjno"),
    ]
    offers = await desk.offers()
    assert len(offers) == 98
    assert {offer["version"] for offer in offers.values()} == {1}


async def test_a_sending_that_breaks_off_takes_nothing_from_the_same_one_sent_again(
    harness: Harness, tmp_path: Path
) -> None:
    desk = await open_desk(harness, tmp_path, role="api")
    core = desk.started.core
    store = open_store(core.db, core.outbox, core.sealer)
    uploading = Uploading(store, known_areas(tmp_path / "areas.csv"), core.clock, lambda: None)
    body, wish = xml(advert(1)), Wish("hellowork", "test")

    def command_of(digest: bytes) -> Command:
        return Command("one", digest.hex())

    async def whole() -> AsyncIterator[bytes]:
        yield body

    async def broken() -> AsyncIterator[bytes]:
        yield body[:100]
        await uploading.xml(A, wish, whole(), command_of)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await uploading.xml(A, wish, broken(), command_of)
    (run,) = await store.imports.running(A)
    assert b"".join([piece async for piece in store.imports.pieces(A, run.id, run.pieces)]) == body


async def test_a_page_that_takes_longer_than_the_lease_keeps_it(
    harness: Harness, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lasting = timedelta(seconds=2)
    monkeypatch.setattr(worker, "LEASE_FOR", lasting)
    taken, go_on = asyncio.Event(), asyncio.Event()
    take = Adverts.take

    async def slowly(self: Adverts, run: ImportRun, records: Any, place: Place) -> ImportRun:
        taken.set()
        await go_on.wait()
        return await take(self, run, records, place)

    monkeypatch.setattr(Adverts, "take", slowly)
    desk = await open_desk(harness, tmp_path)
    begun = (await desk.ask("POST", "/imports/hellowork", content=xml(advert(1)))).json()
    await asyncio.wait_for(taken.wait(), DEADLINE)
    lease, db = {"_id": f"importing:{A}"}, desk.started.core.db

    async def until() -> datetime:
        found = await db["leases"].find_one(lease)
        assert found is not None
        at: datetime = found["until"]
        return at

    first = await until()
    await eventually(until, until=lambda later: later > first + lasting)
    assert not await take_lease(db, lease["_id"], "another", lasting)
    go_on.set()
    assert (await desk.ended(begun["id"]))["counts"] == {"new": 1}


async def test_what_cannot_be_taken_in_is_refused_before_anything_is_kept(
    harness: Harness, tmp_path: Path
) -> None:
    desk = await open_desk(harness, tmp_path, largest_import=1000)
    too_large = await desk.ask("POST", "/imports/hellowork", content=xml(*(advert(n) for n in range(9))))
    assert too_large.status_code == 413
    assert (await desk.ask("POST", "/imports/hellowork", content=b"")).status_code == 422
    assert (await desk.ask("POST", "/imports/companies", content=b"x,y\n")).status_code == 422
    assert (await desk.ask("POST", "/imports/hellowork/fetch")).json()["type"].endswith("not-set-up")
    db = desk.started.core.db
    assert await db["import_pieces"].count_documents({}) == await db["imports"].count_documents({}) == 0


async def test_offers_end_with_their_last_day(harness: Harness, tmp_path: Path) -> None:
    desk = await open_desk(harness, tmp_path, "offer-expiry")
    await desk.send("hellowork", xml(advert(1, kjyukoymd="2099/01/30"), advert(2)))
    core = desk.started.core
    store = open_store(core.db, core.outbox, core.sealer)
    expiring = Expiring(core.db, core.registry, core.outbox, store, core.clock, 600)
    desk.at(datetime(2099, 1, 30, 14, 59, tzinfo=UTC))
    assert await expiring.once() == 0
    desk.at(datetime(2099, 1, 30, 15, 1, tzinfo=UTC))
    assert await expiring.once() == 1
    assert await expiring.once() == 0
    offers = await desk.offers()
    assert (offers[kjno(1)]["state"], offers[kjno(1)]["closing_reason"]) == ("expired", "expired")
    assert offers[kjno(2)]["state"] == "published"
    await eventually(desk.told, until=lambda told: told[2:] == ["closed"])
