"""/matching/v1/support-rules (staff) and /matching/v1/me/support (a resident's own guide)"""

import asyncio
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, Field

from services.matching.guiding import answered, guidance, look
from services.matching.routes.fields import ListQuery, Strict
from services.matching.routes.support_views import (
    ChangesView,
    GuidanceView,
    QuestionView,
    ResultView,
    VersionView,
    WholeVersionView,
    difference_view,
    fault_texts,
    guidance_view,
    question_view,
    result_view,
    version_fields,
)
from services.matching.store.support import Support
from services.matching.support import answers as rules_of_answers
from services.matching.support.comparing import differences, situations
from services.matching.support.reading import Faulty, read_rules
from services.matching.support.rules import Rules
from shared.auth import Actor
from shared.clock import TOKYO, Clock
from shared.errors import Invalid
from shared.http.etag import IfMatch, etag
from shared.http.paging import Page
from shared.http.problems import language
from shared.http.request import CommandOf, ResidentOf, TenantOf, scope
from shared.ids import id_pattern

Reading = Annotated[Actor, Depends(scope("programmes:read"))]
Writing = Annotated[Actor, Depends(scope("programmes:write"))]
RulesId = Annotated[str, Path(pattern=id_pattern("sup"), description="`sup_…`")]
FactName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
AnswerValue = (
    bool | Annotated[int, Field(strict=True, ge=0, le=1_000_000_000)] | Annotated[str, Field(max_length=40)]
)
EXAMPLE = """\
name: 見本の制度
sample: true
facts:
  - {id: lost_job, ask: yes_no, question: この2年のあいだに仕事をやめましたか}
programmes:
  - id: sample
    name: 見本の支援
    summary: 見本です
    conditions:
      - id: lost
        text: この2年のあいだに仕事をやめた
        when: {fact: lost_job}
        source: {title: 見本の要綱, url: "https://sample-a.example/rules", checked_on: 2026-10-01}
        valid_from: 2026-04-01
        valid_until: 2027-03-31
"""
BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {"application/yaml": {"schema": {"type": "string"}, "example": EXAMPLE}},
    }
}


class SupportAnswers(Strict):
    """Only what is named changes. Skipping is always possible: `not_known` and `not_said` are answers, too."""

    answers: dict[FactName, AnswerValue] = Field(
        default_factory=dict, max_length=40, examples=[{"lost_job": True}]
    )
    not_known: list[FactName] = Field(default_factory=list, max_length=40)
    not_said: list[FactName] = Field(default_factory=list, max_length=40)
    take_back: list[FactName] = Field(default_factory=list, max_length=40)


class Trial(Strict):
    """A made-up situation; nothing of it is kept."""

    answers: dict[FactName, AnswerValue] = Field(default_factory=dict, max_length=40)


class TrialView(BaseModel):
    results: list[ResultView]
    question: QuestionView | None


def read_or_refuse(body: bytes, lang: str) -> Rules:
    """The rule set. Raises Invalid with every fault at its path."""
    try:
        return read_rules(body)
    except Faulty as faulty:
        told = [(path or "body", message) for path, message in fault_texts(faulty, lang)]
        raise Invalid(*told[0], also=told[1:]) from faulty


def support_router(support: Support, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["support"])

    def today() -> date:
        return clock.now().astimezone(TOKYO).date()

    @router.post("/support-rules", status_code=201, openapi_extra=BODY)
    async def upload_rules(request: Request, actor: Writing, command: CommandOf) -> VersionView:
        """Upload a version of the rules, as YAML or JSON. It is checked as a whole and changes nothing yet: activate it when what it
        would change has been looked at. A version is never altered."""
        lang = language(request.headers.get("accept-language", ""))
        rules = await asyncio.to_thread(read_or_refuse, await request.body(), lang)
        version = await support.add(actor.tenant, rules, actor.name, clock.now(), command)
        active = (await support.choice(actor.tenant)).active
        return VersionView(**version_fields(version, active, today()))

    @router.get("/support-rules")
    async def list_rules(actor: Reading, query: Annotated[ListQuery, Depends()]) -> Page[VersionView]:
        """Versions, newest first."""
        found = await support.newest(actor.tenant, query.after, query.limit + 1)
        active = (await support.choice(actor.tenant)).active
        return query.page(
            found,
            lambda version: VersionView(**version_fields(version, active, today())),
            lambda version: (version.created_at, version.id),
        )

    @router.get("/support-rules/{rules_id}")
    async def get_rules(rules_id: RulesId, actor: Reading) -> WholeVersionView:
        """One version, with everything that it says."""
        version = await support.get(actor.tenant, rules_id)
        active = (await support.choice(actor.tenant)).active
        rules = version.rules.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        return WholeVersionView(**version_fields(version, active, today()), rules=rules)

    @router.get("/support-rules/{rules_id}/changes")
    async def compare_rules(
        rules_id: RulesId,
        actor: Reading,
        count: Annotated[int, Query(alias="situations", ge=1, le=500)] = 200,
    ) -> ChangesView:
        """What would be another result than with the active version, in made-up situations that are the same every time."""
        new, old = await support.get(actor.tenant, rules_id), await support.active(actor.tenant)
        before = old.rules if old else None
        made = await asyncio.to_thread(situations, before, new.rules, count, today())
        found = await asyncio.to_thread(differences, before, new.rules, made, today())
        return ChangesView(
            situations=count,
            differences=[difference_view(one) for one in found],
        )

    @router.post("/support-rules/{rules_id}/activate")
    async def activate_rules(rules_id: RulesId, actor: Writing, command: CommandOf) -> VersionView:
        """From now on residents are guided by this version."""
        chosen = await support.activate(actor.tenant, rules_id, actor.name, clock.now(), command)
        version = await support.get(actor.tenant, rules_id)
        return VersionView(**version_fields(version, chosen.active, today()))

    @router.post("/support-rules/{rules_id}/try")
    async def try_rules(rules_id: RulesId, trial: Trial, actor: Reading, tenant: TenantOf) -> TrialView:
        """What a version says of a made-up situation. Nothing is kept."""
        version = await support.get(actor.tenant, rules_id)
        said = rules_of_answers.put({}, version.rules, trial.answers)
        known = rules_of_answers.known(said, version.rules)
        results, asked = await look(version.rules, known, frozenset(), today())
        return TrialView(
            results=[result_view(result, tenant.spec.desk) for result in results],
            question=question_view(asked),
        )

    @router.get("/me/support")
    async def get_ownguidance_view(actor: ResidentOf, tenant: TenantOf, response: Response) -> GuidanceView:
        """Which programmes go by what the resident has said so far, and what to ask next."""
        found = await guidance(support, actor.tenant, actor.require_resident(), clock.now())
        response.headers.update(etag(found.version if found else 0))
        return guidance_view(found, tenant.spec.desk)

    @router.put("/me/support")
    async def put_own_answers(
        given: SupportAnswers,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
        expected: IfMatch,
    ) -> GuidanceView:
        """Keep some answers, sealed. They serve this guide alone: what proposes work cannot see them."""
        found = await answered(
            support,
            actor.tenant,
            actor.require_resident(),
            lambda before, rules: rules_of_answers.put(
                before,
                rules,
                given.answers,
                not_known=given.not_known,
                not_said=given.not_said,
                take_back=given.take_back,
            ),
            clock.now(),
            command,
            expected,
        )
        response.headers.update(etag(found.version))
        return guidance_view(found, tenant.spec.desk)

    @router.delete("/me/support", status_code=204)
    async def forget_own_answers(actor: ResidentOf) -> None:
        """Delete everything that the resident has said here."""
        await support.forget_answers(actor.tenant, actor.require_resident())

    return router
