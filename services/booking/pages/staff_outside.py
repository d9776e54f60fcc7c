"""/booking/staff/counsellors/…/outside: appointments that a change of hours leaves outside of them; first shown, then given to others."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from fastapi.responses import HTMLResponse

from services.booking.counsellor import Counsellor
from services.booking.openings import zone_of
from services.booking.pages.staff_agenda import reference
from services.booking.pages.staff_home import StaffHome
from services.booking.pages.staff_leaves import reassigned_view
from services.booking.pages.staff_people import StaffPeople
from services.booking.pages.staff_route import (
    CounsellorPath,
    staff_command,
    staff_router,
)
from services.booking.pages.views import CHANNELS
from services.booking.reassigning import Reassigning
from services.booking.roster import Roster, Touched
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.staff import Staff

Text = Annotated[str, Form(max_length=40)]


class OutsideViews:
    """What the pages that change hours, or whether somebody works at all, show before they do."""

    def __init__(self, pages: Pages, roster: Roster, home: StaffHome) -> None:
        self.pages = pages
        self.roster = roster
        self.home = home

    async def stranded_by(self, staff: Staff, wanted: Counsellor) -> list[Touched]:
        """Appointments that the change would leave outside of the hours. Raises NotFound."""
        return await self.roster.stranded_by(self.home.of(staff).id, wanted, zone_of(self.home.of(staff)))

    def preview(
        self,
        staff: Staff,
        wanted: Counsellor,
        touches: Sequence[Touched],
        form: Mapping[str, Sequence[str]],
        action: str,
    ) -> HTMLResponse:
        """Nothing is saved yet: the page sends `form` again to `action`, with the word to save it all the same."""
        return self.pages.render(
            "staff_outside_preview.html",
            staff.tenant,
            staff=staff,
            here=self.home.where,
            home=self.home,
            counsellor=wanted,
            touches=touches,
            fields=[(name, value) for name, values in form.items() for value in values],
            action=action,
            channels=CHANNELS,
            reference=reference,
        )


def outside_pages(views: OutsideViews, reassigning: Reassigning, people: StaffPeople) -> APIRouter:
    pages, roster, home = views.pages, views.roster, views.home
    admits = home.admits("appointments:read")
    router = staff_router(pages)

    @router.get(home.path + "/{counsellor_id}/outside")
    async def see_outside(
        staff: Annotated[Staff, Depends(admits)], counsellor_id: CounsellorPath
    ) -> HTMLResponse:
        home.require_own(staff, counsellor_id)
        counsellor = await roster.counsellors.get(home.of(staff).id, counsellor_id)
        return pages.render(
            "staff_outside.html",
            staff.tenant,
            staff=staff,
            here=home.where,
            home=home,
            counsellor=counsellor,
            touches=await roster.outside(home.of(staff).id, counsellor, zone_of(home.of(staff))),
            where=f"{home.where}/{counsellor_id}",
            channels=CHANNELS,
            reference=reference,
            idempotency_key=new_ulid(),
        )

    @router.post(home.path + "/{counsellor_id}/outside")
    async def reassign_outside(
        request: Request,
        staff: Annotated[Staff, Depends(admits)],
        counsellor_id: CounsellorPath,
        idempotency_key: Text = "",
    ) -> HTMLResponse:
        home.require_own(staff, counsellor_id)
        home.require_give(staff)
        command = staff_command(request, staff, idempotency_key)
        results = await reassigning.reassign_outside(
            home.of(staff).id, counsellor_id, zone_of(home.of(staff)), command
        )
        return pages.render(
            "staff_leave_reassigned.html",
            staff.tenant,
            staff=staff,
            here=home.where,
            home=home,
            back=f"{home.where}/{counsellor_id}/hours",
            people=await people.all(home.of(staff)),
            **reassigned_view(results),
        )

    return router
