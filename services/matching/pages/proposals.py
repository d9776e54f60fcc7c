"""/matching/proposals: a few offers with their reasons, page by page, and what hides the others."""

import re

from fastapi import APIRouter, Request, Response

from services.matching import wording
from services.matching.advertising import shown_offers
from services.matching.market import Market
from services.matching.offer import Offer
from services.matching.offer_texts import ANSWERED_BY, WISHES
from services.matching.pages.cards import Cards
from services.matching.pages.profile_source import profile_source
from services.matching.pages.visitor import form_command
from services.matching.proposing import SIZE, new_slate
from services.matching.questionnaire import Questionnaire, profile_of
from services.matching.seeker import as_searched
from services.matching.slate import Slate
from services.matching.store import Store
from shared.errors import NotFound
from shared.ids import id_pattern, new_ulid
from shared.runtime import Core
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, form_of, go, page_route

PAGE = "/matching/proposals"
MOST_PAGES = 20


def proposal_pages(core: Core, store: Store, market: Market, pages: Pages, cards: Cards) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    @router.get("/proposals")
    async def show_proposals(visitor: VisitorOf, slate: str = "") -> Response:
        tenant = visitor.tenant
        found = await own_slate(store, visitor, slate) if slate else await _first_page(visitor)
        if found is None:
            return pages.render("proposals_none.html", tenant, idempotency_key=new_ulid())
        questionnaire, _ = await store.questionnaires.get(tenant.id, visitor.resident_id)
        present = await _present(tenant.id, found)
        interests = await store.interests.newest(tenant.id, visitor.resident_id)
        before = len(found.seeker.shown)
        titles = await store.offers.titles(tenant.id, found.behind)
        return pages.render(
            "proposals.html",
            tenant,
            slate=found,
            cards=[
                cards.proposed(tenant, p, before, present.get(p.offer.id), interests, titles)
                for p in found.proposals
            ],
            source=await profile_source(store, tenant.id, [p.offer for p in found.proposals]),
            outdated=_outdated(found, questionnaire),
            nothing_said=not found.seeker.profile.scores and not found.seeker.callings,
            has_more=bool(found.passed_over),
            excluded=_excluded(found),
            hidden=[(WISHES[wish], wish, count) for wish, count in found.hidden.items()],
            aside=sum(interest.kind == "not_interested" for interest in interests),
            answered_by=answered_by(tenant),
            idempotency_key=new_ulid(),
        )

    @router.post("/proposals")
    async def propose_anew(visitor: VisitorOf, request: Request) -> Response:
        fields = {name: values[0] for name, values in (await form_of(request)).items()}
        follows = fields.get("follows", "")
        if follows and (known := await _page_after(visitor, follows)):
            return go(f"{PAGE}?slate={known}")
        command = await form_command(request, visitor, fields.get("idempotency_key", ""))
        made = await new_slate(
            store,
            market,
            visitor.tenant,
            visitor.resident_id,
            SIZE,
            command,
            core.clock.now(),
            follows=follows or None,
        )
        return go(f"{PAGE}?slate={made.id}" if follows else PAGE)

    async def _present(tenant: str, slate: Slate) -> dict[str, Offer]:
        return await shown_offers(store, tenant, [p.offer.id for p in slate.proposals])

    async def _first_page(visitor: Visitor) -> Slate | None:
        """Of the list that was made last; None also when that page is no longer kept."""
        slate = await store.slates.latest(visitor.tenant.id, visitor.resident_id)
        for _ in range(MOST_PAGES):
            if slate is None or slate.follows is None:
                break
            try:
                slate = await own_slate(store, visitor, slate.follows)
            except NotFound:
                return None
        return slate

    async def _page_after(visitor: Visitor, slate_id: str) -> str | None:
        """The page that follows this one already: going back and on again is no new list."""
        await own_slate(store, visitor, slate_id)
        newest = await store.slates.newest(visitor.tenant.id, visitor.resident_id, MOST_PAGES)
        return next((slate.id for slate in newest if slate.follows == slate_id), None)

    return router


async def own_slate(store: Store, visitor: Visitor, slate_id: str) -> Slate:
    """Raises NotFound, also for another resident's."""
    if re.fullmatch(id_pattern("slt"), slate_id):
        slate = await store.slates.get(visitor.tenant.id, slate_id)
        if slate.seeker.resident_id == visitor.resident_id:
            return slate
    raise NotFound("no such slate")


def answered_by(tenant: Tenant) -> str:
    """Who answers what is asked of an offer."""
    desk = tenant.spec.desk
    return ANSWERED_BY.format(desk=desk.name, phone=desk.phone, hours=desk.hours)


def _outdated(slate: Slate, questionnaire: Questionnaire) -> bool:
    """Whether the answers or wishes have changed since."""
    seeker = slate.seeker
    changed = seeker.profile != profile_of(questionnaire.answers)
    return changed or seeker.wishes != as_searched(questionnaire.wishes)


def _excluded(slate: Slate) -> list[tuple[str, int]]:
    """Why how many offers are not among them; an offer with two obstacles counts for its first. Earlier pages hide nothing."""
    counts = [(wording.OBSTACLES[o], count) for o, count in slate.counted.items() if o != "shown"]
    return sorted(counts, key=lambda entry: -entry[1])
