"""The use cases behind send lists: draw one up, and send what was approved. One process of the service works at a time.

A weekly list is only drawn up by itself; a person looks at it and approves, unless the municipality declares that it need not be looked at.
"""

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, time, timedelta

import structlog

from services.matching.market import Market, Stall
from services.matching.offer import Offer
from services.matching.proposing import seekers_for
from services.matching.seeker import Seeker
from services.matching.sending.caps import Tally, caps_of
from services.matching.sending.choosing import Reader, choose, still_good
from services.matching.sending.send_list import (
    SendList,
    approve,
    discard,
    finish,
    first_day,
    outdated,
    week_of,
)
from services.matching.sending.stopping import stop_token
from services.matching.sending.subscription import Subscription, not_now, tell
from services.matching.store import Store
from services.matching.store.send_entries import Listed
from shared.clock import TOKYO, Clock
from shared.errors import Conflict, NotFound
from shared.events.envelope import Payload
from shared.events.matching.sending import WORDS_FIELD
from shared.idempotency import Command
from shared.ids import derived_id, new_ulid
from shared.leases import alone
from shared.mongo import Database
from shared.registry import Registry
from shared.sealing import Sealer
from shared.secrets import Secrets
from shared.tenancy import Tenant

log = structlog.get_logger()

BEGINS = time(6)
"""On Monday in Tokyo."""
LEASE = timedelta(minutes=5)
CHUNK, PER_ROUND = 100, 500
"""So many are sent before it is looked again whether the list still stands, and in one round."""


class SendListsOff(Conflict):
    """The municipality sends no lists."""

    slug = "send-lists-off"


class Recommending:
    def __init__(
        self,
        db: Database,
        registry: Registry,
        store: Store,
        market: Market,
        sealer: Sealer,
        secrets: Secrets,
        clock: Clock,
        every: float,
    ) -> None:
        self.db = db
        self.registry = registry
        self.store = store
        self.market = market
        self.sealer = sealer
        self.secrets = secrets
        self.clock = clock
        self.every = every
        self._nudged = asyncio.Event()

    async def run(self, stop: asyncio.Event) -> None:
        await alone(self.db, "recommending", LEASE, self.every, self.once, stop, self._nudged)

    async def once(self) -> None:
        """Draw up what is due, send what was approved."""
        for tenant in list(self.registry.tenants.values()):
            if not tenant.spec.matching.send_lists:
                continue
            try:
                await self._draw_up_weekly(tenant)
                for listed in await self.store.send_lists.in_state(tenant.id, "approved"):
                    await self._send(tenant, listed)
            except Exception as error:  # what fails for one municipality keeps no other waiting
                log.warning("send_list_failed", tenant=tenant.id, error=type(error).__name__)

    async def draw_up(
        self,
        tenant: Tenant,
        list_id: str,
        now: datetime,
        command: Command | None = None,
        approved_by: str | None = None,
    ) -> SendList:
        """A draft of who would be sent what, approved at once where nobody needs to look at it; the one that is there when it was drawn up
        before. Raises SendListsOff."""
        if not tenant.spec.matching.send_lists:
            raise SendListsOff("the municipality sends no lists")
        with suppress(NotFound):
            return await self.store.send_lists.get(tenant.id, list_id)
        wanting = {one.resident_id: one for one in await self.store.subscriptions.wanting(tenant.id)}
        seekers = await seekers_for(self.store, tenant, wanting, now)
        readers = [Reader(seeker, wanting[seeker.resident_id]) for seeker in seekers]
        stall = await self.market.see(tenant.id)
        columns, given = stall.shelf.columns, stall.circumstances(tenant, now)
        tally, caps = await self.store.send_lists.tally(tenant.id, now), caps_of(tenant)
        draft = await asyncio.to_thread(choose, list_id, readers, columns, given, caps, tally, now)
        companies = Counter(pick.company_id for entry in draft.entries for pick in entry.picks)
        made = SendList(
            id=list_id,
            week=week_of(now),
            created_at=now,
            batch=new_ulid(),
            people=len(draft.entries),
            left_out=draft.left_out,
            met=draft.met,
            companies=dict(companies),
            model_hash=given.model.hash if given.model else None,
        )
        events = list[Payload]()
        if approved_by:
            made, events = approve(made, approved_by, now)
        return await self.store.send_lists.add(tenant.id, made, draft.entries, command, events)

    async def approve(
        self, tenant: Tenant, list_id: str, by: str, now: datetime, command: Command
    ) -> SendList:
        """Raises NotFound, SendListsOff, ListClosed, ListTooOld."""
        if not tenant.spec.matching.send_lists:
            raise SendListsOff("the municipality sends no lists")
        approved = await self.store.send_lists.change(
            tenant.id, list_id, lambda listed: approve(listed, by, now), command
        )
        self._nudged.set()
        return approved

    async def _draw_up_weekly(self, tenant: Tenant) -> None:
        now = self.clock.now()
        week = week_of(now)
        if now < datetime.combine(first_day(week), BEGINS, TOKYO):
            return
        if await self.store.send_lists.any_of_week(tenant.id, week):
            return
        if not await self.store.subscriptions.count_wanting(tenant.id):
            return
        list_id = derived_id("snd", tenant.id, week)
        weekly = Command(key=f"weekly:{week}", fingerprint="")
        by = "system" if tenant.spec.matching.sending.automatic else None
        made = await self.draw_up(tenant, list_id, now, weekly, by)
        log.info("send_list_drawn_up", tenant=tenant.id, list_id=made.id, people=made.people)

    async def _send(self, tenant: Tenant, listed: SendList) -> None:
        """Go through what waits; the list is finished when nothing does. One that was approved long ago is let go."""
        now = self.clock.now()
        if outdated(listed, now):
            await self.store.send_lists.change(tenant.id, listed.id, lambda one: discard(one, now))
            return
        tally = await self.store.send_lists.tally(tenant.id, now)
        for _ in range(PER_ROUND // CHUNK):
            waiting = await self.store.send_lists.waiting(tenant.id, listed.batch, CHUNK)
            if not waiting:
                await self._finish(tenant, listed)
                return
            if (await self.store.send_lists.get(tenant.id, listed.id)).state != "approved":
                return
            await self._send_some(tenant, listed, waiting, tally)

    async def _finish(self, tenant: Tenant, listed: SendList) -> None:
        told, withheld = await self.store.send_lists.outcome(tenant.id, listed.batch)
        now = self.clock.now()
        await self.store.send_lists.change(tenant.id, listed.id, lambda one: finish(one, told, withheld, now))
        log.info("send_list_sent", tenant=tenant.id, list_id=listed.id, told=told)

    async def _send_some(
        self, tenant: Tenant, listed: SendList, waiting: Sequence[Listed], tally: Tally
    ) -> None:
        now = self.clock.now()
        ids = [one.entry.resident_id for one in waiting]
        seekers = {s.resident_id: s for s in await seekers_for(self.store, tenant, ids, now)}
        stall = await self.market.see(tenant.id)
        for one in waiting:
            seeker = seekers.get(one.entry.resident_id)
            settled = (
                replace(one, state="withheld", reason="nothing_left")
                if seeker is None
                else await self._send_one(tenant, listed, one, seeker, stall, tally)
            )
            await self.store.send_lists.settle(tenant.id, settled)

    async def _send_one(
        self, tenant: Tenant, listed: SendList, one: Listed, seeker: Seeker, stall: Stall, tally: Tally
    ) -> Listed:
        """Everything is looked at again: what the person wants, what the offers are like, what has gone out meanwhile."""
        now, caps = self.clock.now(), caps_of(tenant)
        today = now.astimezone(TOKYO).date()
        before, _ = await self.store.subscriptions.get(tenant.id, seeker.resident_id)
        if sent := next((told for told in before.told if told.list_id == listed.id), None):
            tally.count([(p.offer_id, p.company_id) for p in one.entry.picks if p.offer_id in sent.offers])
            return replace(one, state="told", offers=sent.offers, told_at=sent.at)
        known = {pick.offer_id: stall.shelf.get(pick.offer_id) for pick in one.entry.picks}
        offers = {offer_id: offer for offer_id, offer in known.items() if offer is not None}
        crowded = stall.circumstances(tenant, now).crowded
        picks = still_good(one.entry.picks, Reader(seeker, before), offers, caps, tally, crowded, today)
        chosen = tuple(pick.offer_id for pick in picks)
        words = self._words(tenant, seeker.resident_id, [offers[offer_id] for offer_id in chosen])

        def rule(subscription: Subscription) -> tuple[Subscription, list[Payload]]:
            return tell(subscription, listed.id, chosen, words, caps, now)

        after, _ = await self.store.subscriptions.change(tenant.id, seeker.resident_id, rule)
        if after.told_by(listed.id):
            tally.count([(pick.offer_id, pick.company_id) for pick in picks])
            return replace(one, state="told", offers=chosen, told_at=now)
        return replace(one, state="withheld", reason=not_now(after, caps, now) or "nothing_left")

    def _words(self, tenant: Tenant, resident_id: str, offers: Sequence[Offer]) -> str:
        """Sealed: what the message says. Offers only, nothing that the person has answered."""
        words: Mapping[str, str] = {
            "offers": "\n".join(f"・{offer.title}（{offer.company_name}）" for offer in offers),
            "stop_token": stop_token(self.secrets.text(tenant.id, "session_key"), tenant.id, resident_id),
        }
        return self.sealer.seal(tenant.id, WORDS_FIELD, json.dumps(words, ensure_ascii=False))
