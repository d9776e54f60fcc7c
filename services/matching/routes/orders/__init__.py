"""The API of client orders."""

from fastapi import APIRouter

from services.matching.ordering.parts import Ordering
from services.matching.routes.orders.assignments import assignment_routes, order_worker_routes, plan_routes
from services.matching.routes.orders.my_assignments import my_assignment_routes
from services.matching.routes.orders.orders import order_routes, task_type_routes
from services.matching.routes.orders.tasks import task_routes


def ordering_routes(ordering: Ordering) -> list[APIRouter]:
    """All of it."""
    return [
        task_type_routes(ordering),
        order_routes(ordering),
        task_routes(ordering),
        plan_routes(ordering),
        assignment_routes(ordering),
        order_worker_routes(ordering),
        my_assignment_routes(ordering),
    ]
