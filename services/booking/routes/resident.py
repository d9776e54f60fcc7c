"""/booking/v1/me/appointments: what a resident does with their own appointments."""

from fastapi import APIRouter, Response

from services.booking.appointment import Appointment
from services.booking.desk import Desk
from services.booking.routes.shapes import AppointmentOut, AppointmentPath, CancelBody, MoveBody, WishBody
from services.booking.store import Appointments
from shared.http.etag import etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, ResidentOf, TenantOf
from shared.tenancy import Tenant


def resident_routes(desk: Desk, appointments: Appointments) -> APIRouter:
    router = APIRouter(prefix="/me/appointments", tags=["my appointments"])

    @router.post("", status_code=201)
    async def hold_appointment(
        body: WishBody, actor: ResidentOf, tenant: TenantOf, command: CommandOf, response: Response
    ) -> AppointmentOut:
        """Hold a time until `held_until`; confirm it before. 409 `slot-taken` and `resident-busy` carry the three nearest
        free times under `alternatives`."""
        held = await desk.hold(tenant, actor.require_resident(), body.wish(), command)
        return _shown(held, tenant, response)

    @router.get("")
    async def list_my_appointments(
        actor: ResidentOf,
        tenant: TenantOf,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[AppointmentOut]:
        """The resident's appointments in order of time, cancelled ones included."""
        mine = await appointments.page(tenant.id, cursor, limit, resident_id=actor.require_resident())
        return Page(data=[AppointmentOut.of_state(found, tenant) for found in mine.data], next=mine.next)

    @router.get("/{appointment_id}")
    async def get_my_appointment(
        appointment_id: AppointmentPath, actor: ResidentOf, tenant: TenantOf, response: Response
    ) -> AppointmentOut:
        """One of the resident's own appointments."""
        found = await desk.get(tenant, appointment_id, actor.require_resident())
        return _shown(found, tenant, response)

    @router.post("/{appointment_id}/confirm")
    async def confirm_appointment(
        appointment_id: AppointmentPath,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
    ) -> AppointmentOut:
        """Confirm what is held. 409 `hold-expired` once the hold has run out."""
        confirmed = await desk.confirm(tenant, appointment_id, command, actor.require_resident())
        return _shown(confirmed, tenant, response)

    @router.post("/{appointment_id}/reaffirm")
    async def reaffirm_appointment(
        appointment_id: AppointmentPath,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
    ) -> AppointmentOut:
        """Say that one is coming; no further reminder than the last is sent then."""
        said = await desk.reaffirm(tenant, appointment_id, command, actor.require_resident())
        return _shown(said, tenant, response)

    @router.post("/{appointment_id}/move")
    async def move_my_appointment(
        appointment_id: AppointmentPath,
        body: MoveBody,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
    ) -> AppointmentOut:
        """Move a confirmed appointment; the old time is given back in the same step. Conflicts as when holding."""
        moved = await desk.move(tenant, appointment_id, body.wish_of, command, actor.require_resident())
        return _shown(moved, tenant, response)

    @router.post("/{appointment_id}/cancel")
    async def cancel_my_appointment(
        appointment_id: AppointmentPath,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
        body: CancelBody | None = None,
    ) -> AppointmentOut:
        """Cancel, or let go of a hold. No reason is asked for; one that is given is kept sealed."""
        reason = body.reason if body else None
        cancelled = await desk.cancel(
            tenant, appointment_id, "resident", reason, command, actor.require_resident()
        )
        return _shown(cancelled, tenant, response)

    return router


def _shown(appointment: Appointment, tenant: Tenant, response: Response) -> AppointmentOut:
    response.headers.update(etag(appointment.version))
    return AppointmentOut.of_state(appointment, tenant)
