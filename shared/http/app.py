"""`build_app`: a FastAPI application as every service has it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI
from pydantic import BaseModel

from shared.http import problems
from shared.http.correlation import Correlation
from shared.web import Pages
from shared.web.signing_in import sign_in_routes

if TYPE_CHECKING:
    from shared.runtime import Core


class ProblemError(BaseModel):
    field: str
    message: str


class Problem(BaseModel):
    """Problem details (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[ProblemError] | None = None


def _in_one_piece() -> dict[str, Any]:
    """The schema without references: inside an OpenAPI document a model's own `$defs` lead nowhere."""
    schema = Problem.model_json_schema()
    schema.pop("$defs")
    schema["properties"]["errors"]["anyOf"][0]["items"] = ProblemError.model_json_schema()
    return schema


PROBLEM_RESPONSES: dict[int | str, dict[str, Any]] = {
    code: {
        "description": text,
        "content": {"application/problem+json": {"schema": _in_one_piece()}},
    }
    for code, text in (
        (400, "The request cannot be read"),
        (401, "No valid credential"),
        (403, "The credential does not reach this far"),
        (404, "No such thing for this tenant"),
        (409, "The present state does not allow this"),
        (412, "Changed by somebody else first"),
        (413, "Too large"),
        (422, "The input is not valid"),
        (429, "Too many requests"),
        (503, "Not available now"),
    )
}


def build_app(
    core: "Core",
    routers: Sequence[APIRouter],
    *,
    title: str,
    description: str,
    problem_titles: dict[str, dict[str, str]] | None = None,
    pages: Pages,
    page_routers: Sequence[APIRouter] = (),
    larger_bodies: Mapping[str, int] | None = None,
) -> FastAPI:
    """An app under `/<service>`: `routers` make the documented API below `/<service>/v1`, `page_routers` the HTML beside it; where staff
    sign in is the same everywhere.

    `problem_titles` adds the service's slugs: `{"slot-taken": {"ja": …, "en": …}}`. `larger_bodies`: paths at which a body may have more
    bytes than elsewhere (see Correlation).
    """
    prefix = f"/{core.name}"
    app = FastAPI(
        title=title,
        description=description,
        version="1",
        openapi_url=f"{prefix}/openapi.json",
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,
    )
    app.state.core = core
    problems.install(app, problem_titles or {})
    for router in routers:
        app.include_router(router, prefix=f"{prefix}/v1", responses=PROBLEM_RESPONSES)
    for router in (*page_routers, sign_in_routes(pages, core.settings), pages.docs()):
        app.include_router(router, prefix=prefix, include_in_schema=False)
    pages.mount_static(app)
    app.add_middleware(Correlation, larger=larger_bodies)
    return app
