"""A client's order, from its draft to the client's acceptance.

draft -> accepted -> in_progress -> delivered -> accepted_by_client
                                    delivered -> returned -> in_progress | delivered
draft, accepted, in_progress, returned -> cancelled
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import ClassVar, Literal

from shared.errors import Conflict, Invalid
from shared.events.envelope import Payload
from shared.events.matching.orders import OrderReceived

State = Literal[
    "draft", "accepted", "in_progress", "delivered", "accepted_by_client", "returned", "cancelled"
]
NEXT: Mapping[State, frozenset[State]] = MappingProxyType(
    {
        "draft": frozenset({"accepted", "cancelled"}),
        "accepted": frozenset({"in_progress", "delivered", "cancelled"}),
        "in_progress": frozenset({"delivered", "cancelled"}),
        "delivered": frozenset({"accepted_by_client", "returned"}),
        "returned": frozenset({"in_progress", "delivered", "cancelled"}),
        "accepted_by_client": frozenset(),
        "cancelled": frozenset(),
    }
)
WORKABLE: frozenset[State] = frozenset({"accepted", "in_progress", "returned"})
"""States in which tasks may be proposed and worked on."""
CHANGEABLE: frozenset[State] = WORKABLE | {"draft"}


class OrderNotThere(Conflict):
    """The order does not stand where this could be done. `state` is where it stands."""

    slug: ClassVar[str] = "order-state"


class OrderUnfinished(Conflict):
    """Something of the order is not done yet. `tasks` says which."""

    slug: ClassVar[str] = "order-unfinished"


@dataclass(frozen=True)
class Step:
    """`state` since `at`; `by` is an actor's name."""

    state: State
    at: datetime
    by: str


@dataclass(frozen=True)
class Order:
    """Instants are UTC. `critical`: the client relies on it so much that only people with proven results work on it. `clearing`: it was cancelled, and
    what was asked for is still being taken back."""

    id: str
    company_id: str
    title: str
    received_at: datetime
    due_at: datetime
    critical: bool = False
    state: State = "draft"
    steps: tuple[Step, ...] = ()
    clearing: bool = False
    version: int = 1


def receive(
    order_id: str, company_id: str, title: str, due_at: datetime, critical: bool, by: str, now: datetime
) -> tuple[Order, list[Payload]]:
    """A new draft. Raises Invalid when it is due already."""
    if due_at <= now:
        raise Invalid("due_at", "must be after now")
    order = Order(order_id, company_id, title, now, due_at, critical, steps=(Step("draft", now, by),))
    return order, [OrderReceived(order_id=order_id, company_id=company_id, due_at=due_at)]


def change(
    order: Order, title: str, due_at: datetime, critical: bool, last_due: datetime | None
) -> tuple[Order, list[Payload]]:
    """Other words, another date. `last_due` is the latest date of its tasks. Raises OrderNotThere, Invalid."""
    if order.state not in CHANGEABLE:
        raise OrderNotThere(f"an order that is {order.state} is not changed", extra={"state": order.state})
    if due_at <= order.received_at:
        raise Invalid("due_at", "must be after the order was received")
    if last_due and due_at < last_due:
        raise Invalid("due_at", "a task of the order is due later: change the task first")
    return replace(order, title=title, due_at=due_at, critical=critical), []


def move(order: Order, to: State, by: str, now: datetime) -> tuple[Order, list[Payload]]:
    """The next state; the same order when it is there already. Raises OrderNotThere."""
    if order.state == to:
        return order, []
    if to not in NEXT[order.state]:
        raise OrderNotThere(f"an order that is {order.state} cannot be {to}", extra={"state": order.state})
    return replace(order, state=to, steps=(*order.steps, Step(to, now, by))), []


def check_workable(order: Order) -> None:
    """Raises OrderNotThere for an order that nobody works on."""
    if order.state not in WORKABLE:
        raise OrderNotThere(f"an order that is {order.state} is not worked on", extra={"state": order.state})


def deliver(order: Order, unfinished: Sequence[str], by: str, now: datetime) -> tuple[Order, list[Payload]]:
    """Hand it to the client. `unfinished` are ids of its tasks that are not done. Raises OrderNotThere, OrderUnfinished."""
    if order.state != "delivered" and unfinished:
        raise OrderUnfinished(f"not done yet: {', '.join(unfinished)}", extra={"tasks": list(unfinished)})
    return move(order, "delivered", by, now)
