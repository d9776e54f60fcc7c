"""Every claim on somebody's time, and every calendar, as they were at one moment: for the audit.

Whoever keeps claims says here how they are read. A tenant's own people are one snapshot; a pool's calendars are one with what
every municipality has in them.
"""

from collections.abc import Awaitable, Callable, Iterable
from datetime import date, datetime

from services.booking.appointment import TAKING, Appointment
from services.booking.claim import Claim
from services.booking.quota import Use
from services.booking.slot import Slot
from services.booking.store.centre_collections import of_experiences, of_shifts
from services.booking.store.listing import LAST
from shared.clock import system_now
from shared.mongo import Database, Document, Session, reachable

ClaimsOf = Callable[[Database, str, Session], Awaitable[list[Claim]]]


async def homes(db: Database) -> list[str]:  # tenant: an audit looks at every tenant
    """Whoever has calendars or appointments, tenants and pools, in order."""
    known = {"tenant_id": {"$exists": True}}
    async with reachable():
        found = await db["appointments"].distinct("tenant_id", known)
        found += await db["calendars"].distinct("tenant_id", known)
    return sorted(set(found))


async def snapshot(db: Database, home: str, tenants: Iterable[str]) -> tuple[list[Claim], list[Document]]:
    """What `tenants` claim of the calendars of `home`, and those calendars."""

    async def work(session: Session) -> tuple[list[Claim], list[Document]]:
        claims: list[Claim] = []
        for tenant in tenants:
            for claims_of in CLAIMANTS:
                claims += [c for c in await claims_of(db, tenant, session) if c.resource.home == home]
        calendars = db["calendars"].find({"tenant_id": home}, session=session)
        return claims, await calendars.to_list(None)

    return await db.in_transaction(work)


async def ledger_snapshot(
    db: Database, pool: str, tenants: Iterable[str]
) -> tuple[list[Use], dict[tuple[str, str], int]]:
    """What appointments of `tenants` use of a pool, and what its ledger says: (Monday, municipality) -> minutes."""

    async def work(session: Session) -> tuple[list[Use], dict[tuple[str, str], int]]:
        uses: list[Use] = []
        for tenant in tenants:
            where = {"tenant_id": tenant, "agenda": {"$gt": "", "$lt": LAST}, "slot.pool": pool}
            fields = {"slot": 1, "state": 1}
            documents = await db["appointments"].find(where, fields, session=session).to_list(None)
            slots = [slot_of(document["slot"]) for document in documents if document["state"] in TAKING]
            uses += [Use(pool, tenant, slot.service_date, slot.minutes) for slot in slots]
        rows = await db["ledger"].find({"tenant_id": pool}, session=session).to_list(None)
        return uses, {(row["week"], row["member"]): row["used"] for row in rows if "used" in row}

    return await db.in_transaction(work)


async def of_appointments(db: Database, tenant: str, session: Session) -> list[Claim]:
    """The claims of a tenant's appointments."""
    fields = {"resident_id": 1, "slot": 1, "state": 1}
    documents = await db["appointments"].find({"tenant_id": tenant}, fields, session=session).to_list(None)
    return [
        c
        for document in documents
        if document["state"] in TAKING
        for c in appointment_of(document).claims(tenant)
    ]


def slot_of(stored: Document) -> Slot:
    """A slot as appointments keep it."""
    return Slot(**{**stored, "service_date": date.fromisoformat(stored["service_date"])})


def appointment_of(document: Document) -> Appointment:
    """An appointment as far as its claims need it: what is sealed stays sealed."""
    never: datetime = system_now()
    return Appointment(
        document["_id"],
        document["resident_id"],
        slot_of(document["slot"]),
        document["state"],
        created_at=never,
    )


CLAIMANTS: tuple[ClaimsOf, ...] = (of_appointments, of_shifts, of_experiences)
