"""Shift plans in the database: what was asked for, what came out, and what became of it."""

from dataclasses import dataclass, field
from datetime import date

from pymongo import ASCENDING, IndexModel

from services.booking.centre.shift_plan import Need, Plan
from services.booking.store.listing import LAST, after
from shared.clock import Clock
from shared.http.paging import Page, encode_cursor
from shared.idempotency import Command
from shared.mongo import CollectionSpec, Document, reachable
from shared.outbox import Outbox
from shared.shape import Shape

SHIFT_PLANS = CollectionSpec(
    "shift_plans",
    (
        IndexModel([("tenant_id", ASCENDING), ("centre_id", ASCENDING), ("listed", ASCENDING)]),
        IndexModel([("tenant_id", ASCENDING), ("monday", ASCENDING)]),
    ),
)


@dataclass(frozen=True)
class Refusal:
    """A worker whose part of the plan could not become shifts; `why` is the slug of the refusal."""

    resident_id: str
    why: str


@dataclass(frozen=True)
class ShiftPlan:
    """`published`: its assignments are shifts now, except those of `refused` workers."""

    id: str
    centre_id: str
    monday: date
    weeks: int
    needs: tuple[Need, ...]
    plan: Plan
    published: bool = False
    placed: int = 0
    refused: tuple[Refusal, ...] = field(default_factory=tuple)
    version: int = 0


_SHAPE = Shape(ShiftPlan)


class ShiftPlans:
    def __init__(self, outbox: Outbox, clock: Clock) -> None:
        self.outbox = outbox
        self.clock = clock

    async def add(self, tenant: str, made: ShiftPlan, command: Command) -> None:
        """Keep a new plan; nothing when this command has made it before. Raises IdempotencyConflict."""
        fields = {**_SHAPE.fields(made), "listed": f"{self.clock.now().isoformat()}:{made.id}"}
        await self.outbox.insert("shift_plans", tenant, made.id, fields, command=command)

    async def change(self, tenant: str, plan: ShiftPlan, command: Command | None = None) -> None:
        """Raises StaleVersion."""
        fields = _SHAPE.fields(plan)
        await self.outbox.update("shift_plans", tenant, plan.id, plan.version, fields, command=command)

    async def fetch(self, tenant: str, plan_id: str) -> Document:
        """Raises NotFound."""
        return await self.outbox.fetch("shift_plans", tenant, plan_id)

    async def get(self, tenant: str, plan_id: str) -> ShiftPlan:
        """Raises NotFound."""
        return _SHAPE.read(await self.fetch(tenant, plan_id))

    async def page(self, tenant: str, centre_id: str, cursor: str | None, limit: int) -> Page[ShiftPlan]:
        """In order of making. Raises Invalid for a cursor of another list."""
        where = {"tenant_id": tenant, "centre_id": centre_id, "listed": {"$gt": after(cursor), "$lt": LAST}}
        async with reachable():
            found = (
                await self.outbox.db["shift_plans"]
                .find(where)
                .sort("listed")
                .limit(limit + 1)
                .to_list(limit + 1)
            )
        more = encode_cursor(found[limit - 1]["listed"]) if len(found) > limit else None
        return Page(data=[_SHAPE.read(document) for document in found[:limit]], next=more)
