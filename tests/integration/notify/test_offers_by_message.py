"""From a switch on a page to a letter: matching and notify together. Who asked is sent offers once, nobody else, and nobody who has stopped."""

import re
from typing import Any

import httpx
import pytest

from services.matching.market import Market
from services.matching.sending.send_list import SendList
from services.matching.store import open_store
from services.matching.store.send_lists import SendLists
from shared.clock import TOKYO
from shared.errors import Unavailable
from tests.harness import a_tenant, eventually
from tests.integration.notify.world import World

LISTS, ME = "/matching/v1/send-lists", "/matching/v1/me/subscriptions"
HOME = "990027"


class Senders:
    """The municipality's staff and residents at matching."""

    def __init__(self, world: World, api: httpx.AsyncClient) -> None:
        self.world = world
        self.api = api
        self.staff = world.harness.staff("kyoto")

    async def post(self, path: str, **body: Any) -> Any:
        answer = await self.api.post(path, headers=self.staff, json=body or None)
        assert answer.is_success, answer.text
        return answer.json()

    async def wants(self, resident_id: str, wanted: bool) -> None:
        headers = self.world.harness.resident("kyoto", resident_id)
        assert (await self.api.put(ME, headers=headers, json={"offers": wanted})).status_code == 200

    async def get(self, path: str) -> Any:
        return (await self.api.get(path, headers=self.staff)).json()

    async def sent(self, list_id: str) -> Any:
        """The list once everybody was gone through."""
        return await eventually(
            lambda: self.get(f"{LISTS}/{list_id}"), until=lambda found: found["state"] == "sent"
        )


@pytest.fixture
async def senders(world: World) -> Senders:
    """An open offer, and matching running at the same hour as notify."""
    await world.harness.declare(a_tenant("kyoto", hosts=["kyoto.localhost"], municipality_code=HOME))
    matching = await world.harness.launch("matching", recommending_every=0.1)
    matching.core.clock.shift = world.notify.core.clock.shift
    made = Senders(world, matching.client)
    company = await made.post("/matching/v1/companies", name="見本食堂", municipality_code=HOME)
    for title in ("見本の調理", "見本の配膳"):
        await made.post(
            "/matching/v1/offers", company_id=company["id"], kind="job", title=title, municipality_code=HOME
        )
    return made


async def test_who_asked_is_written_to_once_and_can_stop_from_the_letter(
    world: World, senders: Senders
) -> None:
    asked = await world.resident({"email": "asked@resident.example"})
    silent = await world.resident({"email": "silent@resident.example"})
    await senders.wants(asked, True)
    # a week's list is drawn up by itself, and nothing of it is sent
    (weekly,) = await eventually(lambda: drafts(senders))
    today = world.now.astimezone(TOKYO).date().isocalendar()
    assert (weekly["week"], weekly["people"]) == (f"{today.year}-W{today.week:02d}", 1)
    (entry,) = (await senders.get(f"{LISTS}/{weekly['id']}/entries"))["data"]
    assert (entry["resident_id"], entry["state"]) == (asked, "waiting")
    assert {offer["title"] for offer in entry["offers"]} == {"見本の調理", "見本の配膳"}
    assert await world.messages(asked) == []

    for _ in range(2):
        await senders.post(f"{LISTS}/{weekly['id']}/approve")
    assert (await senders.sent(weekly["id"]))["told"] == 1
    (mail,) = await eventually(lambda: world.outside.mails(to="asked@resident.example"))
    assert "・見本の調理（見本食堂）" in mail["text"]
    assert await exposed(senders) > 0
    again = await senders.post(LISTS)
    assert (again["people"], again["left_out"]) == (0, {"too_soon": 1})

    # the link in the letter asks first, then stops, without a session
    found = re.search(r"http://kyoto\.localhost:8080(/matching/unsubscribe/\S+)", mail["text"])
    assert found is not None
    host = {"Host": "kyoto.localhost:8080"}
    assert "お知らせを止める" in (await senders.api.get(found[1], headers=host)).text
    own = {**world.harness.resident("kyoto", asked)}
    assert (await senders.api.get(ME, headers=own)).json()["offers"] is True
    assert "お知らせを止めました" in (await senders.api.post(found[1], headers=host)).text
    assert (await senders.api.get(ME, headers=own)).json()["offers"] is False
    assert (await senders.api.post(f"{found[1]}x", headers=host)).status_code == 404
    assert [message["template"] for message in await world.messages(asked)] == ["offers.recommended"]
    assert await world.messages(silent) == []


async def test_a_mishap_in_the_middle_keeps_no_list_that_needs_no_approval_from_being_sent(
    world: World, senders: Senders, monkeypatch: pytest.MonkeyPatch
) -> None:
    matching = {"exploration": 0, "send_lists": True, "sending": {"automatic": True}}
    await world.harness.declare(
        a_tenant("kyoto", hosts=["kyoto.localhost"], municipality_code=HOME, matching=matching)
    )
    change, failed = SendLists.change, list[str]()

    async def once_away(self: SendLists, tenant: str, list_id: str, *more: Any) -> SendList:
        if not failed:
            failed.append(list_id)
            raise Unavailable("the database is away")
        return await change(self, tenant, list_id, *more)

    monkeypatch.setattr(SendLists, "change", once_away)
    asked = await world.resident({"email": "unattended@resident.example"})
    await senders.wants(asked, True)
    await eventually(lambda: world.outside.mails(to="unattended@resident.example"))
    (weekly,) = (await senders.get(LISTS))["data"]
    assert failed == [weekly["id"]]
    assert (await senders.sent(weekly["id"]))["approved_by"] == "system"


async def test_who_stops_after_the_list_was_drawn_up_is_sent_nothing(world: World, senders: Senders) -> None:
    staying, leaving = [await world.resident({"email": f"{n}@resident.example"}) for n in ("stays", "leaves")]
    for resident in (staying, leaving):
        await senders.wants(resident, True)
    made = await senders.post(LISTS)
    assert made["people"] == 2
    await senders.wants(leaving, False)
    await senders.post(f"{LISTS}/{made['id']}/approve")
    done = await senders.sent(made["id"])
    assert (done["told"], done["withheld"]) == (1, {"not_agreed": 1})
    await eventually(lambda: world.outside.mails(to="stays@resident.example"))
    assert await world.messages(leaving) == []
    discarded = await senders.post(f"{LISTS}/{(await senders.post(LISTS))['id']}/discard")
    assert discarded["state"] == "discarded"
    answer = await senders.api.post(f"{LISTS}/{discarded['id']}/approve", headers=senders.staff)
    assert answer.status_code == 409


async def exposed(senders: Senders) -> float:
    """How much the company was shown, as exposure control reads it from the database."""
    core = senders.world.harness.of("matching").core
    stall = await Market(core.clock, open_store(core.db, core.outbox, core.sealer)).see("kyoto")
    seen, _ = stall.attention.seen(stall.shelf.columns, core.clock.now().astimezone(TOKYO).date())
    return sum(one.exposure for one in seen.values())


async def drafts(senders: Senders) -> list[Any]:
    return [one for one in (await senders.get(LISTS))["data"] if one["state"] == "draft"]
