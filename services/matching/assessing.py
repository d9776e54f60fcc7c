"""The use cases around how work goes: looking at a month, correcting, wishing, and what staff do about a suggestion."""

from datetime import date

from services.matching.assessment import growth as rules
from services.matching.assessment.growth import Growth
from services.matching.assessment.record import Assessment, Kind, Said
from services.matching.assessment.step_up import Suggestion, pass_on, set_aside
from services.matching.store.assessments import Assessments, Rule
from services.matching.store.workers import Worker, Workers
from shared.clock import Clock
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.tenancy import Tenant


class Assessing:
    def __init__(self, assessments: Assessments, workers: Workers, clock: Clock) -> None:
        self.assessments = assessments
        self.workers = workers
        self.clock = clock

    async def growth(self, tenant: Tenant, resident_id: str) -> Growth:
        """Raises NotFound for who works with no centre."""
        await self.workers.get(tenant.id, resident_id)
        return await self.assessments.of_worker(tenant.id, resident_id)

    async def submit(
        self, tenant: Tenant, resident_id: str, period: date, kind: Kind, said: Said, command: Command
    ) -> Assessment:
        """Raises NotFound, Invalid, AlreadyAssessed, IdempotencyConflict."""
        found = await self._change(
            tenant, resident_id, lambda growth: rules.submit(growth, period, kind, said), command
        )
        return found.of(found.assessment_id(period, kind))

    async def amend(
        self, tenant: Tenant, resident_id: str, assessment_id: str, kind: Kind, said: Said, command: Command
    ) -> Assessment:
        """Correct what this side has said. Raises NotFound, OwnWords, Invalid, IdempotencyConflict."""
        found = await self._change(
            tenant, resident_id, lambda growth: rules.amend(growth, assessment_id, kind, said), command
        )
        return found.of(assessment_id)

    async def wish(self, tenant: Tenant, resident_id: str, wishes: bool, command: Command) -> Growth:
        """Wish for a next step, or take it back: what stands because of it is withdrawn with it. Raises NotFound."""
        now = self.clock.now()
        return await self._change(
            tenant, resident_id, lambda growth: (rules.wish(growth, wishes, now), []), command
        )

    async def looked(self, tenant: Tenant, since: date) -> dict[str, dict[tuple[date, Kind], Assessment]]:
        """What was seen of the months from `since` on: worker -> (month, who) -> assessment."""
        found: dict[str, dict[tuple[date, Kind], Assessment]] = {}
        for one in await self.assessments.of_months(tenant.id, since):
            found.setdefault(one.resident_id, {})[one.period, one.kind] = one
        return found

    async def standing(self, tenant: Tenant) -> list[Suggestion]:
        return await self.assessments.standing(tenant.id)

    async def pass_on(
        self, tenant: Tenant, suggestion_id: str, by: str, message: str | None, command: Command
    ) -> Suggestion:
        """Tell the worker. Raises NotFound, SuggestionClosed."""
        now = self.clock.now()
        return await self.assessments.decide(
            tenant.id, suggestion_id, lambda suggestion: pass_on(suggestion, by, message, now), command
        )

    async def set_aside(
        self, tenant: Tenant, suggestion_id: str, by: str, note: str, command: Command
    ) -> Suggestion:
        """Leave it be. Raises NotFound, SuggestionClosed."""
        now = self.clock.now()
        return await self.assessments.decide(
            tenant.id, suggestion_id, lambda suggestion: set_aside(suggestion, by, note, now), command
        )

    async def _change(self, tenant: Tenant, resident_id: str, rule: Rule, command: Command) -> Growth:
        worker: Worker = await self.workers.get(tenant.id, resident_id)
        threshold, now = tenant.spec.matching.step_up, self.clock.now()

        def then_review(before: Growth) -> tuple[Growth, list[Payload]]:
            after, events = rule(before)
            settled, more = rules.reviewed(after, threshold, worker.active, now)
            return settled, [*events, *more]

        return await self.assessments.change(tenant.id, resident_id, then_review, command)
