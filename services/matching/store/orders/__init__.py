"""Client orders in the database: orders, their tasks, who is asked for what, what came of it; and what is needed to plan."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from pymongo import ASCENDING, IndexModel

from services.matching.orders.assignment import OPEN, Assignment
from services.matching.orders.evidence import KEPT_FOR
from services.matching.orders.order import Order
from services.matching.orders.plan_record import PlanRecord
from services.matching.orders.task import Task
from services.matching.store.orders.capacities import Capacities
from services.matching.store.orders.documents import Documents
from services.matching.store.orders.results import Results
from services.matching.store.orders.task_types import TaskTypes
from shared.listing import order_of
from shared.mongo import CollectionSpec, Document
from shared.outbox import OUTBOX_INDEX, Outbox
from shared.retention import Kept
from shared.sealing import Sealer
from shared.shape import Shape


def _by(*fields: str) -> IndexModel:
    return IndexModel([("tenant_id", ASCENDING), *((name, ASCENDING) for name in fields)])


COLLECTIONS = (
    CollectionSpec(
        "orders",
        (_by("order"), _by("state", "order"), _by("clearing", "order"), _by("due_at"), OUTBOX_INDEX),
    ),
    CollectionSpec("tasks", (_by("order_id", "order"), _by("open", "order"))),
    CollectionSpec(
        "assignments",
        (
            _by("order"),
            _by("state", "order"),
            _by("order_id", "order"),
            _by("order_id", "state", "order"),
            _by("task_id", "order"),
            _by("resident_id", "order"),
            _by("resident_id", "state", "order"),
            _by("resident_id", "open", "order"),
            _by("open", "order"),
            OUTBOX_INDEX,
        ),
    ),
    CollectionSpec("work_results", (_by("at"),)),
    CollectionSpec("assignment_plans", (_by("order"), _by("unfinished", "order"), _by("at"))),
    CollectionSpec("task_types", (_by("code"),)),
    CollectionSpec("capacities", (_by("resident_id"),)),
)
OUTBOXES = ("orders", "assignments")
PLANS_KEPT = timedelta(days=90)
"""By then everything that they looked at is due."""
KEPT = (
    Kept("work_results", "at", lambda _: KEPT_FOR.days),
    Kept("assignment_plans", "at", lambda _: PLANS_KEPT.days),
)


@dataclass(frozen=True)
class OrderStore:
    """All of it."""

    outbox: Outbox
    orders: Documents[Order]
    tasks: Documents[Task]
    assignments: Documents[Assignment]
    plans: Documents[PlanRecord]
    task_types: TaskTypes
    results: Results
    capacities: Capacities


def open_orders(outbox: Outbox, sealer: Sealer) -> OrderStore:
    """Over one service's database."""
    return OrderStore(
        outbox=outbox,
        orders=Documents(
            outbox, "orders", Shape(Order), lambda order: {"order": order_of(order.received_at, order.id)}
        ),
        tasks=Documents(
            outbox, "tasks", Shape(Task), _beside_task, *_sealing(sealer, "tasks.note", _task_notes)
        ),
        assignments=Documents(
            outbox,
            "assignments",
            Shape(Assignment),
            _beside_assignment,
            *_sealing(sealer, "assignments.note", lambda fields: [fields]),
        ),
        plans=Documents(
            outbox,
            "assignment_plans",
            Shape(PlanRecord),
            _beside_plan,
        ),
        task_types=TaskTypes(outbox),
        results=Results(outbox.db),
        capacities=Capacities(outbox.db),
    )


def _beside_task(task: Task) -> Document:
    return {"order": order_of(task.created_at, task.id), "open": task.state == "open"}


def _beside_assignment(assignment: Assignment) -> Document:
    return {
        "order": order_of(assignment.proposed_at, assignment.id),
        "open": assignment.state in OPEN,
    }


def _beside_plan(plan: PlanRecord) -> Document:
    return {
        "order": order_of(plan.made_at, plan.id),
        "at": plan.made_at,
        "unfinished": bool(plan.asking),
    }


def _task_notes(fields: Document) -> list[Document]:
    return list(fields["overrides"])


def _sealing(
    sealer: Sealer, field: str, places: Callable[[Document], list[Document]]
) -> tuple[Callable[[str, Document], Document], Callable[[str, Document], Document]]:
    """Both ways, for the key `note` of each of `places`."""

    def turned(by: Callable[[str, str, Any], Any]) -> Callable[[str, Document], Document]:
        def turn(tenant: str, fields: Document) -> Document:
            for place in places(fields):
                if place.get("note") is not None:
                    place["note"] = by(tenant, field, place["note"])
            return fields

        return turn

    return turned(sealer.seal), turned(sealer.open)
