"""One order with its tasks, as staff see it; every form of it that is refused shows it again."""

from fastapi.responses import HTMLResponse

from services.matching.ordering.parts import Ordering
from services.matching.orders.assignment import OPEN, Assignment
from services.matching.orders.order import CHANGEABLE, NEXT, WORKABLE
from services.matching.orders.wording import ASSIGNMENT_STATES, ORDER_STATES
from services.matching.pages.order_views import Progress
from services.matching.store import Store
from shared.errors import NotFound
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.staff import Staff

PAGE = "/matching/staff/orders"
EVERY = 2_000
GONE = "いまはない会社"


class OrderSheet:
    def __init__(self, pages: Pages, store: Store, ordering: Ordering) -> None:
        self.pages = pages
        self.store = store
        self.ordering = ordering

    async def company_name(self, tenant: str, company_id: str) -> str:
        try:
            return (await self.store.companies.get(tenant, company_id)).name
        except NotFound:
            return GONE

    async def show(
        self,
        staff: Staff,
        order_id: str,
        *,
        status: int = 200,
        problem: str = "",
        typed: dict[str, str] | None = None,
    ) -> HTMLResponse:
        """Raises NotFound. `typed` is what stands in the form of a new task."""
        tenant, books = staff.tenant.id, self.ordering.books
        order = await books.orders.get(tenant, order_id)
        tasks = await self.ordering.desk.tasks(tenant, order_id)
        given: dict[str, list[Assignment]] = {}
        for one in await books.assignments.every(tenant, {"order_id": order_id}, EVERY):
            given.setdefault(one.task_id, []).append(one)
        kinds = {kind.code: kind for kind in await books.task_types.every(tenant)}
        workers = [w for w in await self.store.workers.of_tenant(tenant) if w.active]
        return self.pages.render(
            "staff_order.html",
            staff.tenant,
            status=status,
            problem=problem,
            staff=staff,
            here=PAGE,
            order=order,
            company=await self.company_name(tenant, order.company_id),
            tasks=tasks,
            progress=Progress.of(tasks),
            bars={task.id: Progress.of([task]) for task in tasks},
            given=given,
            kinds=kinds,
            workers=workers,
            may_write=staff.may("orders:write"),
            changeable=order.state in CHANGEABLE,
            workable=order.state in WORKABLE,
            onward=NEXT[order.state],
            order_states=ORDER_STATES,
            assignment_states=ASSIGNMENT_STATES,
            open_states=OPEN,
            typed=typed or {},
            idempotency_key=new_ulid(),
        )
