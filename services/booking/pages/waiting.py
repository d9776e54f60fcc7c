"""/booking/waiting: waiting for a time, without script: join, see, take or pass an offer, leave."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.booking.openings import zone_of
from services.booking.pages.asking import Asking, read
from services.booking.pages.route import page_command, problem_title
from services.booking.pages.time_views import offered
from services.booking.pages.views import CHANNELS
from services.booking.service_day import MINUTES
from services.booking.waiting import OPEN, Entry, Wanted, Window
from services.booking.waitlist import Waitlist
from shared.errors import Conflict
from shared.ids import new_ulid
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, form_of, page_route

Text = Annotated[str, Form()]
FormOf = Annotated[dict[str, list[str]], Depends(form_of)]
DAYS: dict[str, tuple[str, tuple[int, ...]]] = {
    "any": ("いつでも", (0, 1, 2, 3, 4, 5, 6)),
    "weekdays": ("月曜から金曜", (0, 1, 2, 3, 4)),
    "weekend": ("土曜・日曜", (5, 6)),
}
TIMES: dict[str, tuple[str, int, int]] = {
    "any": ("いつでも", 0, MINUTES),
    "day": ("昼（朝から18:00まで）", 300, 1080),
    "night": ("夜（18:00から）", 1080, MINUTES),
}


def waiting_pages(pages: Pages, waitlist: Waitlist) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    async def show(visitor: Visitor, *, status: int = 200, problem: str = "") -> HTMLResponse:
        mine = await waitlist.waiting.of_resident(visitor.tenant.id, visitor.resident_id)
        people = await waitlist.openings.people(visitor.tenant)
        return pages.render(
            "waiting.html",
            visitor.tenant,
            status=status,
            problem=problem,
            entries=[entry for entry in mine if entry.state in OPEN],
            until={entry.id: _until(entry, visitor.tenant) for entry in mine},
            channels=CHANNELS,
            people=people,
            offered=offered(people),
            said=said,
            idempotency_key=new_ulid(),
        )

    @router.get("/waiting")
    async def see_waiting(visitor: VisitorOf) -> HTMLResponse:
        return await show(visitor)

    @router.get("/waiting/new")
    async def ask_what_suits(
        request: Request, visitor: VisitorOf, earlier_than: Annotated[str, Query(max_length=40)] = ""
    ) -> HTMLResponse:
        query = request.query_params
        asking = read({name: query.getlist(name) for name in query}, (), _step(visitor))
        earlier = (
            await waitlist.desk.get(visitor.tenant, earlier_than, visitor.resident_id)
            if earlier_than
            else None
        )
        return pages.render(
            "waiting_new.html",
            visitor.tenant,
            channels=CHANNELS,
            asking=replace(asking, day=None, start=None),
            offered=offered(await waitlist.openings.people(visitor.tenant), asking),
            earlier=earlier,
            days=[(key, text) for key, (text, _) in DAYS.items()],
            times=[(key, text) for key, (text, *_) in TIMES.items()],
            idempotency_key=new_ulid(),
        )

    @router.post("/waiting")
    async def join(
        request: Request,
        visitor: VisitorOf,
        form: FormOf,
    ) -> Response:
        asking = read(form, (), _step(visitor))
        days, times, earlier_than, key = (
            next(iter(form.get(name, ())), "")[:80]
            for name in ("days", "times", "earlier_than", "idempotency_key")
        )
        wanted = _wanted(asking, _windows(days, times))
        if earlier_than:
            present = await waitlist.desk.get(visitor.tenant, earlier_than, visitor.resident_id)
            slot = present.slot
            wanted = Wanted(slot.channel, slot.minutes, wanted.windows, earlier_than=present.id)
        command = page_command(request, visitor, key, asking.query(), days, times, earlier_than)
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
    whole = weekdays == DAYS["any"][1] and (start, end) == (0, MINUTES)
    return () if whole else (Window(weekdays, start, end),)


def _wanted(asking: Asking, windows: tuple[Window, ...]) -> Wanted:
    """Who waits is offered what must be so; a gender that one would only rather have keeps no time from them."""
    gender = asking.gender if asking.gender_required else None
    return Wanted(
        asking.channel,
        asking.minutes,
        windows,
        asking.counsellor_id,
        asking.language,
        asking.skills,
        gender=gender,
    )


def _step(visitor: Visitor) -> int:
    return visitor.tenant.spec.booking.cell_minutes


def _until(entry: Entry, tenant: Tenant) -> str:
    """The clock time at which the offer ends."""
    if entry.offer is None:
        return ""
    local = entry.offer.until.astimezone(zone_of(tenant))
    return f"{local.hour}:{local.minute:02d}"
