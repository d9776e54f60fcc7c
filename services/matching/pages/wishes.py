"""/matching/wishes: the conditions that offers have to meet. Nothing has to be filled in."""

from fastapi import APIRouter, Request, Response

from services.matching import wording
from services.matching.area import Areas
from services.matching.licences import LICENCES
from services.matching.pages.visitor import form_command
from services.matching.pages.wish_form import (
    DAYS,
    KILOMETRES,
    NO_LICENCE,
    WishForm,
    form_of_wishes,
    sent_form,
    wishes_of_form,
)
from services.matching.pages.wish_hours import KEEP, LABELS, WEEK
from services.matching.pages.wish_words import WishWords
from services.matching.posting_words import ACCOMMODATIONS, FORMS
from services.matching.questionnaire import answer
from services.matching.seeker import reach_of
from services.matching.store import Store
from shared.ids import new_ulid
from shared.runtime import Core
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.pages import WEEKDAYS
from shared.web.visiting import VisitorOf, form_of, go, page_route

NEAR_KM = 50.0
"""How far around the municipality somebody may set out from."""
OFTEN = ("driving", "driving_at", "moped", "forklift", "care_initial", "care_worker", "nursery_teacher", "nurse", "cook", "bookkeeping_2")  # fmt: skip


def wish_pages(core: Core, store: Store, pages: Pages, places: Areas, words: WishWords) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    @router.get("/wishes")
    async def show_wishes(visitor: VisitorOf, first: str = "") -> Response:
        questionnaire, _ = await store.questionnaires.get(visitor.tenant.id, visitor.resident_id)
        return _page(visitor.tenant, form_of_wishes(questionnaire.wishes), first=bool(first))

    @router.post("/wishes")
    async def keep_wishes(visitor: VisitorOf, request: Request) -> Response:
        tenant, fields = visitor.tenant, await form_of(request)
        before, _ = await store.questionnaires.get(tenant.id, visitor.resident_id)
        form = sent_form(fields, before.wishes)
        wishes, problems = wishes_of_form(form, reach_of(tenant), before.wishes, places)
        if problems:
            return _page(tenant, form, problems=problems, status=422)
        now = core.clock.now()
        await store.questionnaires.change(
            tenant.id,
            visitor.resident_id,
            lambda q: answer(q, {}, wishes, finish=False, now=now),
            await form_command(request, visitor, fields.get("idempotency_key", [""])[0]),
        )
        return go("/matching/profile")

    def _page(
        tenant: Tenant,
        form: WishForm,
        *,
        first: bool = False,
        problems: dict[str, str] | None = None,
        status: int = 200,
    ) -> Response:
        return pages.render(
            "wishes.html",
            tenant,
            status=status,
            first=first,
            form=form,
            problems=problems or {},
            areas=[(code, words.area(tenant, code)) for code in _reach(tenant)],
            parts=_parts(form),
            weekdays=list(zip(WEEK, WEEKDAYS, strict=True)),
            days=DAYS,
            starts=_starts(tenant, form.start),
            kilometres=[*KILOMETRES, *({form.max_km} - {*KILOMETRES, ""})],
            kinds=wording.KINDS,
            forms=FORMS,
            often=[(one.code, one.label) for one in LICENCES if one.code in OFTEN],
            seldom=[(one.code, one.label) for one in LICENCES if one.code not in OFTEN],
            no_licence=NO_LICENCE,
            accommodations=ACCOMMODATIONS,
            idempotency_key=new_ulid(),
        )

    def _starts(tenant: Tenant, chosen: str) -> list[tuple[str, str]]:
        """Where one may set out from: the municipality, those it works with, and those around it; none without a list of places."""
        near = [one.code for _, one in places.within(tenant.spec.municipality_code, NEAR_KM)]
        codes = dict.fromkeys(c for c in (*_reach(tenant), *near, chosen) if c in places.by_code)
        return [(code, words.area(tenant, code)) for code in codes]

    return router


def _reach(tenant: Tenant) -> tuple[str, ...]:
    return (tenant.spec.municipality_code, *tenant.spec.neighbouring_areas)


def _parts(form: WishForm) -> list[tuple[str, str]]:
    parts = list(LABELS.items())
    return [*parts, (KEEP, f"いまの希望のまま（{wording.hours_text(form.kept)}）")] if form.kept else parts
