"""/booking/v1/centres and /workers: who works where, what they can give, and what they are due."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from services.booking.routes.capacity_shapes import (
    CapacityOut,
    CentreCapacityOut,
    CommitmentsBody,
    PayOut,
    WorkerCapacityOut,
    pay_file,
)
from services.booking.routes.centre_shapes import (
    CentreBody,
    CentreOut,
    CentrePath,
    Month,
    WorkerBody,
    WorkerOut,
    WorkerPath,
    WorkerTerms,
    month_of,
)
from services.booking.routes.shift_shapes import WeekOut
from services.booking.working.parts import Working
from shared.auth import Actor
from shared.errors import Invalid
from shared.http.etag import IfMatch, etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, TenantOf, scope
from shared.ids import id_pattern

Reader = Annotated[Actor, Depends(scope("centre:read"))]
Writer = Annotated[Actor, Depends(scope("centre:write"))]
CentreQuery = Annotated[str | None, Query(pattern=id_pattern("cen"))]


def centre_routes(working: Working) -> APIRouter:
    router = APIRouter(prefix="/centres", tags=["centres"])
    crew = working.crew

    @router.post("", status_code=201)
    async def add_centre(
        body: CentreBody, actor: Writer, command: CommandOf, response: Response
    ) -> CentreOut:
        """Add a digital employment centre with its stations. Each station's seats become resources of the calendar."""
        _no_station_ids(body)
        made = await crew.add_centre(actor.tenant, body.centre(command.new_id("cen")), command)
        response.headers.update(etag(made.version))
        return CentreOut.of(made)

    @router.get("")
    async def list_centres(actor: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[CentreOut]:
        """Centres in order of creation."""
        page = await crew.centres.page(actor.tenant, cursor, limit)
        return Page(data=[CentreOut.of(found) for found in page.data], next=page.next)

    @router.get("/{centre_id}")
    async def get_centre(centre_id: CentrePath, actor: Reader, response: Response) -> CentreOut:
        """One centre; `ETag` is the version for `If-Match`."""
        found = await crew.centres.get(actor.tenant, centre_id)
        response.headers.update(etag(found.version))
        return CentreOut.of(found)

    @router.put("/{centre_id}")
    async def change_centre(
        centre_id: CentrePath, body: CentreBody, actor: Writer, response: Response, expected: IfMatch
    ) -> CentreOut:
        """Replace what is known of a centre. Shifts that exist already stay as they are."""
        present = await crew.centres.get(actor.tenant, centre_id)
        for n, station in enumerate(body.stations):
            if station.id and present.station(station.id) is None:
                raise Invalid(f"stations.{n}.id", "is no station of this centre")
        changed = await crew.change_centre(actor.tenant, body.centre(centre_id, present.version), expected)
        response.headers.update(etag(changed.version))
        return CentreOut.of(changed)

    @router.get("/{centre_id}/capacity")
    async def get_centre_capacity(
        centre_id: CentrePath, actor: Reader, tenant: TenantOf
    ) -> CentreCapacityOut:
        """The ledger of the centre and of each worker, and the forecast of four weeks: what remains for new orders."""
        centre, workers, total = await working.reviewing.of_centre(tenant, centre_id)
        return CentreCapacityOut(
            **CapacityOut.of(centre, total).model_dump(),
            workers=[
                WorkerCapacityOut(**CapacityOut.of(centre, capacity).model_dump(), resident_id=resident_id)
                for resident_id, capacity in workers.items()
            ],
        )

    @router.get("/{centre_id}/pay", response_class=Response, responses={200: {"content": {"text/csv": {}}}})
    async def get_centre_pay(
        centre_id: CentrePath, actor: Reader, tenant: TenantOf, month: Month
    ) -> Response:
        """Everybody's statement of a month as CSV for spreadsheets (UTF-8 with a byte order mark)."""
        statements = await working.paying.of_centre(tenant, centre_id, month_of(month))
        return pay_file(statements, month)

    return router


def worker_routes(working: Working) -> APIRouter:
    router = APIRouter(prefix="/workers", tags=["workers"])
    crew = working.crew

    @router.post("", status_code=201)
    async def enrol_worker(
        body: WorkerBody, actor: Writer, tenant: TenantOf, command: CommandOf, response: Response
    ) -> WorkerOut:
        """A resident begins to work with a centre."""
        made = await crew.enrol(tenant, body.worker(body.resident_id), command)
        response.headers.update(etag(made.version))
        return WorkerOut.of(made)

    @router.get("")
    async def list_workers(
        actor: Reader, centre_id: CentreQuery = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[WorkerOut]:
        """Workers in order of enrolment."""
        page = await crew.workers.page(actor.tenant, cursor, limit, centre_id)
        return Page(data=[WorkerOut.of(found) for found in page.data], next=page.next)

    @router.get("/{resident_id}")
    async def get_worker(resident_id: WorkerPath, actor: Reader, response: Response) -> WorkerOut:
        """One worker; `ETag` is the version for `If-Match`. It moves with every change of their schedule."""
        found = (await crew.workers.find(actor.tenant, resident_id)).worker
        response.headers.update(etag(found.version))
        return WorkerOut.of(found)

    @router.put("/{resident_id}")
    async def change_worker(
        resident_id: WorkerPath,
        body: WorkerTerms,
        actor: Writer,
        tenant: TenantOf,
        response: Response,
        expected: IfMatch,
    ) -> WorkerOut:
        """Replace a worker's terms. Shifts that exist already stay as they are."""
        changed = await crew.change_worker(tenant, body.worker(resident_id), expected)
        response.headers.update(etag(changed.version))
        return WorkerOut.of(changed)

    @router.get("/{resident_id}/week")
    async def get_worker_week(
        resident_id: WorkerPath, actor: Reader, tenant: TenantOf, monday: date, response: Response
    ) -> WeekOut:
        """One worker's week."""
        week = await working.scheduling.week(tenant, resident_id, monday)
        response.headers.update(etag(week.version))
        return WeekOut.of(week)

    @router.get("/{resident_id}/capacity")
    async def get_worker_capacity(
        resident_id: WorkerPath, actor: Reader, tenant: TenantOf
    ) -> WorkerCapacityOut:
        """One worker's ledger and forecast of four weeks."""
        _, centre, capacity = await working.reviewing.of_worker(tenant, resident_id)
        return WorkerCapacityOut(**CapacityOut.of(centre, capacity).model_dump(), resident_id=resident_id)

    @router.put("/{resident_id}/commitments")
    async def put_commitments(
        resident_id: WorkerPath,
        body: CommitmentsBody,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
    ) -> WorkerCapacityOut:
        """What a worker has promised besides Banso's own orders, in minutes by week. It replaces what staff said before, and is added to what the orders
        that the worker has accepted hold by themselves: `committed` is both."""
        commitments = {week.monday: week.minutes for week in body.weeks}
        if len(commitments) < len(body.weeks):
            raise Invalid("weeks", "a week is named twice")
        await working.reviewing.commit_minutes(tenant, resident_id, commitments, command)
        _, centre, capacity = await working.reviewing.of_worker(tenant, resident_id)
        return WorkerCapacityOut(**CapacityOut.of(centre, capacity).model_dump(), resident_id=resident_id)

    @router.get("/{resident_id}/pay")
    async def get_worker_pay(
        resident_id: WorkerPath, actor: Reader, tenant: TenantOf, month: Month
    ) -> PayOut:
        """One worker's statement of a month."""
        return PayOut.of(await working.paying.of_worker(tenant, resident_id, month_of(month)))

    return router


def _no_station_ids(body: CentreBody) -> None:
    for n, station in enumerate(body.stations):
        if station.id:
            raise Invalid(f"stations.{n}.id", "a new station gets its id here")
