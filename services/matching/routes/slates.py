"""/matching/v1/me/slates, and a slate as staff see it"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.matching import wording
from services.matching.eligibility import Obstacle
from services.matching.market import Market
from services.matching.offer import Kind
from services.matching.proposing import SIZE, new_slate
from services.matching.relaxing import Wish
from services.matching.routes.fields import Hours, SlateId, Strict
from services.matching.scoring import Term
from services.matching.slate import Area, Proposal, Slate
from services.matching.store import Store
from shared.auth import Actor
from shared.clock import Clock
from shared.errors import NotFound
from shared.http.request import CommandOf, ResidentOf, TenantOf, scope
from shared.ids import id_pattern


class SlateRequest(Strict):
    """`follows` is an earlier slate of one's own: the new one goes on with its list and repeats nothing of it."""

    size: int = Field(default=SIZE, ge=1, le=20, description="How many offers at most")
    follows: str | None = Field(default=None, pattern=id_pattern("slt"))


class Reason(BaseModel):
    """One term of the score: `contribution` in points, negative when it speaks against the offer."""

    term: str
    text: str
    contribution: int

    @classmethod
    def of(cls, term: Term, titles: Mapping[str, str] = wording.NO_TITLES) -> "Reason":
        return cls(term=term.code, text=wording.term_text(term, titles), contribution=term.contribution)


class ProposalView(BaseModel):
    """`reasons` are all terms, weightiest first; their contributions sum to `score`. Show the first three and `mismatch`."""

    offer_id: str
    rank: int
    score: int
    reasons: list[Reason]
    mismatch: Reason | None
    title: str
    kind: Kind
    company_name: str
    municipality_code: str
    area: Area
    remote: bool
    hours: list[Hours]
    hourly_wage_yen: int | None


class SlateView(BaseModel):
    """`hidden`: for each of the person's wishes, how many offers more there would be without it alone. `more`: further ones fit."""

    id: str
    created_at: datetime
    offers: list[ProposalView]
    follows: str | None
    more: bool
    hidden: dict[Wish, int]


class ExclusionView(BaseModel):
    offer_id: str
    obstacles: list[Obstacle]
    texts: list[str]


class PassedOverView(BaseModel):
    offer_id: str
    score: int


class PlaceView(BaseModel):
    """`propensity`: how likely this offer was at this place, given those before it; `drawn`: by lot."""

    offer_id: str
    propensity: float
    drawn: bool


class StaffSlateView(SlateView):
    """With what was not proposed, and why: offers that met an obstacle, and offers that scored less (of each the first 200). `counted`:
    how many offers met which obstacle first. `model_hash` names what was learned and used."""

    resident_id: str
    model: str
    model_hash: str | None
    places: list[PlaceView]
    counted: dict[Obstacle, int]
    excluded: list[ExclusionView]
    passed_over: list[PassedOverView]


def proposal_view(proposal: Proposal, titles: Mapping[str, str]) -> ProposalView:
    offer = proposal.offer
    return ProposalView(
        offer_id=offer.id,
        rank=proposal.rank,
        score=proposal.score,
        reasons=[Reason.of(term, titles) for term in proposal.terms],
        mismatch=Reason.of(proposal.mismatch) if proposal.mismatch else None,
        title=offer.title,
        kind=offer.kind,
        company_name=offer.company_name,
        municipality_code=offer.municipality_code,
        area=proposal.area,
        remote=offer.remote,
        hours=[Hours.of(window) for window in offer.hours],
        hourly_wage_yen=offer.hourly_wage_yen,
    )


def view(slate: Slate, titles: Mapping[str, str]) -> SlateView:
    """`titles` of the offers that reasons come from, by id."""
    return SlateView(
        id=slate.id,
        created_at=slate.created_at,
        offers=[proposal_view(p, titles) for p in slate.proposals],
        follows=slate.follows,
        more=bool(slate.passed_over),
        hidden=dict(slate.hidden),
    )


def staff_view(slate: Slate, titles: Mapping[str, str]) -> StaffSlateView:
    return StaffSlateView(
        **dict(view(slate, titles)),
        resident_id=slate.seeker.resident_id,
        model=slate.model,
        model_hash=slate.basis.model_hash if slate.basis else None,
        places=[
            PlaceView(offer_id=p.offer.id, propensity=p.propensity, drawn=p.drawn) for p in slate.proposals
        ],
        counted=dict(slate.counted),
        excluded=[
            ExclusionView(
                offer_id=e.offer_id,
                obstacles=list(e.obstacles),
                texts=[wording.OBSTACLES[obstacle] for obstacle in e.obstacles],
            )
            for e in slate.excluded
        ],
        passed_over=[PassedOverView(offer_id=p.offer_id, score=p.score) for p in slate.passed_over],
    )


def slate_router(store: Store, market: Market, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["slates"])

    @router.post("/me/slates", status_code=201)
    async def make_slate(
        actor: ResidentOf, tenant: TenantOf, command: CommandOf, wanted: SlateRequest | None = None
    ) -> SlateView:
        """Offers for the resident, best first, each with its reasons. Works with an unfinished questionnaire, too."""
        asked = wanted or SlateRequest()
        resident_id, now = actor.require_resident(), clock.now()
        made = await new_slate(store, market, tenant, resident_id, asked.size, command, now, asked.follows)
        return view(made, await store.offers.titles(tenant.id, made.behind))

    @router.get("/me/slates/{slate_id}")
    async def get_own_slate(slate_id: SlateId, actor: ResidentOf) -> SlateView:
        """A slate as it was proposed."""
        slate = await store.slates.get(actor.tenant, slate_id)
        if slate.seeker.resident_id != actor.require_resident():
            raise NotFound(f"no slates {slate_id}")
        return view(slate, await store.offers.titles(actor.tenant, slate.behind))

    @router.get("/slates/{slate_id}")
    async def get_slate(
        slate_id: SlateId, actor: Annotated[Actor, Depends(scope("slates:read"))]
    ) -> StaffSlateView:
        """A slate with everything that was not proposed, and why."""
        slate = await store.slates.get(actor.tenant, slate_id)
        return staff_view(slate, {})  # what somebody has looked at is told to nobody

    return router
