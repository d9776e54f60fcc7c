"""Whose page it is, and where those without a session go."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from shared.auth import Actor
from shared.http.request import make_command, optional_resident
from shared.idempotency import Command
from shared.runtime import Core
from shared.tenancy import Tenant

ENTRANCE = "/intake/chat"
Visitor = Annotated[Actor | None, Depends(optional_resident)]


def go(path: str) -> RedirectResponse:
    """After a form was taken: the page to read next."""
    return RedirectResponse(path, status_code=303)


async def form_command(request: Request, actor: Actor, key: str) -> Command:
    """The idempotency command of a form that was sent with its hidden `key`."""
    return make_command(request, actor.tenant, actor.name, key.strip() or None, await request.body())


async def form_of(request: Request) -> dict[str, list[str]]:
    """The text fields of the form; files are left out, and so is what no UTF-8 can hold."""
    await request.body()  # kept by the request, so that the command can be made of it later
    found: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value.encode(errors="ignore").decode())
    return found


def area_name(core: Core, tenant: Tenant, code: str) -> str:
    """The name of a municipality that is declared here, otherwise its code."""
    if code == tenant.spec.municipality_code:
        return tenant.spec.short_name
    named = (t.spec.short_name for t in core.registry.tenants.values() if t.spec.municipality_code == code)
    return next(named, f"市区町村コード {code}")
