"""All of a tenant's bookings and calendars as they were at one moment, for the audit."""

from services.booking.appointment import TAKING
from shared.mongo import Database, Document, Session, reachable


async def tenants_with_bookings(db: Database) -> list[str]:  # tenant: an audit looks at every tenant
    """Ids of the tenants that have appointments or calendars, in order."""
    known = {"tenant_id": {"$exists": True}}
    async with reachable():
        found = await db["appointments"].distinct("tenant_id", known)
        found += await db["calendars"].distinct("tenant_id", known)
    return sorted(set(found))


async def snapshot(db: Database, tenant: str) -> tuple[list[Document], list[Document]]:
    """The appointments that occupy time, and the calendars."""

    async def work(session: Session) -> tuple[list[Document], list[Document]]:
        appointments = db["appointments"].find(
            {"tenant_id": tenant}, {"resident_id": 1, "slot": 1, "state": 1}, session=session
        )
        calendars = db["calendars"].find({"tenant_id": tenant}, session=session)
        occupying = [a for a in await appointments.to_list(None) if a["state"] in TAKING]
        return occupying, await calendars.to_list(None)

    return await db.in_transaction(work)
