"""/matching/v1/me/assignments: what a worker is asked for. Declining needs no reason and has no consequence."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.matching.ordering.parts import Ordering
from services.matching.orders.assignment import Assignment, State
from services.matching.routes.orders.assignment_shapes import MyAssignmentOut, ResultBody
from services.matching.routes.orders.shapes import AssignmentPath
from shared.http.etag import etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, ResidentOf


def my_assignment_routes(ordering: Ordering) -> APIRouter:
    router = APIRouter(prefix="/me/assignments", tags=["my work"])
    working, books = ordering.working, ordering.books

    @router.get("")
    async def list_my_assignments(
        actor: ResidentOf,
        state: Annotated[State | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[MyAssignmentOut]:
        """What I was asked for, newest first."""
        where = {"resident_id": actor.require_resident(), **({"state": state} if state else {})}
        page = await books.assignments.page(actor.tenant, where, cursor, limit)
        return Page(data=[MyAssignmentOut.of(found) for found in page.data], next=page.next)

    @router.get("/{assignment_id}")
    async def get_my_assignment(
        assignment_id: AssignmentPath, actor: ResidentOf, response: Response
    ) -> MyAssignmentOut:
        """One of them."""
        return _shown(await working.of(actor.tenant, actor.require_resident(), assignment_id), response)

    @router.post("/{assignment_id}/accept")
    async def accept_my_assignment(
        assignment_id: AssignmentPath, actor: ResidentOf, command: CommandOf, response: Response
    ) -> MyAssignmentOut:
        """Say yes. It can be handed back at any time."""
        found = await working.accept(actor.tenant, actor.require_resident(), assignment_id, command)
        return _shown(found, response)

    @router.post("/{assignment_id}/decline")
    async def decline_my_assignment(
        assignment_id: AssignmentPath, actor: ResidentOf, command: CommandOf, response: Response
    ) -> MyAssignmentOut:
        """Not this one, or not any more. Nobody asks why, and nothing follows from it."""
        found = await working.decline(actor.tenant, actor.require_resident(), assignment_id, command)
        return _shown(found, response)

    @router.post("/{assignment_id}/start")
    async def start_my_assignment(
        assignment_id: AssignmentPath, actor: ResidentOf, command: CommandOf, response: Response
    ) -> MyAssignmentOut:
        """I begin."""
        found = await working.start(actor.tenant, actor.require_resident(), assignment_id, command)
        return _shown(found, response)

    @router.post("/{assignment_id}/result")
    async def record_my_result(
        assignment_id: AssignmentPath,
        body: ResultBody,
        actor: ResidentOf,
        command: CommandOf,
        response: Response,
    ) -> MyAssignmentOut:
        """What I have done. It can be put right until somebody has looked at it; part of it is fine."""
        resident_id = actor.require_resident()
        found = await working.record(
            actor.tenant, assignment_id, body.done, body.minutes, actor.name, command, resident_id
        )
        return _shown(found, response)

    return router


def _shown(found: Assignment, response: Response) -> MyAssignmentOut:
    response.headers.update(etag(found.version))
    return MyAssignmentOut.of(found)
