"""The servers and several processes of booking, without the other services and without a gateway."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path

import nats

from deploy.local.declared import REPOSITORY, sample_tenants
from deploy.local.plan import Plan, server_specs, service_specs
from deploy.local.ports import Ports
from deploy.local.process import ProcessSpec
from deploy.local.readiness import HttpReady
from deploy.local.stack import Stack
from deploy.local.supervisor import Report, Supervisor
from shared.clock import system_now
from shared.events.envelope import envelop
from shared.events.intake import ResidentRegistered
from shared.ids import derived_id
from tests.e2e.stacks import Running, generous_tenants
from tests.harness import eventually

PORTS = ("booking", "intake", "matching", "notify")
"""Of a whole stack: here each is a process of booking."""


class BookingStack(Stack):
    """`apis` processes of booking, `booking-1` to `booking-n`, on one database."""

    def __init__(self, plan: Plan, apis: int) -> None:
        self.plan = plan
        self.tenants = sample_tenants()
        (booking,) = (spec for spec in service_specs(plan) if spec.name == "booking")
        self.apis = [_one_of(booking, plan, n) for n in range(apis)]
        Supervisor.__init__(self, plan.root, REPOSITORY, [*server_specs(plan), *self.apis])

    @property
    def urls(self) -> list[str]:
        return [f"http://127.0.0.1:{spec.port}" for spec in self.apis]

    def _start_in_order(self, report: Report) -> None:
        self.plan.materials.create_missing(self.tenants)
        self.start_wave(["nats", "mongo"], report)
        self.plan.materials.apply(self.plan.nats)
        self.start_wave([spec.name for spec in self.apis], report)


def _one_of(booking: ProcessSpec, plan: Plan, number: int) -> ProcessSpec:
    port = asdict(plan.ports)[PORTS[number]]
    return replace(
        booking,
        name=f"booking-{number + 1}",
        port=port,
        ready=HttpReady(f"http://127.0.0.1:{port}/readyz"),
        env={**booking.env, "BOOKING_PORT": str(port)},
        needs=("nats", "mongo"),
    )


@contextmanager
def booking_processes(root: Path, apis: int) -> Iterator[tuple[Running, BookingStack]]:
    """They are up, and the sample tenants have generous quotas; everything is stopped at the end."""
    plan = Plan(root / "stack", Ports.free())
    stack = BookingStack(plan, apis)
    stack.up(lambda line: None)
    try:
        made = Running(stack, plan)
        done = made.command("shared.declare", "apply", str(generous_tenants(root / "tenants")))
        assert done.returncode == 0, done.stderr
        yield made, stack
    finally:
        stack.down(lambda line: None)


async def register(banso: Running, tenant: str, names: Sequence[str]) -> list[str]:
    """Residents whom booking has heard of, as intake would have said it; returns their ids."""
    made = [derived_id("res", tenant, name) for name in names]
    nc = await nats.connect(banso.plan.nats)
    for resident_id in made:
        payload = ResidentRegistered(
            resident_id=resident_id, channel="web", anonymous=True, municipality_code="991007"
        )
        (event,) = envelop(
            [payload], source="/intake", tenant=tenant, subject=resident_id, sequence=1, now=system_now()
        )
        await nc.jetstream().publish(event.nats_subject, event.encode(), headers=event.headers())
    await nc.close()

    async def known() -> set[str]:
        return {row["_id"] for row in banso.rows("booking", "residents", tenant_id=tenant)}

    await eventually(known, until=lambda found: found >= set(made), within=60)
    return made
