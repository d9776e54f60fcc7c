"""Profiles of occupations that a municipality brought: one document per code, and one that says where they are from.

A file takes the place of the one before as a whole, in one transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from pymongo import ASCENDING, DeleteOne, IndexModel, ReplaceOne

from services.matching.occupations import Occupation
from services.matching.occupations import Occupations as Read
from shared.ids import derived_id
from shared.mongo import CollectionSpec, Database, Document, Session, reachable

COLLECTIONS = (
    CollectionSpec("occupations", (IndexModel([("tenant_id", ASCENDING), ("code", ASCENDING)]),)),
    # found by its id, which is made of the tenant
    CollectionSpec("occupation_files"),
)


@dataclass(frozen=True)
class Origin:
    """Where the profiles are from. `spread_at`: when all offers of the municipality had them; None while they are on their way."""

    digest: str
    downloaded_on: date | None
    version: str
    uploaded_at: datetime
    count: int
    spread_at: datetime | None = None

    @property
    def attribution(self) -> str:
        """To be shown wherever a profile is."""
        return Read({}, self.downloaded_on, self.version).attribution


class Occupations:
    def __init__(self, db: Database) -> None:
        self.db = db

    async def profile(self, tenant: str, code: str | None) -> Occupation | None:
        """The municipality's profile of an occupation (072-01); None for none."""
        if code is None:
            return None
        async with reachable():
            found = await self.db["occupations"].find_one({"_id": _id(tenant, code), "tenant_id": tenant})
        return _occupation(found) if found else None

    async def profiles(self, tenant: str, codes: Iterable[str]) -> dict[str, Occupation]:
        """By code, those that there are."""
        ids = sorted({_id(tenant, code) for code in codes})
        return await self._find(tenant, {"_id": {"$in": ids}}) if ids else {}

    async def every(self, tenant: str) -> dict[str, Occupation]:
        """All of them by code, in order of codes."""
        return dict(sorted((await self._find(tenant, {})).items()))

    async def origin(self, tenant: str) -> Origin | None:
        """None when nothing was brought yet."""
        async with reachable():
            found = await self.db["occupation_files"].find_one({"_id": _file(tenant), "tenant_id": tenant})
        return _origin(found) if found else None

    async def replace(self, tenant: str, read: Read, origin: Origin) -> None:
        """These profiles instead of those held so far."""
        before = await self.every(tenant)
        gone = [DeleteOne({"_id": _id(tenant, c), "tenant_id": tenant}) for c in before.keys() - read.by_code]
        new = [
            ReplaceOne(
                {"_id": _id(tenant, one.code), "tenant_id": tenant}, _document(tenant, one), upsert=True
            )
            for one in read.by_code.values()
            if before.get(one.code) != one
        ]
        file = ReplaceOne(
            {"_id": _file(tenant), "tenant_id": tenant}, _file_document(tenant, origin), upsert=True
        )

        async def work(session: Session) -> None:
            if gone or new:
                # tenant: each operation names the tenant
                await self.db["occupations"].bulk_write([*gone, *new], ordered=False, session=session)
            # tenant: the operation names the tenant
            await self.db["occupation_files"].bulk_write([file], session=session)

        await self.db.in_transaction(work)

    async def spread(self, tenant: str, digest: str, at: datetime) -> None:
        """All offers have the profiles of the file `digest`; nothing happens when another one has come meanwhile."""
        where = {"_id": _file(tenant), "tenant_id": tenant, "digest": digest}
        async with reachable():
            await self.db["occupation_files"].update_one(where, {"$set": {"spread_at": at}})

    async def _find(self, tenant: str, where: Document) -> dict[str, Occupation]:
        async with reachable():
            found = await self.db["occupations"].find({**where, "tenant_id": tenant}).to_list(None)
        return {document["code"]: _occupation(document) for document in found}


def _id(tenant: str, code: str) -> str:
    return derived_id("occ", tenant, code)


def _file(tenant: str) -> str:
    return derived_id("ocf", tenant)


def _document(tenant: str, one: Occupation) -> Document:
    return {
        "_id": _id(tenant, one.code),
        "tenant_id": tenant,
        "code": one.code,
        "title": one.title,
        "values": dict(one.values),
        "interests": dict(one.interests),
        "merged": one.merged,
    }


def _occupation(document: Document) -> Occupation:
    return Occupation(
        document["code"], document["title"], document["values"], document["interests"], document["merged"]
    )


def _file_document(tenant: str, origin: Origin) -> Document:
    return {
        "_id": _file(tenant),
        "tenant_id": tenant,
        "digest": origin.digest,
        "downloaded_on": origin.downloaded_on.isoformat() if origin.downloaded_on else None,
        "version": origin.version,
        "uploaded_at": origin.uploaded_at,
        "count": origin.count,
        "spread_at": origin.spread_at,
    }


def _origin(document: Document) -> Origin:
    day = document["downloaded_on"]
    return Origin(
        digest=document["digest"],
        downloaded_on=date.fromisoformat(day) if day else None,
        version=document["version"],
        uploaded_at=document["uploaded_at"],
        count=document["count"],
        spread_at=document["spread_at"],
    )
