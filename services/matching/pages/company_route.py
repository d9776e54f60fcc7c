"""What every page of a company stands on: who is signed in, the route class, the command of a form, and a limit for those who are not."""

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from starlette.exceptions import HTTPException

from shared.auth import COMPANY_COOKIE, Actor
from shared.errors import NotFound, TooMany, Unauthenticated
from shared.http.limits import MINUTE, Windows
from shared.http.request import address_of, admit, core_of, make_command, refuse_foreign_page
from shared.idempotency import Command
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import form_of, page_route

HOME = "/matching/company"
SIGN_IN = f"{HOME}/sign-in"
FormOf = Annotated[dict[str, list[str]], Depends(form_of)]


@dataclass(frozen=True)
class Representative:
    """Somebody who opened a one-time link of the company `company_id`, at this host's municipality."""

    tenant: Tenant
    actor: Actor
    company_id: str


async def representative_of(request: Request, response: Response) -> Representative:
    """Whoever is signed in for a company. Who is not, is led to where a link is sent.

    Raises NotFound (no municipality here), Unauthenticated (a form whose session has ended), Forbidden (a foreign form), TooMany.
    """
    refuse_foreign_page(request)
    core = core_of(request)
    tenant = core.registry.by_host(request.headers.get("host", ""))
    if tenant is None:
        raise NotFound("no municipality at this host")
    try:
        actor = core.authenticator.company(tenant.id, request.cookies.get(COMPANY_COOKIE, ""))
    except Unauthenticated:
        if request.method not in ("GET", "HEAD"):
            raise
        raise HTTPException(303, headers={"Location": SIGN_IN}) from None
    admit(request, response, actor)
    return Representative(tenant, actor, actor.id)


CompanyOf = Annotated[Representative, Depends(representative_of)]


def company_router(pages: Pages) -> APIRouter:
    """A router below /matching/company whose refusals are pages for companies."""
    return APIRouter(prefix="/company", route_class=page_route(pages, "company_refused.html"))


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
