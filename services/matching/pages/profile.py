"""/matching/profile: what the answers say, as a picture, in words and as tables; learning on or off; deleting it all."""

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeVar

from fastapi import APIRouter, Request, Response

from services.matching import wording
from services.matching.pages.chart import LINE, WEB_HEIGHT, WIDTH, calling_bars, value_bars, web_of
from services.matching.pages.visitor import form_command
from services.matching.pages.wish_words import WishWords
from services.matching.questionnaire import ITEMS, answer, callings_of, erase, profile_of
from services.matching.store import Store
from services.matching.values import SHOWN_AS_LEADING, leading
from shared.ids import new_ulid
from shared.runtime import Core
from shared.web import Pages
from shared.web.visiting import VisitorOf, form_of, go, page_route

PAGE = "/matching/profile"
S = TypeVar("S", bound=str)


def profile_pages(core: Core, store: Store, pages: Pages, words: WishWords) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    @router.get("/profile")
    async def show_profile(visitor: VisitorOf) -> Response:
        tenant = visitor.tenant
        questionnaire, _ = await store.questionnaires.get(tenant.id, visitor.resident_id)
        values, callings = profile_of(questionnaire.answers).scores, callings_of(questionnaire.answers)
        return pages.render(
            "profile.html",
            tenant,
            width=WIDTH,
            line=LINE,
            web_height=WEB_HEIGHT,
            values=value_bars(values),
            value_words=_leading(values, wording.SCALES, wording.STRENGTHS),
            value_others=_as_much(values, wording.SCALES),
            callings=calling_bars(callings),
            calling_words=_leading(callings, wording.CALLINGS, wording.CALLING_STRENGTHS),
            calling_others=_as_much(callings, wording.CALLINGS),
            web=web_of(callings),
            left=len(questionnaire.open_items),
            begun=len(questionnaire.open_items) < len(ITEMS),
            wishes=words.lines(tenant, questionnaire.wishes),
            learning=questionnaire.wishes.learning,
            learning_here=tenant.spec.matching.learning,
            idempotency_key=new_ulid(),
        )

    @router.post("/profile/learning")
    async def switch_learning(visitor: VisitorOf, request: Request) -> Response:
        fields = await form_of(request)
        wanted, now = fields.get("learning", [""])[0] == "on", core.clock.now()
        await store.questionnaires.change(
            visitor.tenant.id,
            visitor.resident_id,
            lambda q: answer(q, {}, replace(q.wishes, learning=wanted), finish=False, now=now),
            await form_command(request, visitor, fields.get("idempotency_key", [""])[0]),
        )
        return go(f"{PAGE}#learning")

    @router.get("/profile/delete")
    async def ask_before_deleting(visitor: VisitorOf) -> Response:
        return pages.render("profile_delete.html", visitor.tenant, idempotency_key=new_ulid())

    @router.post("/profile/delete")
    async def delete_answers(visitor: VisitorOf, request: Request) -> Response:
        fields = await form_of(request)
        command = await form_command(request, visitor, fields.get("idempotency_key", [""])[0])
        now = core.clock.now()
        await store.questionnaires.erase(
            visitor.tenant.id, visitor.resident_id, lambda q: erase(q, now), command
        )
        return go(f"{PAGE}/deleted")

    @router.get("/profile/deleted")
    async def show_deleted(visitor: VisitorOf) -> Response:
        return pages.render("profile_deleted.html", visitor.tenant)

    return router


def _leading(
    scores: Mapping[S, float], names: Mapping[S, str], strengths: Mapping[S, str]
) -> list[tuple[str, str]]:
    return [(names[scale], strengths[scale]) for scale in leading(scores, tuple(names))]


def _as_much(scores: Mapping[S, float], names: Mapping[S, str]) -> list[str]:
    """Those that stand as high as the last of the leading ones and are not among them: where to cut would be an accident."""
    first = leading(scores, tuple(names))
    if len(first) < SHOWN_AS_LEADING:
        return []
    return [n for scale, n in names.items() if scores.get(scale) == scores[first[-1]] and scale not in first]
