"""Calendar feeds: secret addresses that people give to their own calendar, and the feeds behind them."""

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Path, Response
from pydantic import BaseModel

from services.booking.feeding import Feeding
from services.booking.routes.shapes import CounsellorPath
from services.booking.store import Counsellors
from services.booking.store.feeds import Feed
from shared.auth import Actor
from shared.http.request import CommandOf, HostTenant, ResidentOf, TenantOf, scope

Writer = Annotated[Actor, Depends(scope("counsellors:write"))]
Token = Annotated[str, Path(pattern=r"^[A-Za-z0-9_-]{43}$")]


class FeedOut(BaseModel):
    """`url` is shown this once: whoever knows it can read the feed."""

    url: str


def feed_routes(feeding: Feeding, counsellors: Counsellors) -> APIRouter:
    """Opening and closing feeds."""
    router = APIRouter(tags=["calendar feeds"])

    @router.post("/me/calendar-feed", status_code=201)
    async def open_my_feed(actor: ResidentOf, tenant: TenantOf, command: CommandOf) -> FeedOut:
        """A new secret address of the resident's feed; an earlier one leads nowhere from now on. 409 `feed-ended` for a repeated request
        whose address has ended since."""
        feed = Feed("resident", actor.require_resident())
        return FeedOut(url=await feeding.open(tenant, feed, command))

    @router.delete("/me/calendar-feed", status_code=204)
    async def close_my_feed(actor: ResidentOf) -> Response:
        """Take the address back."""
        await feeding.feeds.close(actor.tenant, Feed("resident", actor.require_resident()))
        return Response(status_code=204)

    @router.post("/counsellors/{counsellor_id}/calendar-feed", status_code=201)
    async def open_counsellors_feed(
        counsellor_id: CounsellorPath, actor: Writer, tenant: TenantOf, command: CommandOf
    ) -> FeedOut:
        """A new secret address of the counsellor's feed. It says when, and nothing about residents."""
        await counsellors.get(actor.tenant, counsellor_id)
        return FeedOut(url=await feeding.open(tenant, Feed("counsellor", counsellor_id), command))

    @router.delete("/counsellors/{counsellor_id}/calendar-feed", status_code=204)
    async def close_counsellors_feed(counsellor_id: CounsellorPath, actor: Writer) -> Response:
        """Take the address back."""
        await counsellors.get(actor.tenant, counsellor_id)
        await feeding.feeds.close(actor.tenant, Feed("counsellor", counsellor_id))
        return Response(status_code=204)

    return router


def feed_files(feeding: Feeding) -> APIRouter:
    """The feeds themselves, for calendars, which have no other credential than the address. Limited by the caller's address."""
    router = APIRouter()

    @router.get("/feeds/{token}.ics")
    async def read_feed(
        token: Token,
        tenant: HostTenant,
        if_none_match: Annotated[str, Header(max_length=400)] = "",
    ) -> Response:
        """404 for an address that was never given or has been taken back; 304 for what the calendar has already."""
        body = await feeding.read(tenant, token)
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, max-age=300", "X-Robots-Tag": "noindex"}
        if tag in (known.strip().removeprefix("W/") for known in if_none_match.split(",")):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)

    return router
