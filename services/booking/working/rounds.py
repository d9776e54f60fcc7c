"""What the passing of time does at the centre: offers, contracts, stays and capacity are looked at in turn. One process does it at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta

import structlog

from shared.leases import alone
from shared.mongo import Database
from shared.registry import Registry
from shared.tenancy import Tenant

log = structlog.get_logger()

LEASE_FOR = timedelta(seconds=30)
Round = Callable[[Tenant], Awaitable[int]]


class Rounds:
    """`rounds` by name; each does what is due for one tenant and returns how much that was."""

    def __init__(self, db: Database, registry: Registry, rounds: Mapping[str, Round], every: float) -> None:
        self.db = db
        self.registry = registry
        self.rounds = rounds
        self.every = every

    async def run(self, stop: asyncio.Event) -> None:
        await alone(self.db, "centre-rounds", LEASE_FOR, self.every, self.once, stop)

    async def once(self) -> int:
        """Do what is due, tenant by tenant; returns how much that was. What fails for one keeps no other waiting."""
        count = 0
        for tenant in list(self.registry.tenants.values()):
            for name, work in self.rounds.items():
                try:
                    count += await work(tenant)
                except Exception as error:  # what is due stays due: the next round tries again
                    log.warning("centre_round_failed", round=name, error=type(error).__name__)
        return count
