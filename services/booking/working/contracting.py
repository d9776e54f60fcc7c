"""Contracts: proposed, agreed to by both sides, renewed or ended by the clock, and what it all was stays on record."""

from collections.abc import Callable
from datetime import date

import structlog

from services.booking.centre import contract as rules
from services.booking.centre.contract import Contract, Outcome, Side
from services.booking.centre.worker import Centre
from services.booking.slot import check_date
from services.booking.store.contracts import Contracts
from services.booking.working.crew import Crew
from shared.errors import NotFound, StaleVersion, Unavailable
from shared.idempotency import Command
from shared.mongo import Document
from shared.tenancy import Tenant

log = structlog.get_logger()

TRIES = 6
Rule = Callable[[Contract, Centre], Outcome | None]


class Contracting:
    def __init__(self, crew: Crew, contracts: Contracts) -> None:
        self.crew = crew
        self.contracts = contracts

    async def propose(
        self, tenant: Tenant, resident_id: str, starts_on: date, by: str, command: Command
    ) -> Contract:
        """Six months from `starts_on`. Raises NotFound (works with no centre), Invalid, IdempotencyConflict."""
        check_date("starts_on", starts_on, self.crew.today(tenant))
        standing, centre = await self.crew.standing(tenant, resident_id)
        now = self.crew.now()
        new_id = command.new_id("ctr")
        made, events = rules.propose(new_id, standing.worker.resident_id, centre.id, starts_on, by, now)
        await self.contracts.add(tenant.id, made, events, command, now)
        return await self.get(tenant, new_id)

    async def get(self, tenant: Tenant, contract_id: str, resident_id: str | None = None) -> Contract:
        """Raises NotFound, also for another resident's when `resident_id` asks."""
        return self.contracts.read(await self._fetch(tenant, contract_id, resident_id))

    async def agree(
        self,
        tenant: Tenant,
        contract_id: str,
        side: Side,
        by: str,
        command: Command,
        resident_id: str | None = None,
    ) -> Contract:
        """Raises NotFound, ContractState."""
        now = self.crew.now()
        return await self._change(
            tenant, contract_id, lambda c, _: rules.agree(c, side, by, now), command, resident_id
        )

    async def end(
        self,
        tenant: Tenant,
        contract_id: str,
        side: Side,
        by: str,
        on: date | None,
        command: Command,
        resident_id: str | None = None,
    ) -> Contract:
        """Not to be renewed; `on` ends it earlier. No reason is asked. Raises NotFound, ContractState, Invalid."""
        today, now = self.crew.today(tenant), self.crew.now()
        if on:
            check_date("on", on, today)
        return await self._change(
            tenant,
            contract_id,
            lambda c, _: rules.end(c, side, by, on, today, now),
            command,
            resident_id,
        )

    async def tick_due(self, tenant: Tenant) -> int:
        """Notices, renewals and ends that are due; returns how many contracts changed. One that fails keeps no other waiting."""
        changed = 0
        today, now = self.crew.today(tenant), self.crew.now()

        def rule(contract: Contract, centre: Centre) -> Outcome | None:
            return rules.tick(contract, centre.renewal, centre.notice_days, today, now)

        for contract_id in await self.contracts.due(tenant.id, today):
            try:
                await self._change(tenant, contract_id, rule, None, settle=True)
                changed += 1
            except Unavailable:
                raise
            except Exception as error:
                log.error("contract_not_ticked", contract_id=contract_id, error=type(error).__name__)
        return changed

    async def _change(
        self,
        tenant: Tenant,
        contract_id: str,
        rule: Rule,
        command: Command | None,
        resident_id: str | None = None,
        *,
        settle: bool = False,
    ) -> Contract:
        """`settle` writes the next day to look on even when nothing was due.

        A request that finds nothing to do is remembered all the same: sent again after a real change, it must not undo that.
        """
        for _ in range(TRIES):
            document = await self._fetch(tenant, contract_id, resident_id)
            before = self.contracts.read(document)
            if command and command.seen_in(document):
                return before
            centre = await self.crew.centres.get(tenant.id, before.centre_id)
            outcome = rule(before, centre)
            if outcome is None and command is None and not settle:
                return before
            after, events = outcome or (before, [])
            look_on = rules.next_look(after, centre.notice_days)
            try:
                return await self.contracts.change(tenant.id, after, events, look_on, command)
            except StaleVersion:
                continue
        raise Unavailable("too many changes of the same contract at once")

    async def _fetch(self, tenant: Tenant, contract_id: str, resident_id: str | None) -> Document:
        document = await self.contracts.fetch(tenant.id, contract_id)
        if resident_id not in (None, document["resident_id"]):
            raise NotFound(f"no contract {contract_id} of this resident")
        return document
