"""/booking/waiting: waiting for a time, without script: join, see, take or pass an offer, leave."""

from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.booking.openings import zone_of
from services.booking.pages.route import page_command, problem_title
from services.booking.pages.views import CHANNELS
from services.booking.service_day import MINUTES as LAST
from services.booking.waiting import OPEN, Entry, Wanted, Window
from services.booking.waitlist import Waitlist
from shared.errors import Conflict
from shared.events.booking import AppointmentChannel
from shared.ids import new_ulid
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, page_route

MINUTES = 60
Text = Annotated[str, Form()]
DAYS: dict[str, tuple[str, tuple[int, ...]]] = {
    "any": ("いつでも", (0, 1, 2, 3, 4, 5, 6)),
    "weekdays": ("月曜から金曜", (0, 1, 2, 3, 4)),
    "weekend": ("土曜・日曜", (5, 6)),
}
TIMES: dict[str, tuple[str, int, int]] = {
    "any": ("いつでも", 0, LAST),
    "day": ("昼（朝から18:00まで）", 300, 1080),
    "night": ("夜（18:00から）", 1080, LAST),
}


def waiting_pages(pages: Pages, waitlist: Waitlist) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    async def show(visitor: Visitor, *, status: int = 200, problem: str = "") -> HTMLResponse:
        mine = await waitlist.waiting.of_resident(visitor.tenant.id, visitor.resident_id)
        return pages.render(
            "waiting.html",
            visitor.tenant,
            status=status,
            problem=problem,
            entries=[entry for entry in mine if entry.state in OPEN],
            until={entry.id: _until(entry, visitor.tenant) for entry in mine},
            channels=CHANNELS,
            said=said,
            idempotency_key=new_ulid(),
        )

    @router.get("/waiting")
    async def see_waiting(visitor: VisitorOf) -> HTMLResponse:
        return await show(visitor)

    @router.get("/waiting/new")
    async def ask_what_suits(
        visitor: VisitorOf,
        channel: Annotated[str, Query(max_length=20)] = "",
        earlier_than: Annotated[str, Query(max_length=40)] = "",
    ) -> HTMLResponse:
        earlier = (
            await waitlist.desk.get(visitor.tenant, earlier_than, visitor.resident_id)
            if earlier_than
            else None
        )
        return pages.render(
            "waiting_new.html",
            visitor.tenant,
            channels=CHANNELS,
            channel=earlier.slot.channel if earlier else _channel(channel),
            earlier=earlier,
            days=[(key, text) for key, (text, _) in DAYS.items()],
            times=[(key, text) for key, (text, *_) in TIMES.items()],
            idempotency_key=new_ulid(),
        )

    @router.post("/waiting")
    async def join(
        request: Request,
        visitor: VisitorOf,
        channel: Text = "",
        days: Text = "",
        times: Text = "",
        earlier_than: Text = "",
        idempotency_key: Text = "",
    ) -> Response:
        minutes = MINUTES
        if earlier_than:
            present = await waitlist.desk.get(visitor.tenant, earlier_than, visitor.resident_id)
            channel, minutes = present.slot.channel, present.slot.minutes
        wanted = Wanted(_channel(channel), minutes, _windows(days, times), earlier_than=earlier_than or None)
        command = page_command(request, visitor, idempotency_key, channel, days, times, earlier_than)
        try:
            await waitlist.join(visitor.tenant, visitor.resident_id, wanted, command)
        except Conflict as refused:
            return await show(visitor, status=409, problem=problem_title(refused.slug))
        return RedirectResponse("/booking/waiting", 303)

    @router.post("/waiting/{waiting_id}/{act}")
    async def answer(
        request: Request, visitor: VisitorOf, waiting_id: str, act: str, idempotency_key: Text = ""
    ) -> Response:
        doing = {"take": waitlist.take, "pass": waitlist.pass_, "leave": waitlist.leave}.get(act)
        if doing is None:
            return RedirectResponse("/booking/waiting", 303)
        command = page_command(request, visitor, idempotency_key, waiting_id, act)
        try:
            entry = await doing(visitor.tenant, waiting_id, visitor.resident_id, command)
        except Conflict as refused:
            return await show(visitor, status=409, problem=problem_title(refused.slug))
        if act != "take" or entry.offer is None:
            return RedirectResponse("/booking/waiting", 303)
        theirs = entry.wanted.earlier_than or entry.offer.appointment_id
        return RedirectResponse(f"/booking/appointments/{theirs}/done", 303)

    return router


def said(entry: Entry) -> str:
    """When it suits, as it was chosen here; from elsewhere it may be anything."""
    windows = entry.wanted.windows
    if not windows:
        return "いつでも"
    days = next((text for text, known in DAYS.values() if windows[0].weekdays == known), "")
    times = next(
        (t for t, *span in TIMES.values() if span == [windows[0].start_minute, windows[0].end_minute]), ""
    )
    if len(windows) > 1 or not days or not times:
        return "選んだ曜日と時間"
    return "・".join(dict.fromkeys((days, times)))


def _windows(days: str, times: str) -> tuple[Window, ...]:
    weekdays = DAYS.get(days, DAYS["any"])[1]
    _, start, end = TIMES.get(times, TIMES["any"])
    whole = weekdays == DAYS["any"][1] and (start, end) == (0, LAST)
    return () if whole else (Window(weekdays, start, end),)


def _channel(asked: str) -> AppointmentChannel:
    return next((known for known in CHANNELS if known == asked), "online")


def _until(entry: Entry, tenant: Tenant) -> str:
    """The clock time at which the offer ends."""
    if entry.offer is None:
        return ""
    local = entry.offer.until.astimezone(zone_of(tenant))
    return f"{local.hour}:{local.minute:02d}"
