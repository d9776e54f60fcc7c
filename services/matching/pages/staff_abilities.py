"""/matching/staff/abilities: what may be expected of whom at which kind of task, with how unsure that is. For planning; it ranks nobody."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from services.matching.ordering.parts import Ordering
from services.matching.pages.order_views import FULL, known_of
from services.matching.pages.orders_route import Reader, orders_router
from services.matching.store import Store
from shared.web import Pages
from shared.web.pages import StaffLink

PAGE = "/matching/staff/abilities"


def staff_ability_pages(pages: Pages, store: Store, ordering: Ordering) -> APIRouter:
    pages.link_for_staff(StaffLink(PAGE, "仕事の記録", "orders:read"))
    router = orders_router(pages)

    @router.get("/abilities")
    async def see_abilities(staff: Reader, kind: Annotated[str, Query(max_length=40)] = "") -> HTMLResponse:
        tenant = staff.tenant.id
        kinds = await ordering.books.task_types.every(tenant)
        chosen = next((k for k in kinds if k.code == kind), kinds[0] if kinds else None)
        rows = []
        if chosen:
            knowledge = await ordering.knowing.knowledge(tenant)
            workers = [w for w in await store.workers.of_tenant(tenant) if w.active]
            # by id, not by figure: this is no ranking
            rows = [
                known_of(w.resident_id, knowledge.ability(w.resident_id, chosen.code))
                for w in sorted(workers, key=lambda w: w.resident_id)
            ]
        return pages.render(
            "staff_abilities.html",
            staff.tenant,
            staff=staff,
            here=PAGE,
            kinds=kinds,
            kind=chosen,
            rows=rows,
            full=FULL,
        )

    return router
