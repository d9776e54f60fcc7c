"""What every page of a company stands on: who is signed in and until when, the route class, the command of a form, and a limit for those
who are not."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.exceptions import HTTPException

from services.matching.company import Company
from services.matching.store import Store
from shared.auth import COMPANY_COOKIE, SESSION_FOR, Actor
from shared.errors import NotFound, TooMany, Unauthenticated
from shared.http.limits import MINUTE, Windows
from shared.http.request import address_of, admit, core_of, make_command, refuse_foreign_page
from shared.idempotency import Command
from shared.runtime import Core
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import form_of, page_route

HOME = "/matching/company"
SIGN_IN = f"{HOME}/sign-in"
FormOf = Annotated[dict[str, list[str]], Depends(form_of)]


@dataclass(frozen=True)
class Representative:
    """Somebody who opened a one-time link of the company, at this host's municipality. `company` is as it was when the request came."""

    tenant: Tenant
    actor: Actor
    company: Company

    @property
    def company_id(self) -> str:
        return self.company.id


async def representative_of(request: Request, response: Response) -> Representative:
    """Whoever is signed in for a company. Who is not, or whose session the company or the municipality has ended, is led to where a link
    is sent.

    Raises NotFound (no municipality here), Unauthenticated (a form whose session has ended), Forbidden (a foreign form), TooMany.
    """
    refuse_foreign_page(request)
    core = core_of(request)
    tenant = core.registry.by_host(request.headers.get("host", ""))
    if tenant is None:
        raise NotFound("no municipality at this host")
    try:
        actor = core.authenticator.company(tenant.id, request.cookies.get(COMPANY_COOKIE, ""))
        admit(request, response, actor)
        company = await _company(request.state.store, actor)
    except Unauthenticated:
        if request.method not in ("GET", "HEAD"):
            raise
        raise HTTPException(303, headers={"Location": SIGN_IN}) from None
    return Representative(tenant, actor, company)


async def _company(store: Store, actor: Actor) -> Company:
    """Raises Unauthenticated once the session's number is no longer the company's."""
    try:
        company = await store.companies.get(actor.tenant, actor.id)
    except NotFound as error:
        raise Unauthenticated("the company is no longer there") from error
    if company.session_epoch != actor.session_epoch:
        raise Unauthenticated("the company's sessions were ended")
    return company


CompanyOf = Annotated[Representative, Depends(representative_of)]


def company_router(pages: Pages, store: Store) -> APIRouter:
    """A router below /matching/company whose refusals are pages for companies."""

    async def with_store(request: Request) -> None:
        request.state.store = store

    return APIRouter(
        prefix="/company",
        route_class=page_route(pages, "company_refused.html"),
        dependencies=[Depends(with_store)],
    )


def signed_in(answer: Response, core: Core, tenant: Tenant, company: Company) -> Response:
    """The answer, with a new session of the company."""
    answer.set_cookie(
        COMPANY_COOKIE,
        core.authenticator.company_session(tenant.id, company.id, epoch=company.session_epoch),
        max_age=int(SESSION_FOR.total_seconds()),
        path=HOME,
        httponly=True,
        samesite="lax",
        secure=_secure(core),
    )
    return answer


def signed_out(answer: Response, core: Core) -> Response:
    """The answer, which makes the browser forget its session."""
    answer.delete_cookie(COMPANY_COOKIE, path=HOME, secure=_secure(core), httponly=True, samesite="lax")
    return answer


def _secure(core: Core) -> bool:
    return core.settings.public_url.startswith("https://")


async def company_command(
    request: Request, who: Representative, form: Mapping[str, Sequence[str]]
) -> Command:
    """The idempotency command of a form, by its hidden key."""
    key = next(iter(form.get("idempotency_key", ())), "").strip()
    return make_command(request, who.tenant.id, who.actor.name, key or None, await request.body())


class Knocks:
    """How often one address may ask for a link or register, a minute, in this process."""

    def __init__(self, per_minute: int = 5) -> None:
        self.per_minute = per_minute
        self._windows = Windows()

    def count(self, request: Request, tenant: Tenant) -> None:
        """Raises TooMany."""
        key, now = (tenant.id, address_of(request)), time.monotonic()
        if self._windows.used(key, now) + 1 > self.per_minute:
            raise TooMany("too many requests for a company", retry_after=int(MINUTE))
        self._windows.add(key, now)
