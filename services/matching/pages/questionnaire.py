"""/matching/questionnaire, a few items a page, and /matching/profile, what they make."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.matching import wording
from services.matching.hours import Window
from services.matching.pages.chart import LINE, WIDTH, bars
from services.matching.pages.visitor import area_name, form_command
from services.matching.pages.wish_form import (
    KEEP,
    LABELS,
    WishForm,
    form_of_wishes,
    sent_form,
    wishes_of_form,
)
from services.matching.questionnaire import ITEMS, Item, Questionnaire, Wishes, answer, profile_of
from services.matching.seeker import reach_of
from services.matching.store import Store
from shared.ids import new_ulid
from shared.runtime import Core
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import VisitorOf, form_of, go, page_route

STEPS: tuple[tuple[Item, ...], ...] = (ITEMS[:6], ITEMS[6:11], ITEMS[11:17], ITEMS[17:])
LAST = len(STEPS) + 1
"""The last step asks for wishes."""
SKIPPED = "skip"
OPTIONS = [*((str(value), text) for value, text in wording.CHOICES.items()), (SKIPPED, wording.SKIP)]
GIVEN: dict[str, int | None] = {**{str(value): value for value in wording.CHOICES}, SKIPPED: None}


def questionnaire_pages(core: Core, store: Store, pages: Pages) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    @router.get("/questionnaire")
    async def show_questionnaire(visitor: VisitorOf, step: str = "") -> Response:
        tenant = visitor.tenant
        questionnaire, _ = await store.questionnaires.get(tenant.id, visitor.resident_id)
        return _step_page(_step(step) or _first_open(questionnaire), tenant, questionnaire)

    @router.post("/questionnaire")
    async def keep_answers(visitor: VisitorOf, request: Request) -> Response:
        tenant = visitor.tenant
        fields = await form_of(request)
        step = _step(_one(fields, "step")) or 1
        before, _ = await store.questionnaires.get(tenant.id, visitor.resident_id)
        answers, problems = _answers(step, fields)
        wishes, form = None, None
        if step == LAST:
            form = sent_form(fields, before.wishes)
            wishes, problems = wishes_of_form(form, reach_of(tenant), before.wishes)
        if problems:
            return _step_page(step, tenant, before, form=form, problems=problems, status=422)
        towards = _one(fields, "go")
        finish, now = towards == "finish", core.clock.now()
        await store.questionnaires.change(
            tenant.id,
            visitor.resident_id,
            lambda q: answer(q, answers, wishes, finish=finish, now=now),
            await form_command(request, visitor, _one(fields, "idempotency_key")),
        )
        return go("/matching/profile" if finish else f"/matching/questionnaire?step={_next(step, towards)}")

    @router.get("/profile")
    async def show_profile(visitor: VisitorOf) -> Response:
        tenant = visitor.tenant
        questionnaire, _ = await store.questionnaires.get(tenant.id, visitor.resident_id)
        profile = profile_of(questionnaire.answers)
        drawn = bars(profile)
        return pages.render(
            "profile.html",
            tenant,
            bars=drawn,
            width=WIDTH,
            height=len(drawn) * LINE,
            strengths=[(wording.SCALES[s], wording.STRENGTHS[s]) for s in profile.leading()],
            wishes=_wish_lines(tenant, questionnaire.wishes),
            idempotency_key=new_ulid(),
        )

    def _step_page(
        step: int,
        tenant: Tenant,
        questionnaire: Questionnaire,
        *,
        form: WishForm | None = None,
        problems: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        context: dict[str, Any] = {"step": step, "last": LAST, "problems": problems or {}}
        if step == LAST:
            context["form"] = form or form_of_wishes(questionnaire.wishes)
            context["parts"] = _parts(context["form"].kept)
            context["areas"] = [(code, area_name(core, tenant, code)) for code in _areas(tenant)]
        else:
            context["items"] = [
                (item.id, wording.ITEMS[item.id], _chosen(questionnaire, item.id)) for item in STEPS[step - 1]
            ]
        return pages.render(
            "questionnaire.html",
            tenant,
            status=status,
            question=wording.QUESTION,
            options=OPTIONS,
            idempotency_key=new_ulid(),
            **context,
        )

    def _wish_lines(tenant: Tenant, wishes: Wishes) -> list[tuple[str, str]]:
        areas = "、".join(area_name(core, tenant, code) for code in wishes.areas)
        wage = f"{wishes.wage_floor:,}円以上" if wishes.wage_floor else ""
        return [
            ("地域", areas or "決めていません（となりの市区町村も見ます）"),
            ("時間", wording.hours_text(wishes.hours) if wishes.hours else "決めていません"),
            ("時給", wage or "決めていません"),
        ]

    return router


def _one(fields: dict[str, list[str]], name: str) -> str:
    return next(iter(fields.get(name, ())), "")


def _step(text: str) -> int | None:
    return (
        int(text) if text.isascii() and text.isdigit() and len(text) == 1 and 1 <= int(text) <= LAST else None
    )


def _next(step: int, towards: str) -> int:
    return max(1, step - 1) if towards == "back" else min(LAST, step + 1)


def _first_open(questionnaire: Questionnaire) -> int:
    """Where to take it up again; the beginning when every item has been answered or skipped."""
    for number, items in enumerate(STEPS, start=1):
        if any(item.id not in questionnaire.answers for item in items):
            return number
    return 1


def _chosen(questionnaire: Questionnaire, item: str) -> str | None:
    if item not in questionnaire.answers:
        return None
    value = questionnaire.answers[item]
    return SKIPPED if value is None else str(value)


def _answers(step: int, fields: dict[str, list[str]]) -> tuple[dict[str, int | None], dict[str, str]]:
    """The answers of this step, and what is wrong by field name."""
    if step == LAST:
        return {}, {}
    sent = {item.id: _one(fields, item.id) for item in STEPS[step - 1] if item.id in fields}
    wrong = {
        item: "答えは、ならんでいる中から選んでください。"
        for item, value in sent.items()
        if value not in GIVEN
    }
    return {item: GIVEN[value] for item, value in sent.items() if value in GIVEN}, wrong


def _areas(tenant: Tenant) -> tuple[str, ...]:
    return (tenant.spec.municipality_code, *tenant.spec.neighbouring_areas)


def _parts(kept: tuple[Window, ...]) -> list[tuple[str, str]]:
    parts = list(LABELS.items())
    return [*parts, (KEEP, f"いまの希望のまま（{wording.hours_text(kept)}）")] if kept else parts
