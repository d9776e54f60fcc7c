"""Routes that answer people: a refusal is a page, never a problem document; who has no session is led to the chat, where one begins, and
from there to the page that was asked for."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import quote, unquote

from fastapi import Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException

from shared.auth import Actor
from shared.errors import Refused
from shared.http.problems import status_of
from shared.http.request import core_of, optional_resident
from shared.http.texts import TITLES
from shared.tenancy import Tenant
from shared.web.pages import Pages
from shared.web.staff import OWN_PAGE

ENTRANCE = "/intake/chat"
WANTED_COOKIE = "banso_wanted"
WANTED_FOR = timedelta(minutes=30)
"""As long as a one-time link opens: who comes back by one from LINE arrives, too."""


@dataclass(frozen=True)
class Visitor:
    """The resident whose browser asks; `actor` is the name under which it acts."""

    tenant: Tenant
    resident_id: str
    actor: str


async def visitor_of(request: Request, actor: Annotated[Actor | None, Depends(optional_resident)]) -> Visitor:
    """The resident of the session; without one the answer is a redirect to the chat, which remembers the page."""
    if actor is None:
        raise HTTPException(303, headers={"Location": ENTRANCE, **_remembered(request)})
    return Visitor(core_of(request).registry.tenants[actor.tenant], actor.require_resident(), actor.name)


VisitorOf = Annotated[Visitor, Depends(visitor_of)]


def wanted_page(request: Request) -> str | None:
    """The page that whoever has no session asked for last, here and not long ago: a path of this very site, whatever the cookie says."""
    path = unquote(request.cookies.get(WANTED_COOKIE, ""))
    return path if OWN_PAGE.fullmatch(path) else None


def arrived(answer: Response) -> Response:
    """The answer, after which nobody is led there again."""
    answer.delete_cookie(WANTED_COOKIE, httponly=True, samesite="lax")
    return answer


def _remembered(request: Request) -> dict[str, str]:
    """The header that makes the browser remember the page; a form is no page to come back to."""
    path, query = request.url.path, request.url.query
    if request.method not in ("GET", "HEAD"):
        return {}
    answer = Response()
    answer.set_cookie(
        WANTED_COOKIE,
        quote(f"{path}?{query}" if query else path, safe=""),
        max_age=int(WANTED_FOR.total_seconds()),
        httponly=True,
        samesite="lax",
        secure=core_of(request).settings.public_url.startswith("https://"),
    )
    return {"Set-Cookie": answer.headers["Set-Cookie"]}


def go(path: str) -> RedirectResponse:
    """After a form was taken: the page to read next."""
    return RedirectResponse(path, status_code=303)


async def form_of(request: Request) -> dict[str, list[str]]:
    """The text fields of the form; files are left out, and so is what no UTF-8 can hold."""
    await request.body()  # kept by the request, so that a command can be made of it later
    found: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str):
            found.setdefault(name, []).append(value.encode(errors="ignore").decode())
    return found


def page_route(pages: Pages, refused: str = "refused.html") -> type[APIRoute]:
    """The route class of a router of pages. A service with more to say than `refused.html` has one of its own; staff read another."""

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
                    if error.status_code < 400:
                        return Response(status_code=error.status_code, headers=error.headers)
                    return refusal(request, "invalid", error.status_code)

            return handler

    def refusal(request: Request, slug: str, status: int) -> Response:
        tenant = core_of(request).registry.by_host(request.headers.get("host", ""))
        titles: dict[str, dict[str, str]] = request.app.state.problem_titles
        title = titles.get(slug, TITLES["invalid"])["ja"]
        return pages.render(refused, tenant, status=status, title=title, slug=slug)

    return PageRoute
