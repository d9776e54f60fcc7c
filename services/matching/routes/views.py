"""/matching/v1/me/offers/{id}/views"""

from fastapi import APIRouter

from services.matching.routes.fields import OfferId
from services.matching.store import Store
from services.matching.viewing import look
from shared.clock import Clock
from shared.http.request import ResidentOf, TenantOf


def view_router(store: Store, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["interests"])

    @router.post("/me/offers/{offer_id}/views", status_code=204)
    async def note_view(offer_id: OfferId, actor: ResidentOf, tenant: TenantOf) -> None:
        """The resident has opened an offer's details. Counts once a day; nothing is kept for who wants nothing learned from it."""
        await look(store, tenant, actor.require_resident(), offer_id, clock.now())

    return router
