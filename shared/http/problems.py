"""RFC 9457 problem details. One table maps the kinds of `Refused` to statuses; texts are Japanese or English by Accept-Language.

`type` is `https://banso.example/problems/<slug>`: clients branch on it. `errors` names each wrong field.
"""

import json
from collections.abc import Sequence
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from shared import errors
from shared.http.texts import TITLES, field_text
from shared.mongo import UNREACHABLE

log = structlog.get_logger()

BASE = "https://banso.example/problems/"
STATUS: tuple[tuple[type[errors.Refused], int], ...] = (
    (errors.Invalid, 422),
    (errors.Unauthenticated, 401),
    (errors.Forbidden, 403),
    (errors.NotFound, 404),
    (errors.StaleVersion, 412),
    (errors.Conflict, 409),
    (errors.TooMany, 429),
    (errors.Unavailable, 503),
)
HTTP_SLUGS = {
    404: "not-found",
    405: "method-not-allowed",
    401: "unauthenticated",
    403: "forbidden",
    413: "too-large",
}


def language(accept_language: str) -> str:
    """`ja` unless English is asked for first."""
    first = accept_language.split(",")[0].strip().lower()
    return "en" if first.startswith("en") else "ja"


def status_of(error: errors.Refused) -> int:
    return next((status for kind, status in STATUS if isinstance(error, kind)), 400)


def problem(
    request: Request,
    slug: str,
    status: int,
    detail: str = "",
    field_errors: Sequence[dict[str, str]] = (),
    headers: dict[str, str] | None = None,
    **extra: Any,
) -> JSONResponse:
    """A problem document in the caller's language."""
    lang = language(request.headers.get("accept-language", ""))
    titles: dict[str, dict[str, str]] = request.app.state.problem_titles
    title = titles.get(slug, TITLES["invalid"])[lang]
    body: dict[str, Any] = {
        "type": BASE + slug,
        "title": title,
        "status": status,
        "detail": detail or title,
        "instance": request.url.path,
        **extra,
    }
    if field_errors:
        body["errors"] = list(field_errors)
    return _AnyText(
        body,
        status_code=status,
        media_type="application/problem+json",
        headers={"Content-Language": lang, **(headers or {})},
    )


class _AnyText(JSONResponse):
    """Writes a problem even where it quotes text that is no Unicode: half a surrogate pair in a field's name."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode(errors="replace")


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.Refused)
    status = status_of(error)
    headers: dict[str, str] = {}
    field_errors: list[dict[str, str]] = []
    if isinstance(error, errors.Invalid):
        told = [(error.field, error.detail), *error.also]
        field_errors = [{"field": field, "message": message} for field, message in told]
    if isinstance(error, errors.Unauthenticated):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, errors.TooMany):
        headers["Retry-After"] = str(error.retry_after)
    if isinstance(error, errors.Unavailable):
        headers["Retry-After"] = "1"
    # NotFound never says more than its title: a foreign id and one that does not exist look the same
    detail = "" if isinstance(error, errors.NotFound) else error.detail
    return problem(request, error.slug, status, detail, field_errors, headers, **_public(error))


def _public(error: errors.Refused) -> dict[str, Any]:
    """What an error adds to its problem document, e.g. the alternatives to a slot that is taken."""
    extra: dict[str, Any] = error.params.get("extra", {})
    return extra


async def _validation(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    lang = language(request.headers.get("accept-language", ""))
    fields = [
        {
            "field": ".".join(str(part) for part in e["loc"][1:]) or str(e["loc"][0]),
            "message": field_text(e["type"], e.get("ctx") or {}, e["msg"], lang),
        }
        for e in error.errors()
    ]
    return problem(request, "invalid", 422, field_errors=fields)


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    slug = HTTP_SLUGS.get(error.status_code, "invalid")
    return problem(request, slug, error.status_code, headers=dict(error.headers or {}))


async def _unreachable(request: Request, _: Exception) -> JSONResponse:
    return problem(request, "unavailable", 503, headers={"Retry-After": "1"})


def unexpected(request: Request, error: Exception) -> JSONResponse:
    """The answer to a bug, which is logged."""
    log.error("request_failed", error=type(error).__name__, exc_info=error)
    return problem(request, "internal", 500)


def install(app: FastAPI, titles: dict[str, dict[str, str]]) -> None:
    """Answer every refusal of `app` with problem details; `titles` adds the service's own slugs. Bugs are `Correlation`'s."""
    app.state.problem_titles = {**TITLES, **titles}
    app.add_exception_handler(errors.Refused, _refused)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    for kind in UNREACHABLE:
        app.add_exception_handler(kind, _unreachable)
