"""How long booking keeps what is over, and how what takes time goes: it gives its cells and a pool's minutes back in the same transaction, so that
calendars and ledgers stay what the claims say (`services.booking.audit`)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, get_args

import structlog

from services.booking.appointment import TAKING
from services.booking.claim import Claim, Kind, entries
from services.booking.quota import Use
from services.booking.store.calendars import Calendars
from services.booking.store.experiences import SHAPE as EXPERIENCE
from services.booking.store.ledger import EVERYBODY, Ledger
from services.booking.store.shifts import SHAPE as SHIFT
from services.booking.store.snapshot import appointment_of
from shared.errors import Unavailable
from shared.mongo import Database, Document, Session
from shared.retention import Kept
from shared.tenancy import Retention

log = structlog.get_logger()

HOLDS_KEPT: Final = 30
"""Days for which a hold that never became an appointment is kept: as long as events, so that what was asked for can be followed."""
PLANS_KEPT: Final = 90
"""Days for which a shift plan is kept: by then its four weeks are over, and its shifts say what became of it."""
FEEDS_KEPT: Final = 90
"""Days for which a closed feed is kept: it remembers which requests made its addresses, so that none of them brings a lost one back."""
EMPTY_KEPT: Final = 90
"""Days after which a calendar or ledger row in which nothing stands is deleted."""
OVER: Final[Mapping[str, Any]] = {"state": {"$in": ["proposed", "ended"]}}
"""Contracts that do not run. One that was never agreed to is as old as the term it proposed."""


@dataclass(frozen=True)
class Given:
    """What a document has of others' time."""

    claims: Sequence[Claim] = ()
    uses: Sequence[Use] = ()


class LettingGo:
    """Deletes documents that own cells, and what they own, each in a transaction of its own."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.calendars = Calendars(db)
        self.ledger = Ledger(db)

    async def appointments(self, tenant: str, found: Sequence[Document]) -> int:
        return await self._each(tenant, "appointments", found, _of_appointment)

    async def shifts(self, tenant: str, found: Sequence[Document]) -> int:
        return await self._each(tenant, "shifts", found, lambda t, d: Given(SHIFT.read(d).claims(t)))

    async def experiences(self, tenant: str, found: Sequence[Document]) -> int:
        return await self._each(
            tenant, "experiences", found, lambda t, d: Given(EXPERIENCE.read(d).claims(t))
        )

    async def _each(
        self, tenant: str, collection: str, found: Sequence[Document], given: Callable[[str, Document], Given]
    ) -> int:
        return sum([await self._tried(tenant, collection, each, given) for each in found])

    async def _tried(
        self, tenant: str, collection: str, document: Document, given: Callable[[str, Document], Given]
    ) -> bool:
        """False, too, when it cannot be let go: it stays, and keeps no other waiting. Raises Unavailable."""
        try:
            return await self._one(tenant, collection, document, given(tenant, document))
        except Unavailable:
            raise
        except Exception as error:
            name = type(error).__name__
            log.error("not_let_go", tenant=tenant, collection=collection, id=document["_id"], error=name)
            return False

    async def _one(self, tenant: str, collection: str, document: Document, given: Given) -> bool:
        """False when it has changed meanwhile, and stays."""
        where = {
            "_id": document["_id"],
            "tenant_id": tenant,
            "version": document["version"],
            "outbox_at": {"$exists": False},
        }

        async def work(session: Session) -> bool:
            if not (await self.db[collection].delete_one(where, session=session)).deleted_count:
                return False
            await self.ledger.exchange(session, give=given.uses)
            await self.calendars.exchange(session, give=entries(given.claims))
            return True

        return await self.db.in_transaction(work)


def kept(db: Database) -> tuple[Kept, ...]:
    """What is deleted when (docs/retention.md). Calendars and ledgers last: what goes before them empties them."""
    going = LettingGo(db)

    def appointments(retention: Retention) -> int | None:
        return retention.appointments

    def work(retention: Retention) -> int | None:
        return retention.work

    return (
        Kept("appointments", "let_go_at", lambda _: HOLDS_KEPT, where={"state": "cancelled"}),
        Kept("appointments", "agenda", appointments, by_date=True, let_go=going.appointments),
        Kept("series", "last_date", appointments, by_date=True),
        Kept("waiting", "over_at", appointments),
        Kept("feeds", "closed_at", lambda _: FEEDS_KEPT),
        Kept("shifts", "agenda", work, by_date=True, let_go=going.shifts),
        Kept("experiences", "to_date", work, by_date=True, let_go=going.experiences),
        Kept("contracts", "ends_on", work, by_date=True, where=OVER),
        Kept("promises", "last_date", work, by_date=True),
        Kept("shift_plans", "monday", lambda _: PLANS_KEPT, by_date=True),
        *(_empty("calendars", "day", kind=kind, owners={}) for kind in get_args(Kind)),
        _empty("ledger", "week", used=0),
        _empty("ledger", "week", member=EVERYBODY),
    )


def _empty(collection: str, since: str, **where: Any) -> Kept:
    return Kept(collection, since, lambda _: EMPTY_KEPT, by_date=True, where=where)


def _of_appointment(tenant: str, document: Document) -> Given:
    appointment = appointment_of(document)
    slot = appointment.slot
    uses = [Use(slot.pool, tenant, slot.service_date, slot.minutes)] if slot.pool else []
    return Given(appointment.claims(tenant), uses if appointment.state in TAKING else ())
