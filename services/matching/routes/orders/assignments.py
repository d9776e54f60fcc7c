"""/matching/v1/assignment-plans, /assignments and /order-workers: who might do what, who is asked, and what came of it."""

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.matching.ordering.parts import Ordering
from services.matching.orders.assignment import Assignment, State
from services.matching.orders.problem import DAYS
from services.matching.routes.orders.assignment_shapes import (
    AskBody,
    AssignmentOut,
    CheckBody,
    ReplaceBody,
    ResultBody,
)
from services.matching.routes.orders.plan_shapes import AbilityOut, AskPlanBody, OrderWorkerOut, PlanOut
from services.matching.routes.orders.shapes import (
    AssignmentPath,
    OrderId,
    PlanPath,
    Reader,
    ResidentId,
    WorkerPath,
    Writer,
)
from shared.errors import Invalid
from shared.http.etag import etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, TenantOf


def plan_routes(ordering: Ordering) -> APIRouter:
    router = APIRouter(prefix="/assignment-plans", tags=["assignments"])
    planning, asking, books = ordering.planning, ordering.plan_asking, ordering.books

    @router.post("", status_code=201)
    async def make_assignment_plan(actor: Writer, tenant: TenantOf, command: CommandOf) -> PlanOut:
        """Who might do what in the next four weeks, with reasons, and why some of it went to nobody; answers within about five seconds. Nobody is asked yet."""
        return PlanOut.of(await planning.make(tenant, actor.name, command))

    @router.get("")
    async def list_assignment_plans(
        actor: Reader, cursor: Cursor = None, limit: Annotated[int, Query(ge=1, le=20)] = 5
    ) -> Page[PlanOut]:
        """Plans, newest first."""
        page = await books.plans.page(actor.tenant, {}, cursor, limit)
        return Page(data=[PlanOut.of(plan) for plan in page.data], next=page.next)

    @router.get("/{plan_id}")
    async def get_assignment_plan(plan_id: PlanPath, actor: Reader) -> PlanOut:
        """One plan."""
        return PlanOut.of(await books.plans.get(actor.tenant, plan_id))

    @router.post("/{plan_id}/ask")
    async def ask_workers(
        plan_id: PlanPath, actor: Writer, command: CommandOf, body: AskPlanBody | None = None
    ) -> PlanOut:
        """Ask the workers of a plan. What is not so any more is refused by its reason; whoever was asked is asked once."""
        places = body.places if body else None
        return PlanOut.of(await asking.ask(actor.tenant, plan_id, places, actor.name, command))

    return router


def assignment_routes(ordering: Ordering) -> APIRouter:
    router = APIRouter(prefix="/assignments", tags=["assignments"])
    proposing, working, books = ordering.proposing, ordering.working, ordering.books

    @router.post("", status_code=201)
    async def propose_assignment(
        body: AskBody, actor: Writer, command: CommandOf, response: Response
    ) -> AssignmentOut:
        """Ask a worker. 409 `task-taken` when somebody else was asked first, `worker-cannot` with the rule that is against it."""
        return _shown(await proposing.propose(actor.tenant, body.ask(), actor.name, command), response)

    @router.get("")
    async def list_assignments(
        actor: Reader,
        state: Annotated[State | None, Query()] = None,
        order_id: Annotated[OrderId | None, Query()] = None,
        resident_id: Annotated[ResidentId | None, Query()] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[AssignmentOut]:
        """Assignments, newest first: all, of one order, or by worker and state."""
        if order_id and (state or resident_id):
            raise Invalid("order_id", "is asked for alone")
        if order_id:
            await books.orders.get(actor.tenant, order_id)
        if resident_id:
            await ordering.knowing.store.workers.get(actor.tenant, resident_id)
        asked = {"state": state, "order_id": order_id, "resident_id": resident_id}
        where = {name: value for name, value in asked.items() if value}
        page = await books.assignments.page(actor.tenant, where, cursor, limit)
        return Page(data=[AssignmentOut.of(found) for found in page.data], next=page.next)

    @router.get("/{assignment_id}")
    async def get_assignment(
        assignment_id: AssignmentPath, actor: Reader, response: Response
    ) -> AssignmentOut:
        """One assignment."""
        return _shown(await books.assignments.get(actor.tenant, assignment_id), response)

    @router.post("/{assignment_id}/replace", status_code=201)
    async def replace_assignment(
        assignment_id: AssignmentPath,
        body: ReplaceBody,
        actor: Writer,
        command: CommandOf,
        response: Response,
    ) -> AssignmentOut:
        """Edit what was proposed and not answered yet: it is withdrawn, and the new one proposed, in one step."""
        made = await proposing.replace(actor.tenant, assignment_id, body.ask(), actor.name, command)
        return _shown(made, response)

    @router.post("/{assignment_id}/withdraw")
    async def withdraw_assignment(
        assignment_id: AssignmentPath, actor: Writer, command: CommandOf, response: Response
    ) -> AssignmentOut:
        """Take it back. 409 `assignment-state` once a result was recorded."""
        return _shown(await proposing.withdraw(actor.tenant, assignment_id, command), response)

    @router.post("/{assignment_id}/result")
    async def record_result(
        assignment_id: AssignmentPath,
        body: ResultBody,
        actor: Writer,
        command: CommandOf,
        response: Response,
    ) -> AssignmentOut:
        """Write down for the worker what was done."""
        kept = await working.record(actor.tenant, assignment_id, body.done, body.minutes, actor.name, command)
        return _shown(kept, response)

    @router.post("/{assignment_id}/check")
    async def check_assignment(
        assignment_id: AssignmentPath,
        body: CheckBody,
        actor: Writer,
        command: CommandOf,
        response: Response,
    ) -> AssignmentOut:
        """What was found when it was looked at. Units that come back become a task of their own."""
        kept = await working.check(
            actor.tenant,
            assignment_id,
            body.checked,
            body.passed,
            body.returned,
            body.reason,
            actor.name,
            command,
        )
        return _shown(kept, response)

    return router


def order_worker_routes(ordering: Ordering) -> APIRouter:
    router = APIRouter(prefix="/order-workers", tags=["assignments"])
    knowing = ordering.knowing

    @router.get("")
    async def list_order_workers(actor: Reader) -> list[OrderWorkerOut]:
        """Workers whose time is known, with what is left of it beside what they are asked for already."""
        known = await knowing.everybody(actor.tenant)
        days = [known.first + timedelta(days=n) for n in range(DAYS)]
        return [OrderWorkerOut.of(known.hands[resident_id], days) for resident_id in sorted(known.hands)]

    @router.get("/{resident_id}/abilities")
    async def list_abilities(resident_id: WorkerPath, actor: Reader) -> list[AbilityOut]:
        """What may be expected of a worker, by kind of task: for planning, never for ranking people."""
        await knowing.store.workers.get(actor.tenant, resident_id)
        knowledge = await knowing.knowledge(actor.tenant)
        return [
            AbilityOut.of(kind.code, knowledge.ability(resident_id, kind.code))
            for kind in await ordering.books.task_types.every(actor.tenant)
        ]

    return router


def _shown(found: Assignment, response: Response) -> AssignmentOut:
    response.headers.update(etag(found.version))
    return AssignmentOut.of(found)
