"""/matching/offers/{id}: one offer with its workplace; what the person says to offers, and taking it back.

Opening the page is looking at the offer. A look is noted at most once a day and only for a page that is really opened: what a browser
fetches in advance (`Sec-Purpose: prefetch`) and what is fetched as anything but a document counts for nothing. Noting it on GET keeps the
way to an offer an ordinary link (RFC 9110, 9.2.1: a safe method may have effects that the person neither asked for nor answers for).
"""

import re

from fastapi import APIRouter, Request, Response

from services.matching.advertising import shown_offer
from services.matching.expressing import say
from services.matching.interest import POSITIVE, Interest, Kind
from services.matching.offer import NoLongerOpen, Offer
from services.matching.offer_texts import SAYINGS
from services.matching.pages.cards import Cards, Said, said_text
from services.matching.pages.profile_source import profile_source
from services.matching.pages.proposals import PAGE, answered_by, own_slate
from services.matching.pages.visitor import form_command
from services.matching.pages.workplace_view import WorkplaceView, workplace_view
from services.matching.routes.fields import InterestId, OfferId
from services.matching.slate import Proposal
from services.matching.store import Store
from services.matching.viewing import look
from services.matching.wording import KINDS
from shared.errors import NotFound
from shared.ids import id_pattern
from shared.runtime import Core
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, form_of, go, page_route

SAID = f"{PAGE}/said"
KINDS_SAID: dict[str, Kind] = {**{kind: kind for kind in SAYINGS}, "not_interested": "not_interested"}


def offer_pages(core: Core, store: Store, pages: Pages, cards: Cards) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    @router.get("/offers/{offer_id}")
    async def show_offer(
        offer_id: OfferId, visitor: VisitorOf, request: Request, slate: str = ""
    ) -> Response:
        tenant = visitor.tenant
        offer = await shown_offer(store, tenant.id, offer_id)
        if _is_opened(request):
            await look(store, tenant, visitor.resident_id, offer_id, core.clock.now())
        interests = await store.interests.newest(tenant.id, visitor.resident_id)
        proposal = await _proposal(visitor, offer_id, slate)
        titles = await store.offers.titles(tenant.id, proposal.behind if proposal else ())
        return pages.render(
            "offer.html",
            tenant,
            card=cards.offered(tenant, offer, interests, proposal, titles),
            place=await _workplace(tenant.id, offer),
            source=await profile_source(store, tenant.id, [offer]),
            slate=slate if proposal else "",
            answered_by=answered_by(tenant),
        )

    @router.get("/proposals/said")
    async def show_said(visitor: VisitorOf) -> Response:
        """Everything that stands: what was said, and what was put aside."""
        tenant = visitor.tenant
        interests = await store.interests.newest(tenant.id, visitor.resident_id)
        offers = await store.offers.of_ids(tenant.id, {i.offer_id for i in interests})
        return pages.render(
            "said.html",
            tenant,
            said=_by_offer([i for i in interests if i.kind in POSITIVE], offers),
            aside=_by_offer([i for i in interests if i.kind == "not_interested"], offers),
            kinds=KINDS,
            handed_on=any(interest.waits for interest in interests),
            answered_by=answered_by(tenant),
        )

    @router.post("/proposals/interests")
    async def say_to_offer(visitor: VisitorOf, request: Request) -> Response:
        fields = {name: values[0] for name, values in (await form_of(request)).items()}
        kind = KINDS_SAID.get(fields.get("kind", ""))
        if kind is None:
            return go(PAGE)
        command = await form_command(request, visitor, fields.get("idempotency_key", ""))
        offer_id = fields.get("offer_id", "")
        try:
            await say(
                store, visitor.tenant.id, visitor.resident_id, offer_id, kind, command, core.clock.now()
            )
        except NoLongerOpen:
            pass  # the page itself says that it has closed
        return go(_back(fields, offer_id))

    @router.post("/proposals/interests/{interest_id}/withdraw")
    async def take_back(interest_id: InterestId, visitor: VisitorOf, request: Request) -> Response:
        fields = {name: values[0] for name, values in (await form_of(request)).items()}
        command = await form_command(request, visitor, "")
        interest = await store.interests.withdraw(
            visitor.tenant.id, visitor.resident_id, interest_id, command
        )
        return go(_back(fields, interest.offer_id))

    async def _workplace(tenant: str, offer: Offer) -> WorkplaceView | None:
        if offer.workplace_id is None:
            return None
        try:
            return workplace_view(await store.workplaces.get(tenant, offer.workplace_id))
        except NotFound:
            return None

    async def _proposal(visitor: Visitor, offer_id: str, slate_id: str) -> Proposal | None:
        """The proposal from which the person came, if any."""
        try:
            slate = await own_slate(store, visitor, slate_id)
        except NotFound:
            return None
        return next((p for p in slate.proposals if p.offer.id == offer_id), None)

    return router


def _is_opened(request: Request) -> bool:
    asked = {request.headers.get(name, "").lower() for name in ("sec-purpose", "purpose", "x-moz")}
    fetched = request.headers.get("sec-fetch-dest", "document")
    return fetched == "document" and not any("prefetch" in one or "prerender" in one for one in asked)


def _back(fields: dict[str, str], offer_id: str) -> str:
    """The page from which the button was pressed; never an address that the form names by itself."""
    slate = fields.get("slate", "")
    if not re.fullmatch(id_pattern("slt"), slate):
        slate = ""
    query = f"?slate={slate}" if slate else ""
    if fields.get("back") == "said":
        return SAID
    return (
        f"/matching/offers/{offer_id}{query}"
        if fields.get("back") == "offer"
        else f"{PAGE}{query}#{offer_id}"
    )


def _by_offer(interests: list[Interest], offers: dict[str, Offer]) -> list[tuple[Offer, list[Said]]]:
    """What was said last comes first."""
    found: dict[str, list[Said]] = {}
    for one in interests:
        if one.offer_id in offers:
            found.setdefault(one.offer_id, []).append(said_text(one))
    return [(offers[offer_id], said) for offer_id, said in found.items()]
