"""The use case behind looking at an offer more closely. What residents look at is told to nobody; it is counted for learning alone."""

from datetime import datetime

from services.matching.advertising import shown_offer
from services.matching.engine.interactions import Interaction
from services.matching.store import Store
from shared.tenancy import Tenant


async def look(store: Store, tenant: Tenant, resident_id: str, offer_id: str, now: datetime) -> None:
    """Once per resident, offer and day. Nothing is kept when the municipality or the person wants nothing learned,
    or of who was registered with a test key. Raises NotFound."""
    offer = await shown_offer(store, tenant.id, offer_id)
    if not tenant.spec.matching.learning:
        return
    questionnaire, _ = await store.questionnaires.get(tenant.id, resident_id)
    who = await store.residents.get(tenant.id, resident_id)
    if questionnaire.wishes.learning and not who.test:
        seen = Interaction(resident_id, offer.id, "view", now)
        await store.interactions.note(tenant.id, seen)
        # who has switched it off in this moment must not find it kept
        present, _ = await store.questionnaires.get(tenant.id, resident_id)
        if not present.wishes.learning:
            await store.interactions.remove(tenant.id, seen)
