"""The stacks of `layers.py`: one registration with ever more of what the spine does around it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Depends, FastAPI
from nats.aio.client import Client
from pydantic import BaseModel, ConfigDict, Field
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.auth import Actor, Authenticator
from shared.clock import Clock
from shared.events.intake import ResidentRegistered
from shared.health import Front, Health
from shared.http.app import build_app
from shared.http.limits import Allowance, RateLimits
from shared.http.request import CommandOf, TenantOf, scope
from shared.ids import new_ulid
from shared.key_use import KeyUse
from shared.keys import issue
from shared.mongo import Database
from shared.outbox import Outbox
from shared.pools import Pool
from shared.publisher import Pending, Publisher
from shared.registry import Registry
from shared.runtime import Core
from shared.sealing import Sealer
from shared.secrets import Secrets
from shared.settings import CoreSettings
from shared.tenancy import ApiKey, Tenant
from shared.web import Pages
from tests.bench.sample import TENANT, tenant

NOWHERE = cast(Client, None)
Writing = Annotated[Actor, Depends(scope("residents:write"))]


class Registration(BaseModel):
    model_config = ConfigDict(extra="forbid")

    channel: Literal["web"]
    language: str = Field(default="ja", pattern=r"^[a-z]{2}$")


class Registered(BaseModel):
    id: str
    channel: str
    language: str
    anonymous: bool
    created_at: datetime


@dataclass(frozen=True)
class Stack:
    """`key` is the API key that its requests carry."""

    name: str
    app: ASGIApp
    key: str


class Unlimited(RateLimits):
    """Counts nothing: shows what counting costs."""

    def spend(self, tenant: Tenant | Pool, caller: str, *, anonymous: bool) -> Allowance:
        return Allowance(1, 1, 1)


class Nowhere:
    """A database whose collections take every document and keep none."""

    def __getitem__(self, collection: str) -> "Nowhere":
        return self

    async def insert_one(self, document: dict[str, Any], session: object = None) -> None:
        return


class Silent(Publisher):
    """Publishes nothing."""

    def __init__(self) -> None:
        pass

    def offer(self, pending: Pending) -> None:
        return


def stacks() -> list[Stack]:
    """From a bare endpoint to everything but the write itself."""
    text, resource = issue(TENANT, "bench", "live", ["residents:write"], None, None)
    free, counted = _core(resource, Unlimited()), _core(resource, RateLimits())
    return [
        Stack("bare ASGI endpoint", _bare, text),
        Stack("FastAPI: routing, validation, typed answer", _plain(), text),
        Stack("correlation, security headers, metrics", _front(free, _anyone(free)), text),
        Stack("API key, tenant, log context", _front(free, _known(free)), text),
        Stack("rate limits", _front(counted, _known(counted)), text),
        Stack("idempotency command", _front(counted, _once(counted)), text),
        Stack("envelope, document with its event", _front(counted, _kept(counted)), text),
    ]


def _core(resource: dict[str, Any], limits: RateLimits) -> Core:
    settings, clock = CoreSettings(), Clock()
    registry, secrets = Registry(NOWHERE), Secrets(settings.secrets_dir)
    key = ApiKey.model_validate(resource)
    registry.tenants[TENANT] = tenant()
    registry.keys[key.id] = key
    key_use, publisher = KeyUse(NOWHERE), Silent()
    db = cast(Database, Nowhere())
    return Core(
        name="intake",
        settings=settings,
        nc=NOWHERE,
        db=db,
        clock=clock,
        registry=registry,
        secrets=secrets,
        sealer=Sealer(secrets),
        authenticator=Authenticator(registry, secrets, settings, key_use.note),
        key_use=key_use,
        limits=limits,
        publisher=publisher,
        outbox=Outbox(db, "/intake", clock, publisher),
    )


async def _bare(scope: Scope, receive: Receive, send: Send) -> None:
    body = json.loads((await receive())["body"])
    answer = json.dumps({"id": new_ulid(), **body}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(answer)).encode())]
    await send({"type": "http.response.start", "status": 201, "headers": headers})
    await send({"type": "http.response.body", "body": answer})


def _answer(body: Registration, resident_id: str, now: datetime) -> Registered:
    return Registered(
        id=resident_id, channel=body.channel, language=body.language, anonymous=True, created_at=now
    )


def _plain() -> FastAPI:
    app = FastAPI()
    app.include_router(_anyone_router(Clock()), prefix="/intake/v1")
    return app


def _anyone_router(clock: Clock) -> APIRouter:
    router = APIRouter()

    @router.post("/residents", status_code=201)
    async def register(body: Registration) -> Registered:
        return _answer(body, new_ulid(), clock.now())

    return router


def _anyone(core: Core) -> Sequence[APIRouter]:
    return [_anyone_router(core.clock)]


def _known(core: Core) -> Sequence[APIRouter]:
    router = APIRouter()

    @router.post("/residents", status_code=201)
    async def register(body: Registration, actor: Writing, tenant: TenantOf) -> Registered:
        return _answer(body, new_ulid(), core.clock.now())

    return [router]


def _once(core: Core) -> Sequence[APIRouter]:
    router = APIRouter()

    @router.post("/residents", status_code=201)
    async def register(
        body: Registration, actor: Writing, tenant: TenantOf, command: CommandOf
    ) -> Registered:
        return _answer(body, command.new_id("res"), core.clock.now())

    return [router]


def _kept(core: Core) -> Sequence[APIRouter]:
    router = APIRouter()

    @router.post("/residents", status_code=201)
    async def register(
        body: Registration, actor: Writing, tenant: TenantOf, command: CommandOf
    ) -> Registered:
        resident_id, now = command.new_id("res"), core.clock.now()
        fields = {"channel": body.channel, "language": body.language, "created_at": now}
        event = ResidentRegistered(
            resident_id=resident_id,
            channel=body.channel,
            anonymous=True,
            municipality_code=tenant.spec.municipality_code,
        )
        await core.outbox.insert("residents", actor.tenant, resident_id, fields, [event], command=command)
        return _answer(body, resident_id, now)

    return [router]


def _front(core: Core, routers: Sequence[APIRouter]) -> Front:
    from services.intake.app import TEMPLATES

    front = Front(Health())
    front.app = build_app(core, routers, title="見本", description="見本", pages=Pages("intake", TEMPLATES))
    return front
