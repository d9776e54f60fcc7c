"""/booking/calendar: the resident's own calendar feed. Its secret address is made, shown once, made anew and taken back."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from services.booking.feeding import FeedEnded, Feeding
from services.booking.pages.route import page_command
from services.booking.store.feeds import Feed
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, go, page_route

WHERE = "/booking/calendar"
Text = Annotated[str, Form()]


def calendar_feed_pages(pages: Pages, feeding: Feeding) -> APIRouter:
    router = APIRouter(prefix="/calendar", route_class=page_route(pages))

    async def show(visitor: Visitor, *, address: str = "", told: str = "") -> HTMLResponse:
        return pages.render(
            "calendar_feed.html",
            visitor.tenant,
            address=address,
            told=told,
            is_open=await feeding.feeds.is_open(visitor.tenant.id, _own(visitor)),
            idempotency_key=new_ulid(),
        )

    @router.get("")
    async def see_feed(visitor: VisitorOf, told: Annotated[str, Query(max_length=10)] = "") -> HTMLResponse:
        return await show(visitor, told=told)

    @router.post("")
    async def make_address(request: Request, visitor: VisitorOf, idempotency_key: Text = "") -> Response:
        """Answered with the page itself: only a hash is kept, so no other page could show the address."""
        command = page_command(request, visitor, idempotency_key)
        try:
            address = await feeding.open(visitor.tenant, _own(visitor), command)
        except FeedEnded:  # an old form sent again
            return go(f"{WHERE}?told=ended")
        return await show(visitor, address=address)

    @router.post("/end")
    async def take_back(visitor: VisitorOf) -> Response:
        await feeding.feeds.close(visitor.tenant.id, _own(visitor))
        return go(f"{WHERE}?told=closed")

    return router


def _own(visitor: Visitor) -> Feed:
    return Feed("resident", visitor.resident_id)
