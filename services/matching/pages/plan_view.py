"""What has become of a plan's proposals: who is asked now, and who was asked before staff put somebody else in their place."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.matching.orders.assignment import Assignment
from services.matching.orders.plan_record import PlanRecord
from services.matching.store.orders import OrderStore


@dataclass(frozen=True)
class Asked:
    """`present` is the request as it stands, `earlier` are those that it came instead of, the first one first."""

    present: Assignment
    earlier: tuple[Assignment, ...] = ()


async def asked_of(books: OrderStore, tenant: str, plan: PlanRecord) -> dict[int, Asked]:
    """By place; nothing of what nobody was asked for yet."""
    known = await books.assignments.of(tenant, set(plan.asked.values()))
    following = known
    while following := await books.assignments.of(tenant, _onward(following)):
        known = {**known, **following}
    return {int(place): _asked(known, first) for place, first in plan.asked.items() if first in known}


def _onward(known: Mapping[str, Assignment]) -> set[str]:
    return {one.replaced_by for one in known.values() if one.replaced_by}


def _asked(known: Mapping[str, Assignment], first: str) -> Asked:
    line = [known[first]]
    while (after := line[-1].replaced_by) and after in known:
        line.append(known[after])
    return Asked(line[-1], tuple(line[:-1]))
