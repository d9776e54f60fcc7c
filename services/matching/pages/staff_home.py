"""/matching/staff: leads to the first of the pages that the person may read."""

from fastapi import APIRouter, Response

from shared.errors import Forbidden
from shared.web import Pages
from shared.web.staff import StaffOf
from shared.web.visiting import go, page_route


def staff_home(pages: Pages) -> APIRouter:
    """Built after all others: it knows what they have added to the menu."""
    router = APIRouter(prefix="/staff", route_class=page_route(pages, "staff_refused.html"))

    @router.get("")
    async def begin(staff: StaffOf) -> Response:
        mine = next((link for link in pages.staff_links if not link.scope or staff.may(link.scope)), None)
        if mine is None:
            raise Forbidden("none of these pages is for this person")
        return go(mine.path)

    return router
