"""/booking/staff/residents/{id}/book: what is asked for and which times are free, then who and when once more, then the booking."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from services.booking.availability import WithAlternatives
from services.booking.counsellor import Counsellor
from services.booking.desk import Desk
from services.booking.explain_texts import help_text, reason_text
from services.booking.free_times import Search
from services.booking.openings import Openings
from services.booking.pages.asking import GENDERS, Asking, changed, lengths, offered_by, read
from services.booking.pages.route import problem_title
from services.booking.pages.staff_agenda import LANGUAGES, reference
from services.booking.pages.staff_residents import WHERE
from services.booking.pages.staff_route import ResidentPath, Writer, staff_command, staff_router
from services.booking.pages.views import CHANNELS, Chosen
from services.booking.slot import Slot, check_date
from shared.errors import Conflict, Invalid, NotFound
from shared.ids import new_ulid
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.staff import HOME, Staff
from shared.web.visiting import form_of, go

FormOf = Annotated[dict[str, list[str]], Depends(form_of)]
FAR_AWAY = "その日は選べません"


def staff_book_pages(pages: Pages, desk: Desk, openings: Openings) -> APIRouter:
    router = staff_router(pages)

    async def asking_of(tenant: Tenant, form: Mapping[str, Sequence[str]]) -> Asking:
        people = await openings.people(tenant)
        return read(form, offered_by(people), tenant.spec.booking.cell_minutes)

    def search(tenant: Tenant, resident_id: str, asking: Asking) -> Search | None:
        return openings.search(
            tenant,
            openings.today(tenant),
            tenant.spec.booking.horizon_days + 1,
            asking.asked(),
            asking.minutes,
            resident_id=resident_id,
            by_staff=True,
        )

    async def show(
        staff: Staff, resident_id: str, template: str, asking: Asking, status: int, **more: Any
    ) -> HTMLResponse:
        people = await openings.people(staff.tenant)
        offered = offered_by(people)
        return pages.render(
            template,
            staff.tenant,
            status=status,
            staff=staff,
            here=WHERE,
            resident_id=resident_id,
            reference=reference(resident_id),
            asking=asking,
            people=people,
            channels={known: CHANNELS[known] for known in CHANNELS if known in (*offered, asking.channel)},
            lengths=lengths(staff.tenant.spec.booking.cell_minutes, asking.minutes),
            languages=_spoken(people),
            skills=sorted({skill for c in people.values() for skill in c.skills} | set(asking.skills)),
            genders=GENDERS,
            where=f"{WHERE}/{resident_id}/book",
            **more,
        )

    async def choose(
        staff: Staff,
        resident_id: str,
        asking: Asking,
        *,
        settled: bool = True,
        status: int = 200,
        problem: str = "",
        near: Sequence[Slot] = (),
    ) -> HTMLResponse:
        tenant, today = staff.tenant, openings.today(staff.tenant)
        try:
            check_date("day", asking.day or today, today)
        except Invalid:
            asking, status, problem = replace(asking, day=None), 422, FAR_AWAY
        free = await openings.days(tenant, search(tenant, resident_id, asking))
        day = asking.day or next((found.service_date for found in free.days), None)
        shown = next((found for found in free.days if found.service_date == day), None)
        reasons, helps = ([], []) if shown else await why(tenant, resident_id, asking, day)
        return await show(
            staff,
            resident_id,
            "staff_book.html",
            replace(asking, start=None),
            status,
            problem=problem,
            settled=settled,
            near=[(slot, _with(asking, slot)) for slot in near],
            today=today,
            day=day,
            times=[(n, replace(asking, day=day, start=n).query()) for n in shown.starts] if shown else [],
            others=[
                (found, replace(asking, day=found.service_date, start=None).query())
                for found in free.days
                if found is not shown and (day is None or found.service_date > day)
            ][:6],
            before=_moved(asking, day, -1) if day and day > today else "",
            after=_moved(asking, day, 1) if day else "",
            reasons=reasons,
            helps=helps,
        )

    async def why(
        tenant: Tenant, resident_id: str, asking: Asking, day: date | None
    ) -> tuple[list[str], list[tuple[str, str]]]:
        """Why this day (or every day that can be booked) has no free time, and what would help: (words, the page that does so)."""
        days = 1 if day else tenant.spec.booking.horizon_days + 1
        found = await openings.why(
            tenant,
            day or openings.today(tenant),
            days,
            asking.asked(),
            asking.minutes,
            resident_id,
            by_staff=True,
        )
        return (
            [reason_text(reason, "ja", staff=True) for reason in found.reasons],
            [(help_text(help_, "ja"), changed(asking, help_).query()) for help_ in found.helps],
        )

    async def known(staff: Staff, resident_id: str) -> None:
        if not await desk.residents.known(staff.tenant.id, resident_id):
            raise NotFound("no such resident")

    @router.get("/residents/{resident_id}/book")
    async def choose_or_ask(request: Request, staff: Writer, resident_id: ResidentPath) -> HTMLResponse:
        await known(staff, resident_id)
        query = request.query_params
        asking = await asking_of(staff.tenant, {name: query.getlist(name) for name in query})
        if (wish := asking.wish()) is None:
            return await choose(staff, resident_id, asking, settled="channel" in query)
        return await show(
            staff,
            resident_id,
            "staff_book_ask.html",
            asking,
            200,
            chosen=Chosen.of(wish),
            back=replace(asking, start=None).query(),
            idempotency_key=new_ulid(),
        )

    @router.post("/residents/{resident_id}/book")
    async def book(request: Request, staff: Writer, resident_id: ResidentPath, form: FormOf) -> Response:
        asking = await asking_of(staff.tenant, form)
        if (wish := asking.wish()) is None:
            return go(f"{WHERE}/{resident_id}/book?{asking.query()}")
        key = next(iter(form.get("idempotency_key", ())), "")
        command = staff_command(request, staff, key, asking.query())
        try:
            booked = await desk.book(staff.tenant, resident_id, wish, command)
        except WithAlternatives as refused:
            near, problem = refused.alternatives, problem_title(refused.slug)
            return await choose(staff, resident_id, asking, status=409, problem=problem, near=near)
        except (Conflict, Invalid) as refused:
            problem = problem_title(refused.slug)
            return await choose(staff, resident_id, asking, status=409, problem=problem)
        return go(f"{HOME}/appointments/{booked.id}?booked=true")

    return router


def _moved(asking: Asking, day: date, days: int) -> str:
    """The page of so many days later."""
    return replace(asking, day=day + timedelta(days=days), start=None).query()


def _with(asking: Asking, slot: Slot) -> str:
    """The page that asks about this very slot."""
    return replace(
        asking, counsellor_id=slot.counsellor_id, day=slot.service_date, start=slot.start_minute
    ).query()


def _spoken(people: Mapping[str, Counsellor]) -> dict[str, str]:
    """Languages that somebody speaks, those with a name first."""
    codes = {code for c in people.values() for code in c.languages}
    named = {code: LANGUAGES[code] for code in LANGUAGES if code in codes}
    return named | {code: code for code in sorted(codes) if code not in named}
