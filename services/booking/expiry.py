"""Lets go of holds that have run out. One process does it at a time; it cannot race a confirmation, which changes the version."""

import asyncio
from datetime import timedelta

import structlog

from services.booking.desk import Desk
from shared.leases import alone
from shared.mongo import Database
from shared.registry import Registry
from shared.rounds import tenant_by_tenant

log = structlog.get_logger()

LEASE_FOR = timedelta(seconds=15)


class Expiry:
    def __init__(self, db: Database, registry: Registry, desk: Desk, every: float) -> None:
        self.db = db
        self.registry = registry
        self.desk = desk
        self.every = every

    async def run(self, stop: asyncio.Event) -> None:
        await alone(self.db, "hold-expiry", LEASE_FOR, self.every, self.once, stop)

    async def once(self) -> int:
        """Expire what is due, tenant by tenant; returns how many holds were let go. What fails for one tenant keeps no other waiting."""
        count = await tenant_by_tenant(self.registry, "hold_expiry_failed", self.desk.expire_due)
        if count:
            log.info("holds_expired", count=count)
        return count
