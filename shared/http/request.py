"""What a route may ask for: the actor, the tenant of the page, the idempotency command. All as FastAPI dependencies.

async def register(actor: Annotated[Actor, Depends(scope("residents:write"))], tenant: TenantOf, command: CommandOf) -> ...
"""

import hashlib
from typing import TYPE_CHECKING, Annotated

import structlog
from fastapi import Depends, Header, Request, Response
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer
from fastapi.security.base import SecurityBase
from fastapi.security.utils import get_authorization_scheme_param

from shared import trace
from shared.auth import SESSION_COOKIE, Actor
from shared.errors import Forbidden, Invalid, NotFound, Unauthenticated
from shared.idempotency import Command
from shared.ids import new_ulid
from shared.metrics import TENANT_REQUESTS, tenant_label
from shared.pools import Pool
from shared.tenancy import Tenant

if TYPE_CHECKING:
    from shared.runtime import Core

bearer = HTTPBearer(auto_error=False, description="API key, staff token or resident session")
cookie = APIKeyCookie(name=SESSION_COOKIE, auto_error=False, description="A resident's session")
ACTOR = "banso.actor"


def core_of(request: Request) -> "Core":
    core: Core = request.app.state.core
    return core


async def tenant_by_host(request: Request, response: Response) -> Tenant:
    """The tenant whose page this is, by host name. For callers who have no credential yet. Raises NotFound."""
    core = core_of(request)
    tenant = core.registry.by_host(request.headers.get("host", ""))
    if tenant is None:
        raise NotFound("no municipality at this host")
    structlog.contextvars.bind_contextvars(tenant=tenant.id)
    spend(request, response, tenant, address_of(request), anonymous=True)
    return tenant


async def actor_of(
    request: Request,
    response: Response,
    authorization: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
    session: Annotated[str | None, Depends(cookie)],
) -> Actor:
    """Whoever holds the credential. Raises Unauthenticated, TooMany, and Forbidden for a cookie from a foreign page."""
    return await _actor(request, response, authorization.credentials if authorization else None, session)


async def _actor(request: Request, response: Response, token: str | None, session: str | None) -> Actor:
    """Checked and counted once per request, however many dependencies ask."""
    known: Actor | None = request.scope.get(ACTOR)
    if known is None:
        known = request.scope[ACTOR] = _checked(request, response, token, session)
    return known


def _checked(request: Request, response: Response, token: str | None, session: str | None) -> Actor:
    credential = token or session
    if not credential:
        raise Unauthenticated("no credential was given")
    if token is None:
        refuse_foreign_page(request)
    core = core_of(request)
    actor = core.authenticator.authenticate(credential)
    tenant = core.registry.pools[actor.tenant] if actor.of_pool else core.registry.tenants[actor.tenant]
    if token is None and core.registry.by_host(request.headers.get("host", "")) not in (None, tenant):
        raise Unauthenticated("the session belongs to another municipality")
    admit(request, response, actor)
    return actor


def admit(request: Request, response: Response, actor: Actor) -> None:
    """What is done and logged from here on is done by `actor`, whose allowance it counts against. Raises TooMany."""
    registry = core_of(request).registry
    trace.acting_as(actor.name)
    structlog.contextvars.bind_contextvars(tenant=actor.tenant, actor=actor.name)
    home = registry.pools[actor.tenant] if actor.of_pool else registry.tenants[actor.tenant]
    spend(request, response, home, actor.name, anonymous=False)


async def asker_of(request: Request, response: Response) -> Actor:
    """The same as `actor_of`, read from the request itself.

    FastAPI solves a tree of dependencies anew for everybody who names its root, which costs more than all the checks.
    """
    scheme, token = get_authorization_scheme_param(request.headers.get("authorization"))
    given = token if scheme.lower() == "bearer" else ""
    return await _actor(request, response, given or None, request.cookies.get(SESSION_COOKIE))


async def optional_resident(request: Request, response: Response) -> Actor | None:
    """The resident of the session cookie, if there is a valid one for this host's tenant. For pages."""
    session = request.cookies.get(SESSION_COOKIE)
    if not session:
        return None
    try:
        actor = await actor_of(request, response, None, session)
    except Unauthenticated:
        return None
    return actor if actor.resident_id else None


class Scope(SecurityBase):
    """A dependency: an actor whose credential has the scope `name`. Documented as the Bearer scheme that it is."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.model = bearer.model
        self.scheme_name = bearer.scheme_name

    async def __call__(self, request: Request, response: Response) -> Actor:
        actor = await asker_of(request, response)
        actor.require(self.name)
        return actor


def scope(name: str) -> Scope:
    """`Depends(scope("residents:read"))`; see Scope."""
    return Scope(name)


async def resident(actor: Annotated[Actor, Depends(actor_of)]) -> Actor:
    """A dependency: a resident's own session."""
    actor.require_resident()
    return actor


async def tenant_of(request: Request, response: Response) -> Tenant:
    """The actor's tenant. Raises Forbidden for the people of a pool, who belong to none."""
    actor = await asker_of(request, response)
    if actor.of_pool:
        raise Forbidden("the people of a pool belong to no municipality")
    return core_of(request).registry.tenants[actor.tenant]


async def pool_of(request: Request, response: Response) -> Pool:
    """The pool whose people ask. Raises Forbidden for everybody else."""
    actor = await asker_of(request, response)
    if not actor.of_pool:
        raise Forbidden("only for the people of a pool")
    return core_of(request).registry.pools[actor.tenant]


async def command_of(
    request: Request,
    response: Response,
    idempotency_key: Annotated[
        str | None, Header(max_length=255, description="Any unique text; a repeated request is done once")
    ] = None,
) -> Command:
    """The idempotency command of this request. Without a key every request is one of its own."""
    actor = await asker_of(request, response)
    return make_command(request, actor.tenant, actor.name, idempotency_key, await request.body())


def make_command(request: Request, tenant: str, who: str, key: str | None, body: bytes) -> Command:
    """A command for `who` doing this operation with this body."""
    if key is not None and not key.strip():
        raise Invalid("Idempotency-Key", "must not be empty")
    parts = (tenant, who, request.method, request.scope["path"], key or new_ulid())
    digest = hashlib.sha256("\n".join(f"{len(p)}:{p}" for p in parts).encode()).hexdigest()
    return Command(key=digest[:40], fingerprint=hashlib.sha256(body).hexdigest()[:40])


def refuse_foreign_page(request: Request) -> None:
    """A cookie counts only when the form stands on our own page. Raises Forbidden.

    Browsers send `Sec-Fetch-Site` (Fetch Metadata) or at least `Origin` with every form post.
    """
    if request.method in ("GET", "HEAD", "OPTIONS"):
        return
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        if site not in ("same-origin", "none"):
            raise Forbidden("the form came from another site")
        return
    origin = request.headers.get("origin")
    if origin is not None and origin.partition("://")[2] != request.headers.get("host", ""):
        raise Forbidden("the form came from another site")


def spend(
    request: Request, response: Response, tenant: Tenant | Pool, caller: str, *, anonymous: bool
) -> None:
    """Count the request against its limits and tell the caller what is left. Raises TooMany."""
    allowance = core_of(request).limits.spend(tenant, caller, anonymous=anonymous)
    response.headers.update(allowance.headers())
    TENANT_REQUESTS.labels(tenant_label(tenant.id)).inc()


def address_of(request: Request) -> str:
    """The caller's address as the gateway saw it."""
    forwarded = request.headers.get("x-forwarded-for", "")
    if forwarded:
        return forwarded.split(",")[-1].strip()
    return request.client.host if request.client else "unknown"


CommandOf = Annotated[Command, Depends(command_of)]
ActorOf = Annotated[Actor, Depends(actor_of)]
ResidentOf = Annotated[Actor, Depends(resident)]
TenantOf = Annotated[Tenant, Depends(tenant_of)]
PoolOf = Annotated[Pool, Depends(pool_of)]
HostTenant = Annotated[Tenant, Depends(tenant_by_host)]
