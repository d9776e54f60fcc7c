"""Offers: open ones, and closed ones for as long as somebody may wonder where they went."""

import asyncio
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from services.matching.inheriting import Answers
from services.matching.offer import Kind, Offer, State, Unsaid
from services.matching.store.changing import Rule, change
from services.matching.store.documents import windows_document, windows_of
from services.matching.store.listing import Position, containing, newest_first
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.mongo import Database, Document, reachable
from shared.outbox import Outbox

REMEMBERED = timedelta(days=30)
SEARCHED = 300
"""So much of a description is searched."""


@dataclass(frozen=True)
class Wanted:
    """What staff look for; what is not said does not matter. `industry` is a code or the beginning of one. `words` are looked for in
    title, company, tags and the beginning of the description."""

    state: State | None = None
    kind: Kind | None = None
    area: str | None = None
    industry: str = ""
    company_id: str | None = None
    words: str = ""

    def where(self) -> Document:
        """As a filter."""
        exact = {"state": self.state, "kind": self.kind, "municipality_code": self.area}
        where: Document = {name: value for name, value in exact.items() if value}
        if self.company_id:
            where["company_id"] = self.company_id
        if self.industry:
            where["industry_code"] = {"$regex": f"^{re.escape(self.industry)}"}
        if folded := fold(self.words):
            where["words"] = containing(folded)
        return where


class Offers:
    def __init__(self, db: Database, outbox: Outbox) -> None:
        self.db = db
        self.outbox = outbox

    async def add(self, tenant: str, offer: Offer, events: list[Payload], command: Command) -> Offer:
        """The offer, or what this very command made before."""
        document = offer_document(offer)
        if await self.outbox.insert("offers", tenant, offer.id, document, events, command=command):
            return offer
        return await self.get(tenant, offer.id)

    async def get(self, tenant: str, offer_id: str) -> Offer:
        """Raises NotFound."""
        return offer_of(await self.outbox.fetch("offers", tenant, offer_id))

    async def change(
        self, tenant: str, offer_id: str, rule: Rule[Offer], command: Command, expected: int | None = None
    ) -> Offer:
        """Raises as `changing.change`."""
        return await change(
            self.outbox,
            "offers",
            tenant,
            offer_id,
            rule,
            read=offer_of,
            write=offer_document,
            command=command,
            at=lambda offer, version: replace(offer, version=version),
            expected=expected,
        )

    async def newest(self, tenant: str, wanted: Wanted, after: Position | None, count: int) -> list[Offer]:
        """Newest first; those that are as wanted."""
        where = wanted.where()
        return [offer_of(d) for d in await newest_first(self.db, "offers", tenant, where, after, count)]

    async def to_choose_from(self, tenant: str, now: datetime) -> list[Offer]:
        """Every open or paused offer, and those that ended within thirty days so that a slate can say why they are missing."""
        lately = {"closed_at": {"$gte": now - REMEMBERED, "$lte": now}}
        found = await asyncio.gather(
            *(self._find(tenant, {"state": state}) for state in ("published", "paused")),
            *(self._find(tenant, {"state": state, **lately}) for state in ("closed", "filled", "expired")),
        )
        return [offer for offers in found for offer in offers]

    async def of_ids(self, tenant: str, offer_ids: Iterable[str]) -> dict[str, Offer]:
        """By id; ids that the tenant does not have are left out."""
        ids = list(offer_ids)
        return {o.id: o for o in await self._find(tenant, {"_id": {"$in": ids}})} if ids else {}

    async def titles(self, tenant: str, offer_ids: Iterable[str]) -> dict[str, str]:
        """By id."""
        return {offer_id: offer.title for offer_id, offer in (await self.of_ids(tenant, offer_ids)).items()}

    async def _find(self, tenant: str, where: dict[str, Any]) -> list[Offer]:
        async with reachable():
            documents = await self.db["offers"].find({**where, "tenant_id": tenant}).to_list(None)
        return [offer_of(document) for document in documents]


def offer_document(offer: Offer) -> Document:
    """All but id and version, which belong to the document itself."""
    return {
        "company_id": offer.company_id,
        "company_name": offer.company_name,
        "kind": offer.kind,
        "title": offer.title,
        "description": offer.description,
        "municipality_code": offer.municipality_code,
        "hours": windows_document(offer.hours),
        "hourly_wage_yen": offer.hourly_wage_yen,
        "remote": offer.remote,
        "values": dict(offer.values),
        "tags": list(offer.tags),
        "created_at": offer.created_at,
        "state": offer.state,
        "closed_at": offer.closed_at,
        "closing_reason": offer.closing_reason,
        "workplace_id": offer.workplace_id,
        "interests": dict(offer.interests),
        "expires_on": offer.expires_on.isoformat() if offer.expires_on else None,
        "open_places": offer.open_places,
        "occupation_code": offer.occupation_code,
        "industry_code": offer.industry_code,
        "employment_form": offer.employment_form,
        "licences": list(offer.licences),
        "accommodations": list(offer.accommodations),
        "lat": offer.lat,
        "lng": offer.lng,
        "work_days_a_week": offer.work_days_a_week,
        "source": offer.source,
        "source_id": offer.source_id,
        "own": {
            "values": dict(offer.own.values),
            "interests": dict(offer.own.interests),
            "count": offer.own.count,
        },
        "unsaid": list(offer.unsaid),
        "words": words_of(offer),
    }


def words_of(offer: Offer) -> str:
    """What an offer is found by."""
    said = (offer.title, offer.company_name, *offer.tags, offer.description[:SEARCHED])
    return fold("\n".join(said))


def fold(text: str) -> str:
    """Wide and narrow, large and small letters are the same to who looks for them."""
    return unicodedata.normalize("NFKC", text).casefold()


def offer_of(document: Document) -> Offer:
    return Offer(
        id=document["_id"],
        company_id=document["company_id"],
        company_name=document["company_name"],
        kind=document["kind"],
        title=document["title"],
        description=document["description"],
        municipality_code=document["municipality_code"],
        hours=windows_of(document["hours"]),
        hourly_wage_yen=document["hourly_wage_yen"],
        remote=document["remote"],
        values=document["values"],
        tags=tuple(document["tags"]),
        created_at=document["created_at"],
        state=document["state"],
        closed_at=document["closed_at"],
        closing_reason=document["closing_reason"],
        # documents from before these fields hold none of them
        workplace_id=document.get("workplace_id"),
        interests=document.get("interests", {}),
        expires_on=date.fromisoformat(document["expires_on"]) if document.get("expires_on") else None,
        open_places=document.get("open_places"),
        occupation_code=document.get("occupation_code"),
        industry_code=document.get("industry_code"),
        employment_form=document.get("employment_form"),
        licences=tuple(document.get("licences", ())),
        accommodations=tuple(document.get("accommodations", ())),
        lat=document.get("lat"),
        lng=document.get("lng"),
        work_days_a_week=document.get("work_days_a_week"),
        source=document.get("source", "own"),
        source_id=document.get("source_id"),
        own=_own(document),
        unsaid=tuple(document["unsaid"]) if "unsaid" in document else _unsaid(document),
        version=document.get("version", 1),
    )


def _unsaid(document: Document) -> tuple[Unsaid, ...]:
    """Of an advertisement from before it was kept what it does not tell, until it is read anew."""
    if document.get("source") != "hellowork":
        return ()
    if not document["hours"]:
        return ("hours",)
    return () if document.get("work_days_a_week") else ("days",)


def _own(document: Document) -> Answers:
    """Before there was anything to inherit, all that an offer gave was said by its company."""
    if "own" in document:
        return Answers(**document["own"])
    values, interests = document["values"], document.get("interests", {})
    return Answers(values, interests, count=1 if values or interests else 0)
