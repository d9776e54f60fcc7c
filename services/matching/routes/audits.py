"""/matching/v1/slates/{id}/replay and /why-not: a slate looked into again, for staff"""

from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel

from services.matching import wording
from services.matching.eligibility import Obstacle
from services.matching.replaying import made_again, reason_against
from services.matching.routes.fields import OfferId, SlateId
from services.matching.store import Store
from services.matching.why_not import WhyNot
from shared.auth import Actor
from shared.http.request import scope


class ReplayView(BaseModel):
    """`whole`: made again from everything it was made from; older slates are checked proposal by proposal."""

    slate_id: str
    identical: bool
    whole: bool
    differences: list[str]


class ComparedTerm(BaseModel):
    """One term: its points for the offer asked about, and for the last one that was proposed. `text` says it of the offer asked about
    when it has it, otherwise of the other."""

    term: str
    text: str
    contribution: int
    last_contribution: int


class WhyNotView(BaseModel):
    """Either a `rank` (it was proposed), or `obstacles`, or a `score` beside that of the last one proposed, largest difference first."""

    offer_id: str
    rank: int | None
    obstacles: list[Obstacle]
    texts: list[str]
    score: int | None
    last_offer_id: str | None
    last_score: int | None
    terms: list[ComparedTerm]


def view(found: WhyNot) -> WhyNotView:
    return WhyNotView(
        offer_id=found.offer_id,
        rank=found.rank,
        obstacles=list(found.obstacles),
        texts=[wording.OBSTACLES[obstacle] for obstacle in found.obstacles],
        score=found.score,
        last_offer_id=found.last_offer_id,
        last_score=found.last_score,
        terms=[
            ComparedTerm(
                term=own.code,
                text=wording.term_text(own if own.contribution else last),
                contribution=own.contribution,
                last_contribution=last.contribution,
            )
            for own, last in found.terms
        ],
    )


def audit_router(store: Store) -> APIRouter:
    router = APIRouter(tags=["slates"])

    @router.get("/slates/{slate_id}/replay")
    async def replay_slate(
        slate_id: SlateId, actor: Annotated[Actor, Depends(scope("slates:read"))]
    ) -> ReplayView:
        """Make the slate again from what it kept, and say whether it is the same. 404 when what it needs is no longer kept."""
        found = await made_again(store, actor.tenant, slate_id)
        return ReplayView(
            slate_id=found.slate_id,
            identical=found.identical,
            whole=found.whole,
            differences=list(found.differences),
        )

    @router.get("/slates/{slate_id}/why-not/{offer_id}")
    async def explain_absence(
        slate_id: SlateId, offer_id: OfferId, actor: Annotated[Actor, Depends(scope("slates:read"))]
    ) -> WhyNotView:
        """Why an offer is not on the slate, as things stood when it was made. 404 for an offer that did not stand to choice then."""
        return view(await reason_against(store, actor.tenant, slate_id, offer_id))

    return router
