"""Who is reading, and how a refusal reads: a page, never a problem document."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from shared.auth import Actor
from shared.errors import Refused
from shared.http.problems import status_of
from shared.http.request import core_of, make_command, optional_resident, tenant_by_host
from shared.http.texts import TITLES
from shared.idempotency import Command
from shared.tenancy import Tenant
from shared.web import Pages

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


def go(path: str) -> RedirectResponse:
    """After a form was taken: the page to read next."""
    return RedirectResponse(path, status_code=303)


async def form_of(request: Request) -> dict[str, str]:
    """The text fields of the form (the last of each name), without what no UTF-8 can hold."""
    found = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            found[name] = value.encode(errors="ignore").decode()
    return found


def form_command(request: Request, reader: Reader, form: dict[str, str]) -> Command:
    """The command of a form that was sent with its hidden key; another text under the same key is another body."""
    key = form.get("idempotency_key", "")[:255].strip() or None
    return make_command(request, reader.tenant.id, reader.actor or "", key, form.get("text", "").encode())


def page_route(pages: Pages) -> type[APIRoute]:
    """The route class of a router of pages."""

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            inner = super().get_route_handler()

            async def handler(request: Request) -> Response:
                try:
                    return await inner(request)
                except Refused as error:
                    return refusal(request, error.slug, status_of(error))
                except RequestValidationError:
                    return refusal(request, "not-found", 404)
                except HTTPException as error:
                    return refusal(request, "invalid", error.status_code)

            return handler

    def refusal(request: Request, slug: str, status: int) -> Response:
        tenant = core_of(request).registry.by_host(request.headers.get("host", ""))
        title = TITLES.get(slug, TITLES["invalid"])["ja"]
        return pages.render("refused.html", tenant, status=status, title=title)

    return PageRoute
