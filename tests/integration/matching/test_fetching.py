"""The employment service's lists, fetched from a stand-in that fails in every way it can."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from aiohttp import web

from services.matching.hellowork import session
from services.matching.importing.parts import importing_of
from services.matching.settings import Settings
from services.matching.store import open_store
from shared.ids import new_ulid
from tests.fakes.hellowork import service
from tests.fakes.hellowork.service import Lists, build_app
from tests.harness import Harness, eventually
from tests.integration.matching.importing import A, Desk, advert, kjno, let_in, open_desk

MORNING = datetime(2026, 12, 1, 21, 30, tzinfo=UTC)
"""6:30 of the 2nd in Tokyo."""


@pytest.fixture
async def lists(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Lists, str]]:
    """What the stand-in gives, ten records to a page, and where it is."""
    for module in (service, session):
        monkeypatch.setattr(module, "PAGE", 10)
    made = Lists(offers={"M100": [advert(n) for n in range(25)], "M200": [advert(30)]})
    runner = web.AppRunner(build_app(made))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield made, f"http://127.0.0.1:{runner.addresses[0][1]}"
    await runner.cleanup()


async def opened(harness: Harness, folder: Path, lists: tuple[Lists, str], **settings: Any) -> Desk:
    """At half past six; the day's fetch is begun by the test alone."""
    wanted = {"role": "api", **settings}
    desk = await open_desk(harness, folder, "hellowork-fetches", hellowork_url=lists[1], **wanted)
    let_in(harness, A, lists[0].user, lists[0].password)
    desk.at(MORNING)
    return desk


async def fetched(desk: Desk) -> dict[str, Any]:
    """A fetch that staff asked for, to its end."""
    answer = await desk.ask("POST", "/imports/hellowork/fetch", headers={"Idempotency-Key": new_ulid()})
    assert answer.status_code == 202, answer.text
    return await desk.ended(answer.json()["id"])


async def test_every_page_of_every_list_is_read_whatever_goes_wrong_and_the_token_is_given_back(
    harness: Harness, tmp_path: Path, lists: tuple[Lists, str], capfd: pytest.CaptureFixture[str]
) -> None:
    service_now = lists[0]
    desk = await opened(harness, tmp_path, lists, role="all")
    desk.at(MORNING)
    service_now.faults = ["unavailable", "cut", None, "page_of_before", "broken", "expired"]
    run = await fetched(desk)
    assert (run["state"], run["way"], run["whole"]) == ("finished", "fetch", True)
    assert (run["read"], run["counts"], run["faulty"]) == (26, {"new": 26}, 0)
    pages = [asked for asked in service_now.asked if "/" in asked]
    assert pages == ["M100/1"] * 3 + ["M100/2"] * 4 + ["M100/3", "M200/1"]
    assert (service_now.tokens, service_now.given) == (set(), 2)
    assert service_now.asked[-1] == "delToken"
    service_now.offers["M100"] = service_now.offers["M100"][:20]
    run = await fetched(desk)
    assert run["counts"] == {"unchanged": 21, "gone": 5}, "a full last page is followed by none"
    service_now.faults = ["unavailable"] * 5
    run = await fetched(desk)
    assert (run["state"], run["failure"]) == ("failed", "unreachable")
    service_now.password = "another"
    run = await fetched(desk)
    assert (run["state"], run["failure"]) == ("failed", "refused")
    assert {o["state"] for o in (await desk.offers()).values()} == {"published", "expired"}
    printed = "".join(capfd.readouterr())
    assert lists[0].user not in printed and "sample-password" not in printed


async def test_the_days_lists_are_fetched_once_and_by_night_nobody_is_asked(
    harness: Harness, tmp_path: Path, lists: tuple[Lists, str]
) -> None:
    desk = await opened(harness, tmp_path, lists)
    core = desk.started.core
    parts = importing_of(core, open_store(core.db, core.outbox, core.sealer), cast(Settings, core.settings))

    async def a_look() -> list[str]:
        await parts.fetches.once()
        await parts.worker.once()
        return [run["state"] for run in (await desk.ask("GET", "/imports")).json()["data"]]

    desk.at(MORNING - timedelta(minutes=31))
    answer = await desk.ask("POST", "/imports/hellowork/fetch")
    assert answer.json()["type"].endswith("hellowork-closed")
    assert (await a_look(), lists[0].asked) == ([], [])
    desk.at(MORNING)
    lists[0].faults = ["unavailable"] * 5
    assert await a_look() == ["failed"]
    assert await a_look() == ["failed"], "not again at once"
    desk.at(MORNING + timedelta(minutes=61))
    assert await a_look() == ["finished", "failed"]
    desk.at(MORNING + timedelta(hours=17))
    assert await a_look() == ["finished", "failed"]
    desk.at(MORNING + timedelta(days=1))
    assert await a_look() == ["finished", "finished", "failed"]


async def test_a_fetch_that_was_broken_off_goes_on_at_its_page(
    harness: Harness, tmp_path: Path, lists: tuple[Lists, str]
) -> None:
    desk = await opened(harness, tmp_path, lists)
    begun = (await desk.ask("POST", "/imports/hellowork/fetch")).json()
    lists[0].faults = [None]
    lists[0].faults += ["unavailable"] * 50
    slow = {"hellowork_url": lists[1], "hellowork_pause": 600.0, "role": "worker"}
    dying = await open_desk(harness, tmp_path, **slow)
    dying.at(MORNING)
    await eventually(lambda: desk.look(begun["id"]), until=lambda run: run["read"] == 10)
    await dying.die()
    lists[0].faults.clear()
    lists[0].asked.clear()
    next_one = await open_desk(harness, tmp_path, **{**slow, "hellowork_pause": 0.0})
    next_one.at(MORNING)
    run = await desk.ended(begun["id"])
    assert (run["read"], run["counts"]) == (26, {"new": 26})
    assert [asked for asked in lists[0].asked if "/" in asked] == ["M100/2", "M100/3", "M200/1"]
    assert set(await desk.offers()) == {kjno(n) for n in (*range(25), 30)}
