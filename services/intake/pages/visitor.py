"""Who is reading, with a session or without, and what their form said."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request, Response

from shared.auth import Actor
from shared.http.request import core_of, make_command, optional_resident, tenant_by_host
from shared.idempotency import Command
from shared.tenancy import Tenant
from shared.web.visiting import form_of

CHAT = "/intake/chat"


@dataclass(frozen=True)
class Reader:
    """`resident_id` and `actor` are None before a session has begun."""

    tenant: Tenant
    resident_id: str | None
    actor: str | None


async def reader_of(
    request: Request, response: Response, actor: Annotated[Actor | None, Depends(optional_resident)]
) -> Reader:
    """The resident of the session, or a stranger at the municipality of this host."""
    if actor is not None:
        return Reader(core_of(request).registry.tenants[actor.tenant], actor.require_resident(), actor.name)
    return Reader(await tenant_by_host(request, response), None, None)


ReaderOf = Annotated[Reader, Depends(reader_of)]


async def fields_of(request: Request) -> dict[str, str]:
    """The text fields of the form, the last of each name."""
    return {name: values[-1] for name, values in (await form_of(request)).items()}


def form_command(request: Request, reader: Reader, form: dict[str, str]) -> Command:
    """The command of a form that was sent with its hidden key; another text under the same key is another body."""
    key = form.get("idempotency_key", "")[:255].strip() or None
    return make_command(request, reader.tenant.id, reader.actor or "", key, form.get("text", "").encode())
