"""/booking/v1/me/…: what a worker does with their own week, attendance, offers, contracts and stays."""

from datetime import date, timedelta

from fastapi import APIRouter, Response

from services.booking.routes.agreement_shapes import ContractOut, EndBody, ExperienceOut
from services.booking.routes.capacity_shapes import CapacityOut, PayOut
from services.booking.routes.centre_shapes import ContractPath, ExperiencePath, Month, ShiftPath, month_of
from services.booking.routes.contracts import contract_shown, experience_shown
from services.booking.routes.shift_shapes import (
    AttendanceBody,
    AttendanceOut,
    CopyBody,
    OfferOut,
    ShiftOut,
    WeekBody,
    WeekOut,
)
from services.booking.slot import check_date
from services.booking.store.shifts import Found
from services.booking.working.parts import Working
from shared.http.etag import IfMatch, etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, ResidentOf, TenantOf


def my_week_routes(working: Working) -> APIRouter:
    router = APIRouter(prefix="/me", tags=["my work"])
    scheduling, attending, substituting = working.scheduling, working.attending, working.substituting

    @router.get("/week")
    async def get_my_week(actor: ResidentOf, tenant: TenantOf, monday: date, response: Response) -> WeekOut:
        """My week; `ETag` is the version for `If-Match`."""
        week = await scheduling.week(tenant, actor.require_resident(), monday)
        response.headers.update(etag(week.version))
        return WeekOut.of(week)

    @router.put("/week")
    async def set_my_week(
        body: WeekBody,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
        expected: IfMatch,
    ) -> WeekOut:
        """Set my week, all of it in one step. 409 `station-full` when no seat is left, `time-taken` when I have something else then; the
        week stays as it was."""
        entries = [entry.entry() for entry in body.entries]
        week = await scheduling.set_week(
            tenant, actor.require_resident(), body.monday, entries, command, expected
        )
        response.headers.update(etag(week.version))
        return WeekOut.of(week)

    @router.post("/week/copy")
    async def copy_my_week(
        body: CopyBody, actor: ResidentOf, tenant: TenantOf, command: CommandOf, response: Response
    ) -> WeekOut:
        """Set a week as the one before it (or `source`) was; days that stand already stay."""
        check_date("monday", body.monday, working.crew.today(tenant))
        source = body.source or body.monday - timedelta(weeks=1)
        week = await scheduling.copy(tenant, actor.require_resident(), source, body.monday, command)
        response.headers.update(etag(week.version))
        return WeekOut.of(week)

    @router.post("/attendance")
    async def report_attendance(
        body: AttendanceBody, actor: ResidentOf, tenant: TenantOf, command: CommandOf
    ) -> AttendanceOut:
        """Say that I am absent, late, leaving early, or there. No reason is asked; it can be put right at any time."""
        if body.service_date:
            check_date("service_date", body.service_date, working.crew.today(tenant))
        told = await attending.report(
            tenant, actor.require_resident(), body.status, command, body.service_date
        )
        shift = ShiftOut.of(told.shift) if told.shift else None
        return AttendanceOut(status=told.status, unclear=told.unclear, shift=shift)

    @router.get("/offers")
    async def list_my_offers(actor: ResidentOf, tenant: TenantOf) -> list[OfferOut]:
        """Hours that I may take now."""
        who, now = actor.require_resident(), working.crew.now()
        found = await working.crew.shifts.offered_to(tenant.id, who)
        return [_offer(f) for f in found if f.offer.open_to(who, now) and f.shift.state == "absent"]

    @router.post("/offers/{shift_id}/take")
    async def take_offer(
        shift_id: ShiftPath, actor: ResidentOf, tenant: TenantOf, command: CommandOf
    ) -> ShiftOut:
        """Take the hours. 409 `offer-ended` when they are not kept for me any more."""
        return ShiftOut.of(await substituting.take(tenant, actor.require_resident(), shift_id, command))

    @router.post("/offers/{shift_id}/pass", status_code=204)
    async def pass_offer(shift_id: ShiftPath, actor: ResidentOf, tenant: TenantOf) -> None:
        """Not this time. Somebody else is asked; nothing is kept of it."""
        await substituting.refuse(tenant, actor.require_resident(), shift_id)

    @router.get("/capacity")
    async def get_my_capacity(actor: ResidentOf, tenant: TenantOf) -> CapacityOut:
        """My hours: planned, worked, promised, and the weeks to come."""
        _, centre, capacity = await working.reviewing.of_worker(tenant, actor.require_resident())
        return CapacityOut.of(centre, capacity)

    @router.get("/pay")
    async def get_my_pay(actor: ResidentOf, tenant: TenantOf, month: Month) -> PayOut:
        """My statement of a month."""
        return PayOut.of(await working.paying.of_worker(tenant, actor.require_resident(), month_of(month)))

    return router


def my_agreement_routes(working: Working) -> APIRouter:
    router = APIRouter(prefix="/me", tags=["my work"])
    contracting, staying = working.contracting, working.staying

    @router.get("/contracts")
    async def list_my_contracts(
        actor: ResidentOf, tenant: TenantOf, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[ContractOut]:
        """My contracts in order of proposal."""
        page = await contracting.contracts.page(tenant.id, cursor, limit, actor.require_resident())
        return Page(data=[ContractOut.of(found, callers=False) for found in page.data], next=page.next)

    @router.get("/contracts/{contract_id}")
    async def get_my_contract(
        contract_id: ContractPath, actor: ResidentOf, tenant: TenantOf, response: Response
    ) -> ContractOut:
        """One of my contracts with its whole history."""
        found = await contracting.get(tenant, contract_id, actor.require_resident())
        return contract_shown(found, response, callers=False)

    @router.post("/contracts/{contract_id}/agree")
    async def agree_to_my_contract(
        contract_id: ContractPath,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
    ) -> ContractOut:
        """Agree to the contract that is proposed, or, while it runs, to its renewal."""
        who = actor.require_resident()
        agreed = await contracting.agree(tenant, contract_id, "worker", actor.name, command, who)
        return contract_shown(agreed, response, callers=False)

    @router.post("/contracts/{contract_id}/end")
    async def end_my_contract(
        contract_id: ContractPath,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
        body: EndBody | None = None,
    ) -> ContractOut:
        """Do not renew it, or end it on the day `on`. Nobody asks why."""
        who, on = actor.require_resident(), body.on if body else None
        ended = await contracting.end(tenant, contract_id, "worker", actor.name, on, command, who)
        return contract_shown(ended, response, callers=False)

    @router.get("/experiences")
    async def list_my_experiences(
        actor: ResidentOf, tenant: TenantOf, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[ExperienceOut]:
        """My stays at workplaces in order of request."""
        page = await staying.experiences.page(tenant.id, cursor, limit, actor.require_resident())
        return Page(data=[ExperienceOut.of(found) for found in page.data], next=page.next)

    @router.get("/experiences/{experience_id}")
    async def get_my_experience(
        experience_id: ExperiencePath, actor: ResidentOf, tenant: TenantOf, response: Response
    ) -> ExperienceOut:
        """One of my stays."""
        return experience_shown(await staying.get(tenant, experience_id, actor.require_resident()), response)

    @router.post("/experiences/{experience_id}/agree")
    async def agree_to_my_experience(
        experience_id: ExperiencePath,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
    ) -> ExperienceOut:
        """I agree to the stay."""
        who = actor.require_resident()
        agreed = await staying.agree(tenant, experience_id, "resident", actor.name, command, who)
        return experience_shown(agreed, response)

    @router.post("/experiences/{experience_id}/withdraw")
    async def withdraw_from_my_experience(
        experience_id: ExperiencePath,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
    ) -> ExperienceOut:
        """I step back. Nobody asks why."""
        who = actor.require_resident()
        return experience_shown(
            await staying.withdraw(tenant, experience_id, "resident", command, who), response
        )

    return router


def _offer(found: Found) -> OfferOut:
    shift, stretch = found.shift, found.shift.stretch
    return OfferOut(
        shift_id=shift.id,
        service_date=stretch.service_date,
        start_minute=stretch.start_minute,
        end_minute=stretch.end_minute,
        label=stretch.label,
        starts_at=shift.starts_at,
        station_id=shift.station_id,
        until=found.offer.until or shift.starts_at,
    )
