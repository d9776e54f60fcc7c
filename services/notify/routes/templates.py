"""Templates: the built-in words, and a municipality's own."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from services.notify.catalogue import CATALOGUE, LANGUAGES
from services.notify.store import Templates
from services.notify.template import NAME, Template, UnknownTemplate, choose, reword
from services.notify.texts import Text, placeholders
from shared.auth import Actor
from shared.changing import settled
from shared.errors import NotFound
from shared.http.etag import IfMatch, etag, must_be
from shared.http.paging import Page
from shared.http.request import CommandOf, scope
from shared.runtime import Core

Reading = Annotated[Actor, Depends(scope("templates:read"))]
Writing = Annotated[Actor, Depends(scope("templates:write"))]
Name = Annotated[str, Path(pattern=NAME.pattern, max_length=100, examples=["appointment.confirmed"])]
Language = Literal["ja", "en"]


class TemplateText(BaseModel):
    """`((name))` is replaced by the personalisation; `((flag??text))` shows `text` when the flag is true. `subject` is for e-mail."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "language": "ja",
                    "subject": "予約ができました（((date)) ((time))）",
                    "body": "予約ができました。\n((date)) ((time))\n((page))",
                }
            ]
        },
    )

    language: Language = "ja"
    subject: str = Field(min_length=1, max_length=200)
    body: str = Field(min_length=1, max_length=2000)


class VersionView(BaseModel):
    version: int
    at: datetime
    by: str


class TemplateView(BaseModel):
    """The words in use. Version 0 is the built-in text."""

    name: str
    language: Language
    version: int
    subject: str
    body: str
    placeholders: list[str]


class TemplateDetail(TemplateView):
    versions: list[VersionView] = Field(description="The municipality's own versions, oldest first")


def shown(name: str, language: str, own: Template | None, version: int | None = None) -> TemplateDetail:
    """Raises NotFound when there are no such words."""
    try:
        chosen = choose(name, language, own, version)
    except UnknownTemplate:
        raise NotFound("no such template") from None
    if version is not None and chosen.version != version:
        raise NotFound("no such version")
    return TemplateDetail.model_validate(
        {
            "name": name,
            "language": language,
            "version": chosen.version,
            "subject": chosen.text.subject,
            "body": chosen.text.body,
            "placeholders": list(placeholders(chosen.text.subject + chosen.text.body)),
            "versions": [
                {"version": w.version, "at": w.at, "by": w.by} for w in (own.wordings if own else ())
            ],
        }
    )


def template_routes(core: Core, templates: Templates) -> APIRouter:
    router = APIRouter(tags=["templates"])

    @router.get("/templates")
    async def list_templates(actor: Reading) -> Page[TemplateView]:
        """Every template in every language, as it is in use now."""
        own = {(t.name, t.language): t for t in await templates.every(actor.tenant)}
        known = {(name, language) for language in LANGUAGES for name in CATALOGUE[language]} | set(own)
        views = [shown(name, language, own.get((name, language))) for name, language in sorted(known)]
        return Page(data=[TemplateView.model_validate(view.model_dump()) for view in views])

    @router.get("/templates/{name}")
    async def get_template(
        name: Name,
        actor: Reading,
        response: Response,
        language: Language = "ja",
        version: Annotated[int | None, Query(ge=0, le=1_000_000)] = None,
    ) -> TemplateDetail:
        """The words in use, or those of an earlier version."""
        own = (await templates.named(actor.tenant, name)).get(language)
        detail = shown(name, language, own, version)
        response.headers.update(etag(detail.version))
        return detail

    @router.put("/templates/{name}")
    async def put_template(
        name: Name,
        body: TemplateText,
        actor: Writing,
        command: CommandOf,
        response: Response,
        expected: IfMatch,
    ) -> TemplateDetail:
        """Use the municipality's own words from now on. Messages on their way keep the version they were given."""

        async def attempt() -> TemplateDetail:
            own = (await templates.named(actor.tenant, name)).get(body.language)
            if not await templates.remembers(actor.tenant, name, body.language, command):
                must_be(expected, own.version if own else 0)
                text = Text(body.subject, body.body)
                own = reword(own, actor.tenant, name, body.language, text, actor.name, core.clock.now())
                await templates.keep(actor.tenant, own, command)
            return shown(name, body.language, own)

        detail = await settled(attempt, expected=expected)
        response.headers.update(etag(detail.version))
        return detail

    return router
