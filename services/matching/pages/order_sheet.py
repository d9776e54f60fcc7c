"""One order with its tasks, as staff see it; every form of it that is refused shows it again."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from fastapi.responses import HTMLResponse

from services.matching.ordering.parts import Ordering
from services.matching.orders.assignment import OPEN, Assignment
from services.matching.orders.order import CHANGEABLE, NEXT, WORKABLE
from services.matching.orders.wording import ASSIGNMENT_STATES, ORDER_STATES
from services.matching.pages.order_views import Progress
from services.matching.pages.terms_form import EMPTY, TermsForm
from services.matching.store import Store
from services.matching.store.workers import Worker
from shared.errors import NotFound
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.staff import Staff

PAGE = "/matching/staff/orders"
EVERY = 2_000
GONE = "いまはない会社"
NOTHING_WRONG: Mapping[str, str] = MappingProxyType({})


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

    async def workers(self, tenant: str) -> list[Worker]:
        """Who may be asked for something."""
        return [w for w in await self.store.workers.of_tenant(tenant) if w.active]

    async def skills(self, tenant: str, chosen: Iterable[str] = ()) -> list[str]:
        """Codes that a task may ask for: those that workers have, and those that were `chosen` already."""
        capacities = await self.ordering.books.capacities.every(tenant)
        return sorted({skill for capacity in capacities for skill in capacity.skills} | set(chosen))

    async def show(
        self,
        staff: Staff,
        order_id: str,
        *,
        status: int = 200,
        problem: str = "",
        form: TermsForm = EMPTY,
        problems: Mapping[str, str] = NOTHING_WRONG,
    ) -> HTMLResponse:
        """Raises NotFound. `form` is what stands in the form of a new task, `problems` what is wrong with its fields."""
        tenant, books = staff.tenant.id, self.ordering.books
        order = await books.orders.get(tenant, order_id)
        tasks = await self.ordering.desk.tasks(tenant, order_id)
        given: dict[str, list[Assignment]] = {}
        for one in await books.assignments.every(tenant, {"order_id": order_id}, EVERY):
            given.setdefault(one.task_id, []).append(one)
        kinds = {kind.code: kind for kind in await books.task_types.every(tenant)}
        writable = staff.may("orders:write") and order.state in CHANGEABLE
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
            workers=await self.workers(tenant),
            skills=await self.skills(tenant, form.skills) if writable else [],
            may_write=staff.may("orders:write"),
            changeable=order.state in CHANGEABLE,
            workable=order.state in WORKABLE,
            onward=NEXT[order.state],
            order_states=ORDER_STATES,
            assignment_states=ASSIGNMENT_STATES,
            open_states=OPEN,
            form=form,
            problems=problems,
            idempotency_key=new_ulid(),
        )
