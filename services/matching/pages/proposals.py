"""/matching/proposals: three offers with their reasons, what the person says to them, and taking it back."""

from typing import Any

from fastapi import APIRouter, Request, Response

from services.matching import wording
from services.matching.expressing import say
from services.matching.interest import Interest, Kind, latest
from services.matching.market import Market
from services.matching.offer import NoLongerOpen, Offer
from services.matching.pages.visitor import area_name, form_command
from services.matching.proposing import SIZE, new_slate
from services.matching.questionnaire import Questionnaire, profile_of
from services.matching.routes.fields import InterestId
from services.matching.slate import Proposal, Slate
from services.matching.store import Store
from shared.ids import new_ulid
from shared.runtime import Core
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import VisitorOf, form_of, go, page_route

PAGE = "/matching/proposals"
SAID: dict[str, Kind] = {"interested": "save", "not_interested": "not_interested"}


def proposal_pages(core: Core, store: Store, market: Market, pages: Pages) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    @router.get("/proposals")
    async def show_proposals(visitor: VisitorOf) -> Response:
        tenant = visitor.tenant
        slate = await store.slates.latest(tenant.id, visitor.resident_id)
        if slate is None:
            return pages.render("proposals.html", tenant, slate=None, idempotency_key=new_ulid())
        questionnaire, _ = await store.questionnaires.get(tenant.id, visitor.resident_id)
        present = await store.offers.of_ids(tenant.id, [p.offer.id for p in slate.proposals])
        said = latest(await store.interests.newest(tenant.id, visitor.resident_id))
        return pages.render(
            "proposals.html",
            tenant,
            slate=slate,
            cards=[_card(tenant, p, present.get(p.offer.id), said.get(p.offer.id)) for p in slate.proposals],
            outdated=_outdated(slate, questionnaire),
            nothing_said=not slate.seeker.profile.scores,
            excluded=_excluded(slate),
            idempotency_key=new_ulid(),
        )

    @router.post("/proposals")
    async def propose_anew(visitor: VisitorOf, request: Request) -> Response:
        tenant = visitor.tenant
        fields = await form_of(request)
        command = await form_command(request, visitor, next(iter(fields.get("idempotency_key", ())), ""))
        await new_slate(store, market, tenant, visitor.resident_id, SIZE, command, core.clock.now())
        return go(PAGE)

    @router.post("/proposals/interests")
    async def say_to_offer(visitor: VisitorOf, request: Request) -> Response:
        fields = {name: values[0] for name, values in (await form_of(request)).items()}
        kind = SAID.get(fields.get("kind", ""))
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
        return go(f"{PAGE}#{offer_id}")

    @router.post("/proposals/interests/{interest_id}/withdraw")
    async def take_back(interest_id: InterestId, visitor: VisitorOf, request: Request) -> Response:
        command = await form_command(request, visitor, "")
        interest = await store.interests.withdraw(
            visitor.tenant.id, visitor.resident_id, interest_id, command
        )
        return go(f"{PAGE}#{interest.offer_id}")

    def _card(
        tenant: Tenant, proposal: Proposal, present: Offer | None, said: Interest | None
    ) -> dict[str, Any]:
        offer = proposal.offer
        return {
            "offer": offer,
            "open": present is not None and present.state == "published",
            "said": said,
            "kind": wording.KINDS[offer.kind],
            "area": area_name(core, tenant, offer.municipality_code),
            "neighbouring": proposal.area == "neighbouring",
            "hours": wording.hours_text(offer.hours),
            "wage": wording.wage_text(offer.hourly_wage_yen),
            "reasons": [wording.term_text(term) for term in proposal.reasons],
            "mismatch": wording.term_text(proposal.mismatch) if proposal.mismatch else None,
            "idempotency_key": new_ulid(),
        }

    return router


def _outdated(slate: Slate, questionnaire: Questionnaire) -> bool:
    """Whether the answers or wishes have changed since."""
    seeker = slate.seeker
    return seeker.profile != profile_of(questionnaire.answers) or seeker.wishes != questionnaire.wishes


def _excluded(slate: Slate) -> list[tuple[str, int]]:
    """Why how many offers are not among them; an offer with two obstacles counts for its first."""
    counts = [(wording.OBSTACLES[obstacle], count) for obstacle, count in slate.counted.items()]
    return sorted(counts, key=lambda entry: -entry[1])
