"""/booking/staff/counsellors/{id}/calendar: the secret address under which a counsellor's own calendar reads their appointments."""

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response

from services.booking.feeding import FeedEnded, Feeding
from services.booking.pages.route import problem_title
from services.booking.pages.staff_route import (
    CounsellorPath,
    CounsellorReader,
    require_own,
    staff_command,
    staff_router,
)
from services.booking.store import Counsellors
from services.booking.store.feeds import Feed
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.staff import HOME, Staff
from shared.web.visiting import go

Text = Annotated[str, Form(max_length=40)]


def feed_pages(pages: Pages, feeding: Feeding, counsellors: Counsellors) -> APIRouter:
    router = staff_router(pages)

    async def show(
        staff: Staff, counsellor_id: str, url: str = "", *, status: int = 200, problem: str = ""
    ) -> HTMLResponse:
        return pages.render(
            "staff_feed.html",
            staff.tenant,
            status=status,
            problem=problem,
            staff=staff,
            here=f"{HOME}/counsellors",
            counsellor=await counsellors.get(staff.tenant.id, counsellor_id),
            is_open=await feeding.feeds.is_open(staff.tenant.id, Feed("counsellor", counsellor_id)),
            url=url,
            idempotency_key=new_ulid(),
        )

    @router.get("/counsellors/{counsellor_id}/calendar")
    async def see_feed(staff: CounsellorReader, counsellor_id: CounsellorPath) -> HTMLResponse:
        require_own(staff, counsellor_id)
        return await show(staff, counsellor_id)

    @router.post("/counsellors/{counsellor_id}/calendar")
    async def open_feed(
        request: Request, staff: CounsellorReader, counsellor_id: CounsellorPath, idempotency_key: Text = ""
    ) -> HTMLResponse:
        """The answer shows the address this once, so that it is no redirect; sent again it is the same address."""
        require_own(staff, counsellor_id)
        await counsellors.get(staff.tenant.id, counsellor_id)
        command = staff_command(request, staff, idempotency_key)
        try:
            url = await feeding.open(staff.tenant, Feed("counsellor", counsellor_id), command)
        except FeedEnded as refused:  # an old form sent again
            return await show(staff, counsellor_id, status=409, problem=problem_title(refused.slug))
        return await show(staff, counsellor_id, url)

    @router.post("/counsellors/{counsellor_id}/calendar/close")
    async def close_feed(staff: CounsellorReader, counsellor_id: CounsellorPath) -> Response:
        require_own(staff, counsellor_id)
        await counsellors.get(staff.tenant.id, counsellor_id)
        await feeding.feeds.close(staff.tenant.id, Feed("counsellor", counsellor_id))
        return go(f"{HOME}/counsellors/{counsellor_id}/calendar")

    return router
