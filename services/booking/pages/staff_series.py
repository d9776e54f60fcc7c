"""/booking/staff/residents/{id}/series and /series/{id}: a line, not a point; seen date by date before it is booked, and after."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse, Response

from services.booking.assignment_texts import for_staff
from services.booking.availability import WithAlternatives
from services.booking.openings import Openings
from services.booking.pages.asking import lengths, offered_by, read_date
from services.booking.pages.route import problem_title
from services.booking.pages.staff_agenda import reference
from services.booking.pages.staff_people import StaffPeople
from services.booking.pages.staff_residents import WHERE
from services.booking.pages.staff_route import (
    Reader,
    ResidentPath,
    SeriesPath,
    Writer,
    staff_command,
    staff_router,
)
from services.booking.pages.staff_series_form import EVERY, SeriesForm, read, typed
from services.booking.pages.views import CHANNELS
from services.booking.recurring import Outlook, Recurring
from services.booking.series import SeriesBlocked
from services.booking.slot import Slot
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.pages import service_minute_text
from shared.web.staff import HOME, Staff
from shared.web.visiting import form_of, go

FormOf = Annotated[dict[str, list[str]], Depends(form_of)]
Text = Annotated[str, Form(max_length=40)]
NOBODY = (
    "最初の日のその時間に、空いている相談員がいません。最初の日か時間を変えるか、最初の日を外してください"
)
WHY_NOT = {
    "slot-taken": "相談員に、ほかの予約が入っています",
    "slot-not-offered": "相談員の担当の時間ではありません（休みや祝日など）",
    "resident-busy": "この住民に、別の予約が入っています",
}
"""What stands in the way of a date, where the title of the problem is for somebody who books one time."""
BLOCKED = (
    "見ているあいだに、予約できない日がふえました。まだ1回も予約していません。下でもう一度たしかめてください"
)


def staff_series_pages(
    pages: Pages, recurring: Recurring, openings: Openings, people: StaffPeople
) -> APIRouter:
    router = staff_router(pages)

    async def show(
        staff: Staff,
        resident_id: str,
        form: SeriesForm,
        *,
        status: int = 200,
        problem: str = "",
        outlook: Outlook | None = None,
        near: Sequence[tuple[Slot, str]] = (),
        skip_first: str = "",
    ) -> HTMLResponse:
        known = await openings.people(staff.tenant)
        offered = offered_by(known)
        return pages.render(
            "staff_series_new.html",
            staff.tenant,
            status=422 if form.problems else status,
            staff=staff,
            here=WHERE,
            where=f"{WHERE}/{resident_id}/series",
            resident_id=resident_id,
            reference=reference(resident_id),
            form=form,
            problem=problem,
            outlook=outlook,
            near=near,
            skip_first=skip_first,
            why=for_staff(outlook.candidate.assignment) if outlook and outlook.candidate.assignment else "",
            why_not=why_not,
            every=EVERY,
            people=known,
            channels={name: CHANNELS[name] for name in CHANNELS if name in (*offered, form.channel)},
            lengths=lengths(staff.tenant.spec.booking.cell_minutes, form.minutes),
            idempotency_key=new_ulid(),
        )

    async def look(
        staff: Staff, resident_id: str, form: SeriesForm, *, status: int = 200, problem: str = ""
    ) -> HTMLResponse:
        """How every date looks now."""
        rule, form = read(form, openings.today(staff.tenant))
        if rule is None:
            return await show(staff, resident_id, form)
        try:
            found = await recurring.preview(staff.tenant, resident_id, rule, form.counsellor_id)
        except Invalid as refused:
            return await show(staff, resident_id, form.wrong(refused))
        except WithAlternatives as refused:
            return await show(
                staff,
                resident_id,
                form,
                status=409,
                problem=NOBODY,
                near=[(slot, _at(form, slot)) for slot in refused.alternatives],
                skip_first=form.query(also_skip=rule.dates()[0]),
            )
        except Conflict as refused:
            return await show(staff, resident_id, form, status=409, problem=problem_title(refused.slug))
        return await show(staff, resident_id, form, status=status, problem=problem, outlook=found)

    async def form_from(staff: Staff, fields: Mapping[str, Sequence[str]]) -> SeriesForm:
        return typed(fields, offered_by(await openings.people(staff.tenant)))

    @router.get("/residents/{resident_id}/series")
    async def ask_or_look(request: Request, staff: Writer, resident_id: ResidentPath) -> HTMLResponse:
        if not await recurring.residents.known(staff.tenant.id, resident_id):
            raise NotFound("no such resident")
        query = request.query_params
        form = await form_from(staff, {name: query.getlist(name) for name in query})
        if "first_date" not in query:
            return await show(staff, resident_id, form)
        return await look(staff, resident_id, form)

    @router.post("/residents/{resident_id}/series")
    async def book(request: Request, staff: Writer, resident_id: ResidentPath, sent: FormOf) -> Response:
        form = await form_from(staff, sent)
        rule, form = read(form, openings.today(staff.tenant))
        if rule is None:
            return await show(staff, resident_id, form)
        said = [value for _, value in form.fields()] + [day.isoformat() for day in form.skip]
        command = staff_command(request, staff, next(iter(sent.get("idempotency_key", ())), ""), *said)
        try:
            made, _ = await recurring.book(staff.tenant, resident_id, rule, form.counsellor_id, command)
        except SeriesBlocked:
            return await look(staff, resident_id, form, status=409, problem=BLOCKED)
        except (Conflict, Invalid):
            return await look(staff, resident_id, form, status=409)
        return go(f"{HOME}/series/{made.id}?booked=true")

    async def shown(
        staff: Staff, series_id: str, *, status: int = 200, problem: str = "", booked: bool = False
    ) -> HTMLResponse:
        series, appointments = await recurring.get(staff.tenant, series_id)
        now = recurring.desk.clock.now()
        reason = next((a.assignment for a in appointments if a.assignment), {"code": "chosen"})
        return pages.render(
            "staff_series.html",
            staff.tenant,
            status=status,
            staff=staff,
            here=WHERE,
            where=f"{HOME}/series/{series_id}",
            now=now,
            series=series,
            appointments=appointments,
            coming=[a for a in appointments if a.state in ("held", "confirmed") and a.slot.starts_at > now],
            why=for_staff(reason),
            people=await people.all(staff.tenant),
            channels=CHANNELS,
            every=EVERY,
            reference=reference(series.resident_id),
            booked=booked,
            problem=problem,
            idempotency_key=new_ulid(),
        )

    @router.get("/series/{series_id}")
    async def see(staff: Reader, series_id: SeriesPath, booked: bool = False) -> HTMLResponse:
        return await shown(staff, series_id, booked=booked)

    @router.post("/series/{series_id}/skip")
    async def skip_one(
        request: Request,
        staff: Writer,
        series_id: SeriesPath,
        appointment: Text = "",
        idempotency_key: Text = "",
    ) -> Response:
        _, appointments = await recurring.get(staff.tenant, series_id)
        if appointment not in (a.id for a in appointments):
            raise NotFound("no such appointment of this series")
        command = staff_command(request, staff, idempotency_key, appointment)
        try:
            await recurring.desk.cancel(staff.tenant, appointment, "staff", None, command)
        except Conflict as refused:
            present = await recurring.desk.get(staff.tenant, appointment)
            if present.state != "cancelled":
                return await shown(staff, series_id, status=409, problem=problem_title(refused.slug))
        return go(f"{HOME}/series/{series_id}")

    @router.post("/series/{series_id}/end")
    async def end(
        request: Request,
        staff: Writer,
        series_id: SeriesPath,
        from_date: Text = "",
        idempotency_key: Text = "",
    ) -> Response:
        day = read_date(from_date)
        if day is None:
            return await shown(staff, series_id, status=422, problem="どの日から取り消すかを選んでください")
        command = staff_command(request, staff, idempotency_key, from_date)
        await recurring.cancel_from(staff.tenant, series_id, day, None, command)
        return go(f"{HOME}/series/{series_id}")

    return router


def why_not(slug: str) -> str:
    """What stands in the way of one date."""
    return WHY_NOT.get(slug) or problem_title(slug)


def _at(form: SeriesForm, slot: Slot) -> str:
    """The page of the same series from another first time on."""
    time = service_minute_text(slot.start_minute)
    return replace(form, first_date=slot.service_date.isoformat(), time=time, skip=()).query()
