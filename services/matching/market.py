"""The process's memory of what each municipality offers: its open offers, what was shown of them, and the model that is good now.

Kept current from matching's own events; whoever asks while the stream is not followed gets one read from the database for the occasion. The
answers are the same, only slower. What this process writes itself is in it at once.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

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
from shared.errors import NotFound, Poison, Unavailable
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
from shared.tenancy import Tenant

log = structlog.get_logger()

NO_PLACES = Areas()
PATIENCE = 2.0
"""Seconds that a caller waits for a stall which is being read, before reading what it needs by itself."""
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


@dataclass
class Kept:
    """A stall in memory. `loaded` is done once it holds everything; `changes` are what is being read anew right now; `stale`: offers that
    are to be read anew, many together where many have changed."""

    stall: Stall
    loaded: asyncio.Future[None]
    changes: set[asyncio.Future[None]] = field(default_factory=set)
    stale: set[str] = field(default_factory=set)
    rereading: bool = False


class Market:
    def __init__(self, clock: Clock, store: Store, places: Areas = NO_PLACES) -> None:
        self.clock = clock
        self.store = store
        self.places = places
        self._following: Following | None = None
        self._kept: dict[str, Kept] = {}

    async def see(self, tenant: str) -> Stall:
        """The municipality's stall as of now. Raises Unavailable."""
        if self._is_followed:
            kept = self._kept.get(tenant) or self._keep(tenant)
            await asyncio.wait([kept.loaded], timeout=PATIENCE)
            await _settled(kept)
            if self._is_followed and self._kept.get(tenant) is kept and kept.loaded.done():
                return self._tidy(kept.stall)
        stall = Stall()
        await self._load(tenant, stall)
        return self._tidy(stall)

    def heard(self, event: Event) -> None:
        """Something has happened: from the stream, or just written by this process."""
        kept = self._kept.get(event.tenantid)
        if kept is None:
            return
        try:
            self._apply(kept, event)
        except Poison as error:
            log.error("event_unreadable", event_id=event.id, type=event.type, error=str(error))

    def lost(self) -> None:
        """Events were missed: every stall is read anew when it is next asked for."""
        for tenant in list(self._kept):
            self._drop(tenant)

    async def follow(
        self, following: Following, tenants: Callable[[], Iterable[str]], stop: asyncio.Event
    ) -> None:
        """Keep stalls current until `stop`, and read those of all municipalities as soon as they are known."""
        self._following = following

        async def look() -> None:
            if self._is_followed:
                for tenant in tenants():
                    _ = self._kept.get(tenant) or self._keep(tenant)

        try:
            await following.run_beside(look, stop)
        finally:
            self._following = None
            self.lost()

    @property
    def _is_followed(self) -> bool:
        return self._following is not None and self._following.current

    def _tidy(self, stall: Stall) -> Stall:
        now = self.clock.now()
        stall.shelf.prune(now - REMEMBERED)
        stall.attention.forget(now.astimezone(TOKYO).date())
        return stall

    def _keep(self, tenant: str) -> Kept:
        stall = Stall()
        loading = asyncio.ensure_future(self._load(tenant, stall))
        kept = self._kept[tenant] = Kept(stall, loading)
        loading.add_done_callback(lambda done: self._drop_failed(tenant, kept, done))
        return kept

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

    def _apply(self, kept: Kept, event: Event) -> None:
        attention, day = kept.stall.attention, event.time.astimezone(TOKYO).date()
        if event.type.startswith(OFFERS) and (offer_id := event.data.get("offer_id")):
            kept.stale.add(str(offer_id))
            if not kept.rereading:
                kept.rereading = True
                self._change(event.tenantid, kept, self._reread(event.tenantid, kept))
        elif event.type.startswith(COMPANIES) and event.type != CompanyLinkRequested.TYPE:
            company_id = str(event.data.get("company_id"))
            self._change(event.tenantid, kept, self._reread_company(event.tenantid, kept.stall, company_id))
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
            self._change(event.tenantid, kept, self._load_model(event.tenantid, kept.stall))

    async def _reread(self, tenant: str, kept: Kept) -> None:
        while kept.stale:
            ids = sorted(kept.stale)[:AT_ONCE]
            kept.stale.difference_update(ids)  # before reading: what changes meanwhile is read once more
            found = await self.store.offers.of_ids(tenant, ids)
            for offer in found.values():
                kept.stall.shelf.put(self._placed(offer))
            if len(found) < len(ids):
                log.warning("offers_not_found", tenant=tenant, count=len(ids) - len(found))
        kept.rereading = False

    async def _reread_company(self, tenant: str, stall: Stall, company_id: str) -> None:
        try:
            company = await self.store.companies.get(tenant, company_id)
        except NotFound:
            log.warning("company_not_found", tenant=tenant)
        else:
            stall.shelf.let(company.id, company.version, company.may_publish)

    def _change(self, tenant: str, kept: Kept, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        kept.changes.add(task)
        task.add_done_callback(kept.changes.discard)
        task.add_done_callback(lambda done: self._drop_failed(tenant, kept, done))

    def _drop_failed(self, tenant: str, kept: Kept, done: asyncio.Future[None]) -> None:
        if done.cancelled():
            return
        if (error := done.exception()) is not None:
            level = log.warning if isinstance(error, Unavailable) else log.error
            level("stall_not_read", tenant=tenant, error=type(error).__name__)
            if self._kept.get(tenant) is kept:
                self._drop(tenant)

    def _drop(self, tenant: str) -> None:
        kept = self._kept.pop(tenant)
        for task in (kept.loaded, *kept.changes):
            task.cancel()


async def _settled(kept: Kept) -> None:
    """Until what has changed is read anew. While an import changes offers faster than they are read, nobody waits for its end."""
    deadline = time.monotonic() + PATIENCE
    while kept.changes and (left := deadline - time.monotonic()) > 0:
        await asyncio.wait(kept.changes, timeout=left)
