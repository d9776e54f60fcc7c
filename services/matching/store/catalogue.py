"""Companies and offers, many at a time: what an import meets and writes."""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import date
from typing import Any

from services.matching.company import Company
from services.matching.hellowork.comparing import Change, Held
from services.matching.hellowork.unread import unread
from services.matching.offer import Offer, Source
from services.matching.offer_life import OPEN
from services.matching.store.bulk import Bulk
from services.matching.store.companies import Companies
from services.matching.store.listing import Position, newest_first
from services.matching.store.offers import offer_document, offer_of
from services.matching.store.workplaces import Workplaces
from services.matching.workplace import Workplace
from shared.events.envelope import Payload
from shared.ids import derived_id
from shared.mongo import Document, reachable
from shared.outbox import Changes, Outbox

AT_ONCE = 500
FIRST_DAY = "0000-00-00"


def listed_id(tenant: str, prefix: str, origin: str, key: str) -> str:
    """The id of what a list (`origin`) knows by `key`: the same list always means the same."""
    return derived_id(prefix, tenant, origin, key)


class Catalogue:
    def __init__(self, outbox: Outbox, companies: Companies, workplaces: Workplaces) -> None:
        self.outbox = outbox
        self.db = outbox.db
        self.companies = companies
        self.workplaces = workplaces

    def bulk(self, tenant: str) -> Bulk:
        return Bulk(self.outbox, tenant)

    async def held(self, tenant: str, source: Source) -> dict[str, Held]:
        """What is held of a source's offers, by the numbers that it gives them."""
        where = {"tenant_id": tenant, "source": source}
        async with reachable():
            found = await (
                self.db["offers"].find(where, {"source_id": 1, "digest": 1, "state": 1}).to_list(None)
            )
        return {d["source_id"]: Held(d.get("digest", ""), d["state"]) for d in found}

    async def offers(
        self, tenant: str, ids: Iterable[str], changes: Changes | None = None
    ) -> dict[str, Offer]:
        """By id, those that there are."""
        return {d["_id"]: offer_of(d) for d in await self._find("offers", tenant, ids, changes)}

    async def some(
        self, tenant: str, ids: Iterable[str], changes: Changes | None = None
    ) -> dict[str, Company]:
        """Companies by id, those that there are."""
        found = await self._find("companies", tenant, ids, changes)
        return {d["_id"]: self.companies.of_document(tenant, d) for d in found}

    async def employers(self, tenant: str, workplace_ids: Iterable[str], changes: Changes) -> dict[str, str]:
        """Workplace -> its company, of those that there are."""
        found = await self._find("workplaces", tenant, workplace_ids, changes)
        return {d["_id"]: d["company_id"] for d in found}

    async def keys(self, tenant: str) -> dict[str, str]:
        """Every name under which a list may speak of a company (its id, the key of an earlier list) -> its id."""
        async with reachable():
            found = await self.db["companies"].find({"tenant_id": tenant}, {"list_key": 1}).to_list(None)
        ids = {d["_id"]: d["_id"] for d in found}
        return {
            **ids,
            **{d["list_key"]: d["_id"] for d in found if d.get("list_key")},
        }  # turned round, the key stays

    async def over(self, tenant: str, today: date, count: int) -> list[Offer]:
        """At most `count` open offers whose last day lies before `today`."""
        found: list[Document] = []
        for state in sorted(OPEN):
            where = {
                "tenant_id": tenant,
                "state": state,
                "expires_on": {"$gt": FIRST_DAY, "$lt": today.isoformat()},
            }
            async with reachable():
                found += await self.db["offers"].find(where).limit(count - len(found)).to_list(None)
            if len(found) >= count:
                break
        return [offer_of(document) for document in found]

    async def every_offer(self, tenant: str) -> AsyncIterator[list[tuple[Offer, list[tuple[str, str]]]]]:
        """All of them with what is `unread` of each, newest first, some at a time."""
        async for documents in self._pages(tenant, "offers"):
            yield [(offer_of(document), _unread(document)) for document in documents]

    async def living(self, tenant: str) -> AsyncIterator[list[Offer]]:
        """Drafts and open ones, newest first, some at a time."""
        for state in ("draft", *sorted(OPEN)):
            async for documents in self._pages(tenant, "offers", {"state": state}):
                yield [offer_of(document) for document in documents]

    async def of_company(self, tenant: str, company_id: str) -> AsyncIterator[list[Offer]]:
        """All of a company's, newest first, some at a time."""
        async for documents in self._pages(tenant, "offers", {"company_id": company_id}):
            yield [offer_of(document) for document in documents]

    async def every_company(self, tenant: str) -> AsyncIterator[list[tuple[Company, str]]]:
        """All of them with the key by which a list knows each, newest first, some at a time."""
        async for documents in self._pages(tenant, "companies"):
            yield [(self.companies.of_document(tenant, d), d.get("list_key") or d["_id"]) for d in documents]

    async def every_workplace(self, tenant: str) -> AsyncIterator[list[Workplace]]:
        """All of them, newest first, some at a time."""
        async for documents in self._pages(tenant, "workplaces"):
            yield [self.workplaces.of_document(tenant, document) for document in documents]

    async def _pages(
        self, tenant: str, collection: str, where: Mapping[str, str] | None = None
    ) -> AsyncIterator[list[Document]]:
        after: Position | None = None
        while found := await newest_first(self.db, collection, tenant, where or {}, after, AT_ONCE):
            yield found
            after = found[-1]["created_at"], found[-1]["_id"]

    def add_offer(
        self, bulk: Bulk, offer: Offer, events: list[Payload], change: Change | None = None
    ) -> None:
        """`change` is what an advertisement made of it. Raises at the writing when it is there already."""
        bulk.insert("offers", offer.id, {**offer_document(offer), **_advertised(change)}, events)

    def put_offer(
        self, bulk: Bulk, offer: Offer, events: list[Payload], change: Change | None = None
    ) -> None:
        """The offer as it is now; `offer.version` is the one that it was made from."""
        bulk.update(
            "offers", offer.id, offer.version, {**offer_document(offer), **_advertised(change)}, events
        )

    async def unread(self, tenant: str, offer_id: str) -> list[tuple[str, str]]:
        """(tag, text) of what its advertisement says beyond what the offer holds, in the order of the advertisement."""
        async with reachable():
            found = await self.db["offers"].find_one({"_id": offer_id, "tenant_id": tenant}, {"unread": 1})
        return _unread(found or {})

    def add_company(self, bulk: Bulk, company: Company, events: list[Payload], list_key: str = "") -> None:
        fields = {**self.companies.document(bulk.tenant, company), "created_at": company.created_at}
        bulk.insert(
            "companies", company.id, {**fields, **({"list_key": list_key} if list_key else {})}, events
        )

    def put_company(self, bulk: Bulk, company: Company, events: list[Payload]) -> None:
        """As `put_offer`."""
        bulk.update(
            "companies", company.id, company.version, self.companies.document(bulk.tenant, company), events
        )

    async def _find(
        self,
        collection: str,
        tenant: str,
        ids: Iterable[str],
        changes: Changes | None = None,
    ) -> list[Document]:
        wanted = sorted(set(ids))
        if not wanted:
            return []
        session = changes.session if changes else None
        async with reachable():
            found = self.db[collection].find({"_id": {"$in": wanted}, "tenant_id": tenant}, session=session)
            return await found.to_list(None)


def _unread(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(tag, text) for tag, text in document.get("unread", ())]


def _advertised(change: Change | None) -> Document:
    """What is kept beside the offer of its advertisement. Pairs, as a tag may hold what no field's name may."""
    if change is None:
        return {}
    said = unread(change.advert.tags) if change.advert else ()
    return {"digest": change.digest, "unread": [list(pair) for pair in said]}
