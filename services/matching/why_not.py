"""Why an offer is not on a slate: what stands in its way, or its terms beside those of the last one that was proposed."""

from dataclasses import dataclass

from services.matching.eligibility import Obstacle, obstacles
from services.matching.engine.blend import Blend, Circumstances
from services.matching.offer import Offer
from services.matching.scoring import Term
from services.matching.slate import Slate
from shared.clock import TOKYO


@dataclass(frozen=True)
class WhyNot:
    """`rank` when it is proposed after all. Otherwise obstacles, or a `score` below `last_score`, term by term.

    `terms` pairs each code with its points for this offer and for the last one proposed, the largest difference first.
    """

    offer_id: str
    rank: int | None
    obstacles: tuple[Obstacle, ...] = ()
    score: int | None = None
    last_offer_id: str | None = None
    last_score: int | None = None
    terms: tuple[tuple[Term, Term], ...] = ()


def why_not(slate: Slate, offer: Offer, given: Circumstances) -> WhyNot:
    """For any offer as it stood then. `given` are the circumstances the slate was made under."""
    for proposal in slate.proposals:
        if proposal.offer.id == offer.id:
            return WhyNot(offer.id, proposal.rank, score=proposal.score)
    today = slate.created_at.astimezone(TOKYO).date()
    if found := obstacles(offer, slate.seeker, today):
        return WhyNot(offer.id, None, found)
    own = Blend(slate.seeker, given, today).terms(offer)
    score = sum(term.contribution for term in own)
    if not slate.proposals:
        return WhyNot(offer.id, None, score=score)
    last = slate.proposals[-1]
    return WhyNot(
        offer.id,
        None,
        score=score,
        last_offer_id=last.offer.id,
        last_score=last.score,
        terms=_beside(own, last.terms),
    )


def _beside(own: tuple[Term, ...], last: tuple[Term, ...]) -> tuple[tuple[Term, Term], ...]:
    mine, theirs = {t.code: t for t in own}, {t.code: t for t in last}
    pairs = [(mine.get(code, Term(code, 0)), theirs.get(code, Term(code, 0))) for code in {*mine, *theirs}]
    return tuple(sorted(pairs, key=lambda p: (-abs(p[1].contribution - p[0].contribution), p[0].code)))
