"""Routes that answer people: a refusal is a page, and who has no session is led to the chat, where one begins."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute

from services.booking.texts import PROBLEMS
from shared.auth import Actor
from shared.errors import Refused
from shared.http.problems import status_of
from shared.http.request import core_of, make_command, optional_resident
from shared.http.texts import TITLES
from shared.idempotency import Command
from shared.ids import new_ulid
from shared.tenancy import Tenant
from shared.web import Pages


@dataclass(frozen=True)
class Visitor:
    """The resident whose browser asks; `actor` is the name under which it acts."""

    tenant: Tenant
    resident_id: str
    actor: str


async def visitor_of(request: Request, actor: Annotated[Actor | None, Depends(optional_resident)]) -> Visitor:
    """The resident of the session; without one the answer is a redirect to the chat."""
    if actor is None:
        raise HTTPException(303, headers={"Location": "/intake/chat"})
    return Visitor(core_of(request).registry.tenants[actor.tenant], actor.require_resident(), actor.name)


VisitorOf = Annotated[Visitor, Depends(visitor_of)]


def page_route(pages: Pages) -> type[APIRoute]:
    """The route class of a router of pages."""

    class PageRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            inner = super().get_route_handler()

            async def handler(request: Request) -> Response:
                try:
                    return await inner(request)
                except Refused as error:
                    return _refusal(request, error.slug, status_of(error))
                except RequestValidationError:
                    return _refusal(request, "not-found", 404)

            return handler

    def _refusal(request: Request, slug: str, status: int) -> Response:
        tenant = core_of(request).registry.by_host(request.headers.get("host", ""))
        title = problem_title(slug)
        return pages.render("refused.html", tenant, status=status, title=title)

    return PageRoute


def page_command(request: Request, visitor: Visitor, key: str, *choice: str) -> Command:
    """The command of a form. What was chosen is part of its key: going back and choosing again is another request."""
    chosen = "\n".join(choice)
    return make_command(
        request, visitor.tenant.id, visitor.actor, f"{key or new_ulid()}\n{chosen}", chosen.encode()
    )


def problem_title(slug: str) -> str:
    """What a person reads about a refusal."""
    return (PROBLEMS.get(slug) or TITLES.get(slug) or TITLES["invalid"])["ja"]
