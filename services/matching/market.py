"""The process's memory of what each municipality offers: its open offers, what was shown of them, and the model that is good now.

Kept current from matching's own events; what this process writes itself is in it at once.
"""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial

import structlog

from services.matching.area import Areas
from services.matching.attention import BEHIND, Attention
from services.matching.engine.blend import Circumstances
from services.matching.engine.model import Model
from services.matching.interest import DEED_OF
from services.matching.offer import Offer
from services.matching.policy import policy_of
from services.matching.sending.subscription import exposed_as
from services.matching.shelf import Shelf
from services.matching.store import Store
from services.matching.store.offers import REMEMBERED
from shared.clock import TOKYO, Clock
from shared.errors import NotFound, Poison
from shared.events.envelope import Event, read
from shared.events.matching.catalogue import CompanyLinkRequested
from shared.events.matching.proposals import (
    InterestExpressed,
    InterestWithdrawn,
    ModelPublished,
    SlateProposed,
)
from shared.events.matching.sending import OffersRecommended
from shared.following import Following
from shared.memory import Kept, Memory
from shared.tenancy import Tenant

log = structlog.get_logger()

NO_PLACES = Areas()
AT_ONCE = 200
"""Offers that are read anew together."""
OFFERS = "banso.matching.offer."
COMPANIES = "banso.matching.company."


@dataclass
class Stall:
    """One municipality's. Work on it between two awaits."""

    shelf: Shelf = field(default_factory=Shelf)
    attention: Attention = field(default_factory=Attention)
    model: Model | None = None
    model_number: int = 0
    stale: set[str] = field(default_factory=set)
    """Offers that are to be read anew, many together where many have changed."""
    rereading: bool = False

    def circumstances(self, tenant: Tenant, now: datetime) -> Circumstances:
        """What holds for everybody at `now`."""
        today = now.astimezone(TOKYO).date()
        policy, columns = policy_of(tenant), self.shelf.columns
        seen, standing = self.attention.seen(columns, today) if policy.exposure else ({}, 0)
        watched = policy.exposure or policy.pushes
        return Circumstances(
            policy=policy,
            norms=columns.norms,
            model=self.model if policy.learning else None,
            companies=seen,
            standing=standing,
            crowded=self.attention.crowded(columns, today) if watched else frozenset(),
        )


class Market:
    def __init__(self, clock: Clock, store: Store, places: Areas = NO_PLACES) -> None:
        self.clock = clock
        self.store = store
        self.places = places
        self.memory: Memory[Stall] = Memory("stall")

    async def see(self, tenant: str) -> Stall:
        """The municipality's stall as of now. Raises Unavailable."""
        if self.memory.current:
            kept = self._kept_of(tenant)
            if await self.memory.settled(tenant, kept):
                return self._tidy(kept.thing)
        stall = Stall()
        await self._load(tenant, stall)
        return self._tidy(stall)

    def heard(self, event: Event) -> None:
        """Something has happened: from the stream, or just written by this process."""
        kept = self.memory.kept.get(event.tenantid)
        if kept is None:
            return
        try:
            self._apply(kept, event)
        except Poison as error:
            log.error("event_unreadable", event_id=event.id, type=event.type, error=str(error))

    def lost(self) -> None:
        """Events were missed: every stall is read anew when it is next asked for."""
        self.memory.lost()

    async def follow(
        self, following: Following, tenants: Callable[[], Iterable[str]], stop: asyncio.Event
    ) -> None:
        """Keep stalls current until `stop`, and read those of all municipalities as soon as they are known."""

        async def look() -> None:
            if self.memory.current:
                for tenant in tenants():
                    self._kept_of(tenant)

        await self.memory.follow(following, look, stop)

    def _tidy(self, stall: Stall) -> Stall:
        now = self.clock.now()
        stall.shelf.prune(now - REMEMBERED)
        stall.attention.forget(now.astimezone(TOKYO).date())
        return stall

    def _kept_of(self, tenant: str) -> Kept[Stall]:
        stall = Stall()
        return self.memory.kept.get(tenant) or self.memory.keep(tenant, stall, self._load(tenant, stall))

    async def _load(self, tenant: str, stall: Stall) -> None:
        """What is heard meanwhile is newer than what is read, and stays: offers have versions, deeds and slates are told once."""
        now = self.clock.now()
        for company_id, version in (await self.store.companies.not_let_in(tenant)).items():
            stall.shelf.let(company_id, version, False)
        for offer in await self.store.offers.to_choose_from(tenant, now):
            stall.shelf.put(self._placed(offer))
        since = now - BEHIND
        for slate in await self.store.slates.shown_since(tenant, since, now, terms=False):
            day = slate.at.astimezone(TOKYO).date()
            stall.attention.shown(slate.slate_id, day, [offer for offer, _ in slate.offers])
        for entry, at, picks in await self.store.send_lists.told_since(tenant, since, now):
            stall.attention.shown(entry, at.astimezone(TOKYO).date(), [offer for offer, _ in picks])
        for one in await self.store.interactions.between(tenant, since, now):
            stall.attention.asked(one.at.astimezone(TOKYO).date(), one.resident_id, one.offer_id, one.deed)
        await self._load_model(tenant, stall)

    def _placed(self, offer: Offer) -> Offer:
        """An offer that names no place lies where its municipality does, as far as the list of places knows."""
        known = self.places.by_code.get(offer.municipality_code)
        if known is None or offer.lat is not None:
            return offer
        return replace(offer, lat=known.at[0], lng=known.at[1])

    async def _load_model(self, tenant: str, stall: Stall) -> None:
        latest = await self.store.models.latest(tenant)
        if latest and latest.number > stall.model_number:
            model = await self.store.models.of_hash(tenant, latest.hash)
            if latest.number > stall.model_number:
                stall.model, stall.model_number = model, latest.number

    def _apply(self, kept: Kept[Stall], event: Event) -> None:
        stall, day = kept.thing, event.time.astimezone(TOKYO).date()
        attention, change = stall.attention, partial(self.memory.change, event.tenantid, kept)
        if event.type.startswith(OFFERS) and (offer_id := event.data.get("offer_id")):
            stall.stale.add(str(offer_id))
            if not stall.rereading:
                stall.rereading = True
                change(self._reread(event.tenantid, stall))
        elif event.type.startswith(COMPANIES) and event.type != CompanyLinkRequested.TYPE:
            company_id = str(event.data.get("company_id"))
            change(self._reread_company(event.tenantid, stall, company_id))
        elif event.type == SlateProposed.TYPE:
            slate = read(event, SlateProposed)
            if not slate.test:
                attention.shown(slate.slate_id, day, slate.offers)
        elif event.type == OffersRecommended.TYPE:
            sent = read(event, OffersRecommended)
            attention.shown(exposed_as(sent.send_list_id, sent.resident_id), day, sent.offers)
        elif event.type == InterestExpressed.TYPE:
            said = read(event, InterestExpressed)
            if not said.test:
                attention.asked(day, said.resident_id, said.offer_id, DEED_OF[said.kind])
        elif event.type == InterestWithdrawn.TYPE:
            undone = read(event, InterestWithdrawn)
            attention.taken_back(undone.resident_id, undone.offer_id, DEED_OF[undone.kind])
        elif event.type == ModelPublished.TYPE:
            change(self._load_model(event.tenantid, stall))

    async def _reread(self, tenant: str, stall: Stall) -> None:
        while stall.stale:
            ids = sorted(stall.stale)[:AT_ONCE]
            stall.stale.difference_update(ids)  # before reading: what changes meanwhile is read once more
            found = await self.store.offers.of_ids(tenant, ids)
            for offer in found.values():
                stall.shelf.put(self._placed(offer))
            if len(found) < len(ids):
                log.warning("offers_not_found", tenant=tenant, count=len(ids) - len(found))
        stall.rereading = False

    async def _reread_company(self, tenant: str, stall: Stall, company_id: str) -> None:
        try:
            company = await self.store.companies.get(tenant, company_id)
        except NotFound:
            log.warning("company_not_found", tenant=tenant)
        else:
            stall.shelf.let(company.id, company.version, company.may_publish)
