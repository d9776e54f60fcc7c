"""/booking/staff/residents: a resident's appointments, where booking for somebody who telephones begins."""

import re
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from services.booking.desk import Desk
from services.booking.pages.staff_agenda import reference
from services.booking.pages.staff_people import StaffPeople
from services.booking.pages.staff_route import Reader, ResidentPath, staff_router
from services.booking.pages.views import CHANNELS
from shared.clock import Clock
from shared.errors import NotFound
from shared.ids import id_pattern
from shared.web import Pages
from shared.web.staff import HOME, Staff
from shared.web.visiting import go

WHERE = f"{HOME}/residents"
RESIDENT = re.compile(id_pattern("res"))
LISTED = 100
NOT_FOUND = "この番号の住民は見つかりません。番号を確かめてください"


def resident_pages(pages: Pages, clock: Clock, desk: Desk, people: StaffPeople) -> APIRouter:
    router = staff_router(pages)

    async def known(staff: Staff, resident_id: str) -> bool:
        return await desk.residents.known(staff.tenant.id, resident_id)

    @router.get("/residents")
    async def find(staff: Reader, resident: Annotated[str, Query(max_length=200)] = "") -> Response:
        wanted = resident.strip()
        if RESIDENT.fullmatch(wanted) and await known(staff, wanted):
            return go(f"{WHERE}/{wanted}")
        return pages.render(
            "staff_residents.html",
            staff.tenant,
            status=422 if wanted else 200,
            staff=staff,
            here=WHERE,
            typed=wanted,
            problems={"resident": NOT_FOUND} if wanted else {},
        )

    @router.get("/residents/{resident_id}")
    async def see(staff: Reader, resident_id: ResidentPath) -> HTMLResponse:
        if not await known(staff, resident_id):
            raise NotFound("no such resident")
        tenant, now = staff.tenant, clock.now()
        found = await desk.appointments.page(
            tenant.id, None, LISTED, resident_id=resident_id, newest_first=True
        )
        coming = [a for a in found.data if a.state in ("held", "confirmed") and a.slot.ends_at > now]
        return pages.render(
            "staff_resident.html",
            tenant,
            staff=staff,
            here=WHERE,
            now=now,
            where=f"{WHERE}/{resident_id}",
            reference=reference(resident_id),
            resident_id=resident_id,
            coming=coming[::-1],
            past=[a for a in found.data if a not in coming],
            people=await people.all(tenant),
            rooms=await people.rooms(tenant),
            channels=CHANNELS,
        )

    return router
