"""/booking/staff/counsellors, and the same below /pool: who works when. Counsellors change their own hours, who may write everybody's."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response

from services.booking.counsellor import Counsellor
from services.booking.openings import zone_of
from services.booking.pages.staff_hours_form import HoursForm, read, typed, written
from services.booking.pages.staff_outside import OutsideViews
from services.booking.pages.staff_people import StaffPeople
from services.booking.pages.staff_route import CounsellorPath, staff_router
from services.booking.pages.views import CHANNELS
from services.booking.roster import Roster
from services.booking.service_day import earliest_running
from shared.clock import Clock
from shared.errors import StaleVersion
from shared.web import Pages
from shared.web.staff import Staff
from shared.web.visiting import form_of, go

FormOf = Annotated[dict[str, list[str]], Depends(form_of)]
CHANGED_BY_OTHERS = "書いているあいだに、ほかの人がこの時間を変えました。いまの時間を別の窓で確かめてから、もう一度保存してください。"


def hours_pages(
    pages: Pages, clock: Clock, roster: Roster, people: StaffPeople, outside: OutsideViews
) -> APIRouter:
    router = staff_router(pages)
    home, where = outside.home, outside.home.where
    admits = home.admits("counsellors:read")

    async def show(
        staff: Staff, counsellor: Counsellor, form: HoursForm, *, status: int = 200, problem: str = ""
    ) -> HTMLResponse:
        return pages.render(
            "staff_hours.html",
            staff.tenant,
            status=status,
            staff=staff,
            here=where,
            home=home,
            counsellor=counsellor,
            form=form,
            problem=problem,
        )

    @router.get(home.path)
    async def counsellors_list(staff: Annotated[Staff, Depends(admits)]) -> HTMLResponse:
        known = await people.own(home.of(staff))
        if home.of_pool and not staff.may("pool:read"):
            known = {id: c for id, c in known.items() if id == staff.counsellor_id}
        now = clock.now()
        coming = {
            c.id: [a for a in c.absences if a.kind == "leave" and a.ends_at > now] for c in known.values()
        }
        return pages.render(
            "staff_counsellors.html",
            staff.tenant,
            staff=staff,
            here=where,
            home=home,
            people=known,
            channels=CHANNELS,
            leaves=coming,
            zone=zone_of(home.of(staff)),
        )

    @router.get(home.path + "/{counsellor_id}/hours")
    async def hours_form(
        staff: Annotated[Staff, Depends(admits)], counsellor_id: CounsellorPath, saved: bool = False
    ) -> HTMLResponse:
        home.require_own(staff, counsellor_id)
        found = await roster.counsellors.get(home.of(staff).id, counsellor_id)
        form = written(found.hours, earliest_running(clock.now(), zone_of(home.of(staff))))
        return await show(staff, found, form, problem="" if not saved else "saved")

    @router.post(home.path + "/{counsellor_id}/hours")
    async def save_hours(
        request: Request,
        staff: Annotated[Staff, Depends(admits)],
        counsellor_id: CounsellorPath,
        form: FormOf,
    ) -> Response:
        home.require_own(staff, counsellor_id)
        present = await roster.counsellors.get(home.of(staff).id, counsellor_id)
        today = earliest_running(clock.now(), zone_of(home.of(staff)))
        past = [e for e in present.exceptions if e.service_date < today]
        wanted, kept = read(typed(form), past)
        if wanted is None:
            return await show(staff, present, kept, status=422)
        if form.get("version") != [str(present.version)]:
            return await show(staff, present, kept, status=409, problem=CHANGED_BY_OTHERS)
        changed = replace(
            present,
            weekly_hours=wanted.weekly,
            exceptions=wanted.exceptions,
            works_holidays=wanted.works_holidays,
        )
        if "anyway" not in form and (stranded := await outside.stranded_by(staff, changed)):
            return outside.preview(staff, changed, stranded, form, f"{where}/{counsellor_id}/hours")
        try:
            if changed != present:
                await roster.change(home.of(staff).id, changed)
        except StaleVersion:
            latest = await roster.counsellors.get(home.of(staff).id, counsellor_id)
            return await show(staff, latest, kept, status=409, problem=CHANGED_BY_OTHERS)
        saved = f"{where}/{counsellor_id}/hours?saved=true"
        return go(f"{where}/{counsellor_id}/outside" if "anyway" in form else saved)

    return router
