"""Who reads a page of staff: somebody signed in with their own OpenID provider. The cookie counts on pages alone, never on the API."""

import re
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, Request, Response
from starlette.exceptions import HTTPException

from shared.auth import Actor, SignedIn
from shared.errors import NotFound, Unauthenticated
from shared.http.request import admit, core_of, refuse_foreign_page
from shared.tenancy import Tenant

STAFF_COOKIE = "banso_staff"
HOME = "/booking/staff"
"""Where staff begin."""
OWN_PAGE = re.compile(r"/[a-z][\x21-\x5b\x5d-\x7e]{0,1000}")
"""Printable ASCII without a backslash, and no second slash in front."""


@dataclass(frozen=True)
class Staff:
    """A person of this host's municipality, or of a pool that it is a member of.

    `tenant` is whose page it is; `actor.tenant` is the pool's id when `actor.of_pool`, and `actor.scopes` are a pool's then.
    """

    tenant: Tenant
    actor: Actor

    @property
    def counsellor_id(self) -> str | None:
        """Which counsellor this person is, if one."""
        return self.actor.counsellor_id

    def may(self, scope: str) -> bool:
        return scope in self.actor.scopes


async def staff_of(request: Request, response: Response) -> Staff:
    """Whoever is signed in. Who is not, is sent to sign in and comes back to this page.

    Raises NotFound (no municipality here), Unauthenticated (a form whose sign-in has ended), Forbidden (a foreign form), TooMany.
    """
    refuse_foreign_page(request)
    core = core_of(request)
    tenant = core.registry.by_host(request.headers.get("host", ""))
    if tenant is None:
        raise NotFound("no municipality at this host")
    signed_in = _signed_in(request)
    if signed_in is None or not belongs(request, signed_in.actor, tenant):
        if request.method not in ("GET", "HEAD"):
            raise Unauthenticated("the sign-in has ended")
        raise HTTPException(303, headers={"Location": sign_in_path(request)})
    admit(request, response, signed_in.actor)
    return Staff(tenant, signed_in.actor)


class StaffWith:
    """A dependency: somebody signed in who has the scope, as routes ask for it. Raises Forbidden beside what `staff_of` raises."""

    def __init__(self, scope: str) -> None:
        self.scope = scope

    async def __call__(self, staff: Annotated[Staff, Depends(staff_of)]) -> Staff:
        staff.actor.require(self.scope)
        return staff


StaffOf = Annotated[Staff, Depends(staff_of)]


def belongs(request: Request, actor: Actor, tenant: Tenant) -> bool:
    """Is this a person of `tenant`, or of one of its pools?"""
    if actor.of_pool:
        return any(pool.id == actor.tenant for pool in core_of(request).registry.pools_of(tenant.id))
    return actor.tenant == tenant.id


def sign_in_path(request: Request) -> str:
    """Where one signs in for the page that is asked for."""
    path, query = request.url.path, request.url.query
    service = core_of(request).name
    return f"/{service}/staff/sign-in?{urlencode({'back': f'{path}?{query}' if query else path})}"


def own_page(path: str) -> str:
    """`path` if it is a page of this very site, else the staff's first page. Nothing that a browser could read as another site's address."""
    return path if OWN_PAGE.fullmatch(path) else HOME


def _signed_in(request: Request) -> SignedIn | None:
    token = request.cookies.get(STAFF_COOKIE)
    if not token:
        return None
    try:
        return core_of(request).authenticator.signed_in(token)
    except Unauthenticated:
        return None
