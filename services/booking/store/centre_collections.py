"""The collections of the digital employment centre, and how the audit reads the claims that they keep."""

from services.booking.claim import Claim
from services.booking.store.centres import CENTRES
from services.booking.store.contracts import CONTRACTS
from services.booking.store.experiences import EXPERIENCES
from services.booking.store.experiences import SHAPE as EXPERIENCE
from services.booking.store.places import PLACES
from services.booking.store.promises import PROMISES
from services.booking.store.shift_plans import SHIFT_PLANS
from services.booking.store.shifts import SHAPE as SHIFT
from services.booking.store.shifts import SHIFTS
from services.booking.store.workers import WORKERS
from shared.mongo import Database, Session

CENTRE_COLLECTIONS = (CENTRES, WORKERS, SHIFTS, CONTRACTS, PLACES, EXPERIENCES, SHIFT_PLANS, PROMISES)
CENTRE_OUTBOXES = ("workers", "shifts", "contracts", "experiences")


async def of_shifts(db: Database, tenant: str, session: Session) -> list[Claim]:
    """The claims of a tenant's shifts."""
    documents = await db["shifts"].find({"tenant_id": tenant}, session=session).to_list(None)
    return [claim for document in documents for claim in SHIFT.read(document).claims(tenant)]


async def of_experiences(db: Database, tenant: str, session: Session) -> list[Claim]:
    """The claims of a tenant's stays at workplaces."""
    documents = await db["experiences"].find({"tenant_id": tenant}, session=session).to_list(None)
    return [claim for document in documents for claim in EXPERIENCE.read(document).claims(tenant)]
