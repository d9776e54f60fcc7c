"""A municipality's stall while much is changing: read anew together, and nobody waits for the end of an import."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from services.matching.market import Market
from services.matching.offer import Offer
from services.matching.store import Store
from shared import memory
from shared.clock import Clock
from shared.events.envelope import Event, envelop
from shared.events.matching.catalogue import OfferChanged
from shared.following import Following
from tests.unit.matching.builders import NOW, an_offer


class Offers:
    """A store of offers that can be held up."""

    def __init__(self, *offers: Offer) -> None:
        self.held = {offer.id: offer for offer in offers}
        self.asked: list[list[str]] = []
        self.open = asyncio.Event()
        self.open.set()

    async def to_choose_from(self, *_: Any) -> list[Offer]:
        return []

    async def of_ids(self, _: str, ids: Iterable[str]) -> dict[str, Offer]:
        self.asked.append(wanted := list(ids))
        found = {offer_id: self.held[offer_id] for offer_id in wanted}
        await self.open.wait()
        return found


def changed(offer_id: str) -> Event:
    payload = OfferChanged(offer_id=offer_id, company_id="com_1")
    (event,) = envelop(
        [payload], source="/matching", tenant="sample-a", subject=offer_id, sequence=1, now=NOW
    )
    return event


async def a_market(offers: Offers) -> Market:
    async def nothing(*_: Any, **__: Any) -> Any:
        return {}

    async def none(*_: Any, **__: Any) -> None:
        return None

    store = SimpleNamespace(
        offers=offers,
        companies=SimpleNamespace(not_let_in=nothing),
        slates=SimpleNamespace(shown_since=nothing),
        send_lists=SimpleNamespace(told_since=nothing),
        interactions=SimpleNamespace(between=nothing),
        models=SimpleNamespace(latest=none),
    )
    made = Market(Clock(), cast(Store, store))
    made.memory.following = cast(Following, SimpleNamespace(current=True))
    await made.see("sample-a")
    return made


async def test_offers_that_change_together_are_read_together_and_seen_by_who_asks_then() -> None:
    offers = Offers(*(an_offer(f"ofr_{n}") for n in range(300)))
    stalls = await a_market(offers)
    for offer_id in offers.held:
        stalls.heard(changed(offer_id))
    stall = await stalls.see("sample-a")
    assert len(stall.shelf.offers) == 300
    assert [len(ids) for ids in offers.asked] == [200, 100]


async def test_what_changes_while_it_is_read_is_read_once_more() -> None:
    offers = Offers(an_offer())
    stalls = await a_market(offers)
    offers.open.clear()
    stalls.heard(changed("ofr_1"))
    while not offers.asked:
        await asyncio.sleep(0)
    offers.held["ofr_1"] = replace(an_offer(), title="新しい名前", version=2)
    stalls.heard(changed("ofr_1"))
    offers.open.set()
    stall = await stalls.see("sample-a")
    assert [offer.title for offer in stall.shelf.offers] == ["新しい名前"]


async def test_nobody_waits_for_the_end_of_changes_that_do_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "PATIENCE", 0.05)
    offers = Offers(an_offer())
    stalls = await a_market(offers)
    offers.open.clear()
    stalls.heard(changed("ofr_1"))
    assert (await stalls.see("sample-a")).shelf.offers == []
    offers.open.set()
    assert len((await stalls.see("sample-a")).shelf.offers) == 1
