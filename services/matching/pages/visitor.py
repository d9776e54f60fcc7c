"""The command of a visitor's form, and how they know a municipality."""

from collections.abc import Callable

from fastapi import Request

from services.matching.area import Areas
from shared.http.request import make_command
from shared.idempotency import Command
from shared.runtime import Core
from shared.tenancy import Tenant
from shared.web.visiting import Visitor

NO_PLACES = Areas()
NameOf = Callable[[Tenant, str], str]
"""How the people of a municipality call another one, by its code."""


async def form_command(request: Request, visitor: Visitor, key: str) -> Command:
    """The idempotency command of a form that was sent with its hidden `key`."""
    return make_command(request, visitor.tenant.id, visitor.actor, key.strip() or None, await request.body())


def area_name(core: Core, tenant: Tenant, code: str, places: Areas = NO_PLACES) -> str:
    """The name of a municipality that is declared here or in the list of `places`, otherwise its code."""
    if code == tenant.spec.municipality_code:
        return tenant.spec.short_name
    named = (t.spec.short_name for t in core.registry.tenants.values() if t.spec.municipality_code == code)
    known = places.by_code.get(code)
    return next(named, known.name if known else f"市区町村コード {code}")
