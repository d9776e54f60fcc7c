"""An order as a form: its name, the day until which it is due, and whether the client relies on it."""

from dataclasses import dataclass
from datetime import datetime

from services.matching.orders.order import Order
from services.matching.pages.order_views import due_at_of, due_day
from services.matching.pages.sent import Fields, one


@dataclass(frozen=True)
class OrderForm:
    """As typed; `due` is an ISO date."""

    title: str = ""
    due: str = ""
    critical: bool = False


EMPTY = OrderForm()


def sent_order(fields: Fields) -> OrderForm:
    return OrderForm(one(fields, "title", 100), one(fields, "due", 40), bool(one(fields, "critical")))


def form_of_order(order: Order) -> OrderForm:
    """What stands in the form when an order is to be changed."""
    return OrderForm(order.title, due_day(order.due_at).isoformat(), order.critical)


def read_due(form: OrderForm, present: Order | None = None) -> tuple[datetime | None, dict[str, str]]:
    """When it is due, and what is wrong by field. A day that stands as it did keeps the exact instant of `present`."""
    problems = {} if form.title else {"title": "注文の名前を書いてください。"}
    if present and form.due == form_of_order(present).due:
        return present.due_at, problems
    try:
        return due_at_of(form.due), problems
    except ValueError:
        return None, {**problems, "due": "しめきりの日を選んでください。"}
