"""/booking/v1/appointments: what staff and counsellors do."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Response

from services.booking.appointment import Appointment
from services.booking.desk import Desk
from services.booking.routes.shapes import (
    AppointmentPath,
    BookBody,
    CancelBody,
    CounsellorId,
    MarkBody,
    MissedBody,
    MoveBody,
    StaffAppointmentOut,
)
from services.booking.store import Appointments
from shared.auth import Actor
from shared.http.etag import etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, TenantOf, scope
from shared.tenancy import Tenant

Reader = Annotated[Actor, Depends(scope("appointments:read"))]
Writer = Annotated[Actor, Depends(scope("appointments:write"))]


def staff_routes(desk: Desk, appointments: Appointments) -> APIRouter:
    router = APIRouter(prefix="/appointments", tags=["appointments"])

    @router.get("")
    async def list_appointments(
        actor: Reader,
        tenant: TenantOf,
        counsellor_id: Annotated[CounsellorId | None, Query()] = None,
        service_date: Annotated[date | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[StaffAppointmentOut]:
        """Appointments in order of service date and time; notes are on the single appointment only."""
        page = await appointments.page(
            tenant.id, cursor, limit, counsellor_id=counsellor_id, service_date=service_date
        )
        return Page(data=[StaffAppointmentOut.of_state(found, tenant) for found in page.data], next=page.next)

    @router.post("", status_code=201)
    async def book_appointment(
        body: BookBody, actor: Writer, tenant: TenantOf, command: CommandOf, response: Response
    ) -> StaffAppointmentOut:
        """Book for a resident, confirmed at once. Neither minimum notice nor horizon applies; hours and overlaps do."""
        booked = await desk.book(tenant, body.resident_id, body.wish(), command)
        return _shown(booked, tenant, actor, response)

    @router.get("/{appointment_id}")
    async def get_appointment(
        appointment_id: AppointmentPath, actor: Reader, tenant: TenantOf, response: Response
    ) -> StaffAppointmentOut:
        """One appointment with its note."""
        return _shown(await desk.get(tenant, appointment_id), tenant, actor, response)

    @router.post("/{appointment_id}/attended")
    async def mark_attended(
        appointment_id: AppointmentPath,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
        body: MarkBody | None = None,
    ) -> StaffAppointmentOut:
        """The resident came. From the start of the appointment on (409 `not-started` before); the note is kept sealed."""
        note = body.note if body else None
        marked = await desk.attended(tenant, appointment_id, note, command)
        return _shown(marked, tenant, actor, response)

    @router.post("/{appointment_id}/missed")
    async def mark_missed(
        appointment_id: AppointmentPath,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
        body: MissedBody | None = None,
    ) -> StaffAppointmentOut:
        """It did not take place; `by` says whether the resident or the counsellor could not come. From the start of the
        appointment on (409 `not-started` before)."""
        said = body or MissedBody()
        marked = await desk.missed(tenant, appointment_id, said.by, said.note, command)
        return _shown(marked, tenant, actor, response)

    @router.post("/{appointment_id}/move")
    async def move_appointment(
        appointment_id: AppointmentPath,
        body: MoveBody,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
    ) -> StaffAppointmentOut:
        """Move a confirmed appointment; the old time is given back in the same step."""
        moved = await desk.move(tenant, appointment_id, body.wish_of, command)
        return _shown(moved, tenant, actor, response)

    @router.post("/{appointment_id}/cancel")
    async def cancel_appointment(
        appointment_id: AppointmentPath,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
        body: CancelBody | None = None,
    ) -> StaffAppointmentOut:
        """Cancel on the municipality's side, or let go of a hold."""
        reason = body.reason if body else None
        cancelled = await desk.cancel(tenant, appointment_id, "staff", reason, command)
        return _shown(cancelled, tenant, actor, response)

    return router


def _shown(appointment: Appointment, tenant: Tenant, actor: Actor, response: Response) -> StaffAppointmentOut:
    response.headers.update(etag(appointment.version))
    more: dict[str, Any] = {"assignment": appointment.assignment, "wishes": asdict(appointment.wishes)}
    if "appointments:read" in actor.scopes:
        more |= {"note": appointment.note, "cancel_reason": appointment.cancel_reason}
    return StaffAppointmentOut.of_state(appointment, tenant, **more)
