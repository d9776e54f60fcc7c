"""Asking the workers of a plan: one step for staff, however many they are. What staff want is written into the plan with the first requests of it, and
the rest follows in transactions of a hundred, each with what the plan says of it: so everybody is asked once, whoever presses how often, and a process
that dies between two of them leaves the rest to `Finishing`."""

from collections.abc import Collection
from dataclasses import dataclass, replace

from services.matching.ordering.batch import Batch, batch_of
from services.matching.ordering.knowing import Knowing
from services.matching.orders.asking import Ask
from services.matching.orders.plan_record import PlanRecord, Proposal, tell, want
from services.matching.store.bulk import Bulk
from services.matching.store.orders.documents import Found
from services.matching.store.together import together
from shared.changing import TRIES
from shared.errors import Conflict, StaleVersion
from shared.idempotency import Command
from shared.ids import derived_id
from shared.mongo import Duplicate
from shared.outbox import Changes

AT_ONCE = 100
CHANGING = ("asked", "refused", "asking", "unfinished")


@dataclass(frozen=True)
class Wish:
    """Staff's: these places of a plan, or all."""

    places: Collection[int] | None
    by: str
    command: Command


class PlanAsking:
    def __init__(self, knowing: Knowing, at_once: int = AT_ONCE) -> None:
        self.knowing = knowing
        self.books = knowing.books
        self.at_once = at_once

    async def ask(
        self, tenant: str, plan_id: str, places: Collection[int] | None, by: str, command: Command
    ) -> PlanRecord:
        """Ask the workers of these proposals, or of all. What has changed meanwhile is refused by its reason. Raises NotFound, IdempotencyConflict."""

        plan = await self._some(tenant, plan_id, Wish(places, by, command))
        return await self.finish(tenant, plan_id) if plan.asking else plan

    async def finish(self, tenant: str, plan_id: str) -> PlanRecord:
        """Ask whoever is still to be asked. Raises NotFound."""
        while (plan := await self._some(tenant, plan_id)).asking:
            continue
        return plan

    async def _some(self, tenant: str, plan_id: str, wish: Wish | None = None) -> PlanRecord:
        """One transaction of it, and again while somebody else moves the plan on: that has an end, for what they do is asking, too."""
        lost = 0
        while True:
            found = await self.books.plans.find(tenant, plan_id)
            try:
                return await self._try(tenant, found, wish)
            except (StaleVersion, Duplicate):
                moved_on = (await self.books.plans.get(tenant, plan_id)).version > found.thing.version
                lost = 0 if moved_on else lost + 1
                if lost == TRIES:
                    raise Conflict("too many changes at the same moment") from None

    async def _try(self, tenant: str, found: Found[PlanRecord], wish: Wish | None) -> PlanRecord:
        plan, command = found.thing, None
        if wish and not wish.command.seen_in(found.document):
            plan, command = want(plan, wish.places, wish.by), wish.command
        if not plan.asking:
            return plan
        batch = await self._judged(tenant, plan, list(plan.asking)[: self.at_once])
        after = tell(plan, batch.asked, batch.refused)

        async def work(changes: Changes) -> None:
            await self.books.plans.write(tenant, after, command=command, changes=changes, only=CHANGING)
            await self.books.capacities.ask(tenant, batch.capacities, changes)
            bulk = Bulk(self.books.outbox, tenant)
            for task in batch.tasks:
                self.books.tasks.put(bulk, task)
            for made, events in batch.made:
                self.books.assignments.put_new(bulk, made, events)
            await bulk.write(changes)

        await together(self.books.outbox, work)
        return replace(after, version=after.version + 1)

    async def _judged(self, tenant: str, plan: PlanRecord, places: Collection[str]) -> Batch:
        """Each of these proposals as of now, beside those before it."""
        wanted = [(place, plan.proposals[int(place)]) for place in places]
        batch = await batch_of(self.knowing, tenant, {proposal.task_id for _, proposal in wanted})
        for place, proposal in wanted:
            new_id = derived_id("asg", plan.id, place)
            batch.ask(place, ask_of(proposal), new_id, plan.asking[place])
        return batch


def ask_of(proposal: Proposal) -> Ask:
    """As the plan has judged it."""
    return Ask(
        task_id=proposal.task_id,
        resident_id=proposal.resident_id,
        quantity=proposal.quantity,
        minutes=proposal.minutes,
        reasons=proposal.reasons,
        stretch=proposal.stretch,
    )
