"""`python -m tests.bench.booking.served all`: booking as it is, with two routes beside that do nothing and one that changes something.

The empty routes are what a request costs before anything is asked: one with the same credential, tenant and limits, one without any of it.
A change is a booking that is heard of, and taken back by the next one: what is in memory is then no longer what it was.
"""

import os
from typing import Annotated

from fastapi import Depends, FastAPI
from pydantic import BaseModel

from services.booking.app import compose as compose_booking
from services.booking.settings import Settings
from services.booking.store import COLLECTIONS
from shared.auth import Actor
from shared.clock import system_now
from shared.events.envelope import Event
from shared.http.request import TenantOf, scope
from shared.ids import new_ulid
from shared.process import run
from shared.runtime import Core, Service
from tests.bench.booking.change import a_change

Reader = Annotated[Actor, Depends(scope("appointments:read"))]
EMPTY, BARE, CHANGE = "/booking/v1/bench/empty", "/booking/v1/bench/bare", "/booking/v1/bench/change"


class Nothing(BaseModel):
    nothing: bool = True


async def compose(core: Core) -> Service:
    service = await compose_booking(core)
    _add(service.app, core)
    return service


def _add(app: FastAPI, core: Core) -> None:
    numbers = iter(range(1, 10_000_000))

    @app.get(EMPTY)
    async def empty(actor: Reader, tenant: TenantOf) -> Nothing:
        return Nothing()

    @app.get(BARE)
    async def bare() -> Nothing:
        return Nothing()

    @app.post(CHANGE)
    async def change() -> Nothing:
        event: Event = a_change(next(numbers), os.environ["BENCH_COUNSELLOR"], new_ulid(), system_now())
        for listener in core.publisher.listeners:
            listener(event)
        return Nothing()


if __name__ == "__main__":
    run("booking", Settings(), COLLECTIONS, compose)
