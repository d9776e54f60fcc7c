"""/matching/company/offers: writing an offer, looking at it as residents will, and its life."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Literal

from fastapi import APIRouter, Request, Response

from services.matching import advertising, wording
from services.matching.exposing import figures
from services.matching.figures import Figures
from services.matching.market import Market
from services.matching.occupations import STRENGTH
from services.matching.offer import ClosingReason, NoLongerOpen, Offer, draft_of
from services.matching.offer_life import NotInThisState, NotLetIn
from services.matching.pages import offer_form
from services.matching.pages.company_route import (
    HOME,
    CompanyOf,
    FormOf,
    Representative,
    company_command,
    company_router,
)
from services.matching.pages.offer_view import shown_facts, unshown_facts
from services.matching.pages.profile_source import profile_source
from services.matching.pages.visitor import NameOf
from services.matching.pages.workplace_view import workplace_view
from services.matching.posting import advise
from services.matching.posting_words import (
    ACCOMMODATIONS,
    DECLINED,
    FORMS,
    INDUSTRIES,
    KIND_HINTS,
    PAUSED,
    PROBLEMS,
    STATES,
    advice_text,
)
from services.matching.routes.fields import OfferId
from services.matching.seeker import reach_of
from services.matching.store import Store
from shared.errors import Invalid, StaleVersion
from shared.idempotency import Command
from shared.ids import new_ulid
from shared.runtime import Core
from shared.web import Pages
from shared.web.visiting import go

OFFERS = f"{HOME}/offers"
Action = Literal["publish", "pause", "resume", "fill", "close", "reopen"]
CHANGED_BY_OTHERS = (
    "ほかの人が、先にこの募集を変えました。いまの内容を確かめてから、もう一度保存してください。"
)
NOT_NOW = "この募集は、いまはそうできません。いまの状態を確かめてください。"
NOT_LET_IN = "会社の登録が確かめられるまで、募集は出せません。下書きは、このまま残ります。"
NOT_A_NUMBER = "人数は、1から10,000までの数で書いてください。"
TOO_LATE = "最終日が過ぎています。最終日を直してから、もう一度ためしてください。"
NUMBER = re.compile(r"[0-9]{1,9}")


def offer_pages(core: Core, store: Store, market: Market, pages: Pages, name: NameOf) -> APIRouter:
    router = company_router(pages, store)

    async def ask(
        who: Representative,
        fields: Mapping[str, Any],
        *,
        present: Offer | None = None,
        problems: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> Response:
        tenant, company = who.tenant, who.company
        places = await store.workplaces.of_company(tenant.id, company.id)
        return pages.render(
            "company_offer_form.html",
            tenant,
            status=422 if problems else 409 if problem else 200,
            company=company,
            present=present,
            fields=fields,
            problems=problems or {},
            problem=problem,
            areas={code: name(tenant, code) for code in sorted(reach_of(tenant))},
            workplaces={place.id: place.name for place in places},
            kinds=wording.KINDS,
            kind_hints=KIND_HINTS,
            forms=FORMS,
            accommodations=ACCOMMODATIONS,
            industries=INDUSTRIES,
            scales=wording.SCALES,
            callings=wording.CALLINGS,
            levels=offer_form.LEVELS,
            parts=round(1 + STRENGTH),
            windows=offer_form.WINDOWS,
            weekdays=dict(enumerate("月火水木金土日")),
            idempotency_key=new_ulid(),
        )

    async def show(who: Representative, offer: Offer, problem: str = "") -> Response:
        tenant, company = who.tenant, who.company
        place = (
            await store.workplaces.get(tenant.id, offer.workplace_id, company.id)
            if offer.workplace_id
            else None
        )
        told = await figures(store, market, tenant.id, [offer.id], core.clock.now())
        return pages.render(
            "company_offer.html",
            tenant,
            status=409 if problem else 200,
            company=company,
            offer=offer,
            facts=shown_facts(offer, name(tenant, offer.municipality_code)),
            unshown=unshown_facts(name, tenant, offer),
            place=workplace_view(place) if place else None,
            source=await profile_source(store, tenant.id, [offer]),
            state=STATES[offer.state],
            kind=wording.KINDS[offer.kind],
            advice=[advice_text(one) for one in advise(draft_of(offer))],
            told=told.get(offer.id, Figures()),
            problem=problem,
            declined=DECLINED,
            paused=PAUSED,
        )

    @router.get("/offers/new")
    async def ask_for_offer(who: CompanyOf, like: str = "") -> Response:
        """`like` another offer of the company: to begin with its words."""
        if like:
            known = await advertising.found(store, who.tenant.id, like[:40], who.company_id)
            return await ask(who, {**offer_form.filled(draft_of(known)), "expires_on": ""})
        return await ask(who, offer_form.empty(who.company.municipality_code))

    @router.post("/offers/new")
    async def add_offer(request: Request, who: CompanyOf, form: FormOf) -> Response:
        fields = offer_form.typed(form)
        draft, problems = offer_form.read(fields)
        if draft is None:
            return await ask(who, fields, problems=problems)
        command = await company_command(request, who, form)
        try:
            made = await advertising.write_offer(
                store, who.tenant, who.company_id, draft, command, core.clock.now(), show=False
            )
        except Invalid as refused:
            return await ask(who, fields, problems=_problems(refused))
        return go(f"{OFFERS}/{made.id}")

    @router.get("/offers/{offer_id}")
    async def show_offer(offer_id: OfferId, who: CompanyOf) -> Response:
        offer = await advertising.found(store, who.tenant.id, offer_id, who.company_id)
        return await show(who, offer)

    @router.get("/offers/{offer_id}/edit")
    async def ask_anew(offer_id: OfferId, who: CompanyOf) -> Response:
        offer = await advertising.found(store, who.tenant.id, offer_id, who.company_id)
        return await ask(who, offer_form.filled(draft_of(offer)), present=offer)

    @router.post("/offers/{offer_id}/edit")
    async def rewrite_offer(request: Request, offer_id: OfferId, who: CompanyOf, form: FormOf) -> Response:
        offer = await advertising.found(store, who.tenant.id, offer_id, who.company_id)
        fields = offer_form.typed(form)
        draft, problems = offer_form.read(fields, draft_of(offer))
        if draft is None:
            return await ask(who, fields, present=offer, problems=problems)
        command, version = await company_command(request, who, form), next(iter(form.get("version", ())), "")
        try:
            await advertising.rewrite_offer(
                store,
                who.tenant,
                offer_id,
                draft,
                command,
                core.clock.now(),
                expected=int(version) if NUMBER.fullmatch(version) else -1,
                company_id=who.company_id,
            )
        except Invalid as refused:
            return await ask(who, fields, present=offer, problems=_problems(refused))
        except (StaleVersion, NoLongerOpen):
            latest = await advertising.found(store, who.tenant.id, offer_id, who.company_id)
            return await ask(who, fields, present=latest, problem=CHANGED_BY_OTHERS)
        return go(f"{OFFERS}/{offer_id}")

    @router.post("/offers/{offer_id}/{action}")
    async def act(
        request: Request, offer_id: OfferId, action: Action, who: CompanyOf, form: FormOf
    ) -> Response:
        offer = await advertising.found(store, who.tenant.id, offer_id, who.company_id)
        command = await company_command(request, who, form)
        try:
            await _act(store, who, offer_id, action, form, command, core.clock.now())
        except NotLetIn:
            return await show(who, offer, NOT_LET_IN)
        except (NotInThisState, NoLongerOpen):
            return await show(who, offer, NOT_NOW)
        except Invalid as refused:
            return await show(who, offer, TOO_LATE if refused.field == "expires_on" else NOT_A_NUMBER)
        return go(f"{OFFERS}/{offer_id}")

    return router


async def _act(
    store: Store,
    who: Representative,
    offer_id: str,
    action: Action,
    form: Mapping[str, Sequence[str]],
    command: Command,
    now: datetime,
) -> None:
    tenant, company_id = who.tenant.id, who.company_id
    if action == "publish":
        await advertising.show_offer(store, tenant, offer_id, command, now, company_id)
    elif action == "pause":
        await advertising.rest_offer(store, tenant, offer_id, command, company_id)
    elif action == "resume":
        await advertising.resume_offer(store, tenant, offer_id, command, now, company_id)
    elif action == "reopen":
        places, last_day = _again(form)
        await advertising.reopen_offer(store, tenant, offer_id, places, last_day, command, now, company_id)
    else:
        reason: ClosingReason = "filled" if action == "fill" else "withdrawn"
        await advertising.end_offer(store, tenant, offer_id, reason, command, now, company_id)


def _again(form: Mapping[str, Sequence[str]]) -> tuple[int | None, date | None]:
    """Places and last day of an offer that opens again. Raises Invalid."""
    places, day = (next(iter(form.get(name, ())), "").strip() for name in ("open_places", "expires_on"))
    if places and not NUMBER.fullmatch(places):
        raise Invalid("open_places", "a number")
    try:
        return int(places) if places else None, date.fromisoformat(day) if day else None
    except ValueError as error:
        raise Invalid("expires_on", "a day") from error


def _problems(refused: Invalid) -> dict[str, str]:
    name = refused.field.partition(".")[0]
    return {name: PROBLEMS.get(name, PROBLEMS["title"])}
