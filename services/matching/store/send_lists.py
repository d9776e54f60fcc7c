"""Send lists, and their entries: one document per person and list."""

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from pymongo import ASCENDING, DESCENDING, IndexModel, InsertOne

from services.matching.sending.caps import Tally
from services.matching.sending.choosing import Entry
from services.matching.sending.send_list import SendList, State, Withheld
from services.matching.sending.subscription import REMEMBERED, exposed_as
from services.matching.store.listing import Position, newest_first
from services.matching.store.send_entries import Listed, entry_document, read_entry
from shared.changing import settled
from shared.events.envelope import Payload
from shared.http.paging import Page
from shared.idempotency import Command
from shared.listing import in_order
from shared.mongo import CollectionSpec, Database, Document, reachable
from shared.outbox import OUTBOX_INDEX, Outbox
from shared.retention import Kept

_TENANT = ("tenant_id", ASCENDING)
LISTS_KEPT, ENTRIES_KEPT = timedelta(days=365), timedelta(days=120)
COLLECTIONS: Final = (
    CollectionSpec(
        "send_lists",
        (
            IndexModel([_TENANT, ("created_at", DESCENDING), ("_id", DESCENDING)]),
            IndexModel([_TENANT, ("state", ASCENDING)]),
            IndexModel([_TENANT, ("week", ASCENDING)]),
            OUTBOX_INDEX,
        ),
    ),
    CollectionSpec(
        "send_entries",
        (
            IndexModel([_TENANT, ("batch", ASCENDING), ("order", ASCENDING)]),
            IndexModel([_TENANT, ("batch", ASCENDING), ("state", ASCENDING), ("order", ASCENDING)]),
            IndexModel([_TENANT, ("told_at", ASCENDING)]),
            IndexModel([_TENANT, ("resident_id", ASCENDING), ("told_at", ASCENDING)]),
            IndexModel([_TENANT, ("created_at", ASCENDING)]),
        ),
    ),
)
KEPT: Final = (
    Kept("send_lists", "created_at", lambda _: LISTS_KEPT.days),
    Kept("send_entries", "created_at", lambda _: ENTRIES_KEPT.days),
)
AT_ONCE = 500
Rule = Callable[[SendList], tuple[SendList, list[Payload]]]


class SendLists:
    def __init__(self, db: Database, outbox: Outbox) -> None:
        self.db = db
        self.outbox = outbox

    async def add(
        self,
        tenant: str,
        made: SendList,
        entries: Sequence[Entry],
        command: Command | None = None,
        events: Sequence[Payload] = (),
    ) -> SendList:
        """Keep a list with its entries, the list last: a list that is there has all of them. What this very command made before stays."""
        for first in range(0, len(entries), AT_ONCE):
            documents = [
                InsertOne(entry_document(tenant, made, entry, place))
                for place, entry in enumerate(entries[first : first + AT_ONCE], start=first)
            ]
            async with reachable():
                # tenant: every document carries it
                await self.db["send_entries"].bulk_write(documents, ordered=False)
        if await self.outbox.insert("send_lists", tenant, made.id, _fields(made), events, command=command):
            return made
        return await self.get(tenant, made.id)

    async def get(self, tenant: str, list_id: str) -> SendList:
        """Raises NotFound."""
        return _read(await self.outbox.fetch("send_lists", tenant, list_id))

    async def change(self, tenant: str, list_id: str, rule: Rule, command: Command | None = None) -> SendList:
        """Raises NotFound, what the rule raises, and Conflict."""

        async def attempt() -> SendList:
            document = await self.outbox.fetch("send_lists", tenant, list_id)
            state = _read(document)
            if command and command.seen_in(document):
                return state
            changed, events = rule(state)
            if changed != state:
                await self.outbox.update(
                    "send_lists",
                    tenant,
                    list_id,
                    document["version"],
                    _fields(changed),
                    events,
                    command=command,
                )
            return changed

        return await settled(attempt)

    async def newest(self, tenant: str, after: Position | None, count: int) -> list[SendList]:
        return [_read(d) for d in await newest_first(self.db, "send_lists", tenant, {}, after, count)]

    async def in_state(self, tenant: str, state: State) -> list[SendList]:
        """Oldest first."""
        async with reachable():
            found = await self.db["send_lists"].find({"tenant_id": tenant, "state": state}).to_list(None)
        return sorted((_read(document) for document in found), key=lambda one: (one.created_at, one.id))

    async def any_of_week(self, tenant: str, week: str) -> bool:
        async with reachable():
            found = await self.db["send_lists"].find_one({"tenant_id": tenant, "week": week}, {"_id": 1})
        return found is not None

    async def entries(self, tenant: str, batch: str, cursor: str | None, limit: int) -> Page[Listed]:
        """In the order in which people were served."""
        return await in_order(tenant, self.db["send_entries"], {"batch": batch}, cursor, limit, read_entry)

    async def waiting(self, tenant: str, batch: str, count: int) -> list[Listed]:
        """The next entries that nobody has gone through."""
        where = {"batch": batch, "state": "waiting"}
        return (await in_order(tenant, self.db["send_entries"], where, None, count, read_entry)).data

    async def settle(self, tenant: str, listed: Listed) -> None:
        """Note what came of an entry. The message itself is the subscription's."""
        fields = {
            "state": listed.state,
            "reason": listed.reason,
            "offers": list(listed.offers),
            "told_at": listed.told_at,
        }
        async with reachable():
            await self.db["send_entries"].update_one(
                {"_id": listed.id, "tenant_id": tenant}, {"$set": fields}
            )

    async def outcome(self, tenant: str, batch: str) -> tuple[int, dict[Withheld, int]]:
        """How many were told, and how many were not, by reason."""
        where = {"tenant_id": tenant, "batch": batch}
        async with reachable():
            found = await self.db["send_entries"].find(where, {"state": 1, "reason": 1}).to_list(None)
        withheld = Counter(d["reason"] for d in found if d["state"] == "withheld")
        return sum(d["state"] == "told" for d in found), dict(withheld)

    async def told_since(
        self, tenant: str, since: datetime, until: datetime
    ) -> list[tuple[str, datetime, tuple[tuple[str, str], ...]]]:
        """What went out after `since` until `until`: (entry, when, (offer, company) by place)."""
        where = {"tenant_id": tenant, "told_at": {"$gt": since, "$lte": until}}
        async with reachable():
            found = await self.db["send_entries"].find(where).to_list(None)
        return [
            (
                exposed_as(document["list_id"], document["resident_id"]),
                document["told_at"],
                tuple(
                    (pick["offer_id"], pick["company_id"])
                    for pick in document["picks"]
                    if pick["offer_id"] in document["offers"]
                ),
            )
            for document in found
        ]

    async def tally(self, tenant: str, now: datetime) -> Tally:
        """What has gone out until now, as the caps count it."""
        tally = Tally()
        for _, at, picks in await self.told_since(tenant, now - REMEMBERED, now):
            tally.offers.update(offer for offer, _ in picks)
            if now - at < timedelta(days=7):
                tally.companies.update(company for _, company in picks)
        return tally

    async def latest_told(self, tenant: str, resident_id: str, now: datetime) -> Listed | None:
        """What the resident was sent last."""
        where = {
            "tenant_id": tenant,
            "resident_id": resident_id,
            "told_at": {"$gt": now - REMEMBERED, "$lte": now},
        }
        async with reachable():
            newest = self.db["send_entries"].find(where).sort("told_at", DESCENDING).limit(1)
            found = await newest.to_list(1)
        return read_entry(found[0]) if found else None


def _fields(made: SendList) -> dict[str, Any]:
    return {
        "week": made.week,
        "created_at": made.created_at,
        "batch": made.batch,
        "people": made.people,
        "left_out": dict(made.left_out),
        "met": dict(made.met),
        "companies": dict(made.companies),
        "model_hash": made.model_hash,
        "state": made.state,
        "approved_at": made.approved_at,
        "approved_by": made.approved_by,
        "finished_at": made.finished_at,
        "told": made.told,
        "withheld": dict(made.withheld),
    }


def _read(document: Document) -> SendList:
    named = (
        "week", "created_at", "batch", "people", "left_out", "met", "companies", "model_hash", "state", "approved_at",
        "approved_by", "finished_at", "told", "withheld",
    )  # fmt: skip
    return SendList(id=document["_id"], **{name: document[name] for name in named})
