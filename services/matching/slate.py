"""A slate: the few offers proposed to a person at one time, with everything that led to them."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from services.matching.basis import Basis, basis_of, inputs_of
from services.matching.eligibility import Obstacle, obstacles
from services.matching.engine.blend import Blend, Circumstances
from services.matching.engine.columns import columns_of
from services.matching.engine.explore import WITHIN, Place, arrange
from services.matching.offer import Offer
from services.matching.ranking import Candidate, Exclusion, ranked, ranked_one_by_one
from services.matching.relaxing import Wish
from services.matching.scoring import CONDITIONS, MODEL, Term, Unknown, in_order, silent_about, unknown
from services.matching.seeker import Seeker
from shared.clock import TOKYO
from shared.events.envelope import Payload
from shared.events.matching.proposals import SlateProposed

REASONS_SHOWN = 3
KEPT = 200
"""How many of the offers that were not proposed a slate lists; the rest can be worked out again from its snapshot."""
NOTHING_ELSE = Circumstances()
Area = Literal["home", "neighbouring", "elsewhere"]


@dataclass(frozen=True)
class Proposal:
    """One offer as it stood when it was proposed. `score` is the sum of its terms; `unknown` is wished for, or matters to the person, and is
    not said.

    `propensity` is the probability with which it was shown at its place, given the places before it; `drawn`: by lot.
    """

    offer: Offer
    rank: int
    score: int
    terms: tuple[Term, ...]
    unknown: Unknown | None
    area: Area
    propensity: float = 1.0
    drawn: bool = False

    @property
    def reasons(self) -> tuple[Term, ...]:
        """What speaks most for it: at most three."""
        return tuple(t for t in self.terms if t.contribution > 0)[:REASONS_SHOWN]

    @property
    def behind(self) -> frozenset[str]:
        """Offers from which a reason comes, e.g. one that the person looked at; their ids."""
        return frozenset(str(term.facts["because"]) for term in self.terms if "because" in term.facts)

    @property
    def mismatch(self) -> Term | None:
        """One thing said honestly: a condition of the person's of which nothing is known, what speaks most against it, what matters to the person
        and is not known, or whatever the offer does not say."""
        if self.unknown in CONDITIONS:
            return Term(f"unknown.{self.unknown}", 0)
        against = min(self.terms, key=lambda t: t.contribution, default=None)
        if against is not None and against.contribution < 0:
            return against
        silent = self.unknown or next(silent_about(self.offer), None)
        return Term(f"unknown.{silent}", 0) if silent else None


@dataclass(frozen=True)
class PassedOver:
    """An offer that could have been proposed and scored less."""

    offer_id: str
    score: int


@dataclass(frozen=True)
class Slate:
    """Every offer that was looked at is in at most one of `proposals`, `passed_over` (the best of them) and `excluded` (the first by id).

    `counted` says how many offers met which obstacle first, also of those that `excluded` does not name. `inputs` is the SHA-256 of
    everything it was made from, in canonical form. `test`: made for somebody who was registered with a test key. `hidden`: how many
    offers each of the person's wishes hides by itself. `follows` is the slate whose list it goes on with.
    """

    id: str
    seeker: Seeker
    created_at: datetime
    proposals: tuple[Proposal, ...]
    passed_over: tuple[PassedOver, ...]
    excluded: tuple[Exclusion, ...]
    counted: Mapping[Obstacle, int] = field(default_factory=dict)
    basis: Basis | None = None
    model: str = MODEL
    inputs: str | None = None
    test: bool = False
    hidden: Mapping[Wish, int] = field(default_factory=dict)
    follows: str | None = None

    @property
    def behind(self) -> frozenset[str]:
        """Offers from which reasons come; their ids."""
        return frozenset(offer_id for proposal in self.proposals for offer_id in proposal.behind)


def propose(
    slate_id: str,
    seeker: Seeker,
    offers: Iterable[Offer],
    size: int,
    now: datetime,
    given: Circumstances = NOTHING_ELSE,
    snapshot: str | None = None,
    *,
    test: bool = False,
) -> tuple[Slate, list[Payload]]:
    """The `size` best offers that meet no obstacle, a small share of places by lot when the policy says so.

    Equal scores are ordered by lots of slate and offer: reproducible, yet in favour of no company.
    """
    today = now.astimezone(TOKYO).date()
    columns = columns_of(offers)
    blend = Blend(seeker, given, today)
    best_of = size + max(WITHIN, KEPT)
    ranking = ranked(slate_id, blend, columns, best_of, KEPT)
    places = arrange(slate_id, ranking.count, size, given.policy.exploration)
    proposals = _proposals(blend, ranking.first, places)
    if proposals is None:
        ranking = ranked_one_by_one(slate_id, blend, columns.offers, best_of, KEPT)
        places = arrange(slate_id, ranking.count, size, given.policy.exploration)
        proposals = _proposals(blend, ranking.first, places)
    shown = {place.choice for place in places}
    passed = [c for number, c in enumerate(ranking.first) if number not in shown]
    basis = basis_of(size, given, snapshot)
    slate = Slate(
        id=slate_id,
        seeker=seeker,
        created_at=now,
        proposals=proposals or (),
        passed_over=tuple(PassedOver(c.offer.id, c.score) for c in passed[:KEPT]),
        excluded=ranking.excluded,
        counted=ranking.counted,
        basis=basis,
        inputs=inputs_of(slate_id, seeker, now, basis),
        test=test,
    )
    event = SlateProposed(
        resident_id=seeker.resident_id,
        slate_id=slate_id,
        offers=tuple(p.offer.id for p in slate.proposals),
        test=test,
    )
    return slate, [event]


def _proposals(
    blend: Blend, candidates: Sequence[Candidate], places: Sequence[Place]
) -> tuple[Proposal, ...] | None:
    """With their terms; None when the plain rules do not agree that a candidate can be proposed with its score."""
    seeker, today = blend.seeker, blend.today
    found: list[Proposal] = []
    left = list(range(len(candidates)))
    for rank, place in enumerate(places, start=1):
        best = candidates[left[0]].score
        left.remove(place.choice)
        chosen = candidates[place.choice]
        terms = blend.terms(chosen.offer)
        if obstacles(chosen.offer, seeker, today) or sum(t.contribution for t in terms) != chosen.score:
            return None
        if chosen.score < best:
            # the lot is a term like the others: what lifts the offer to its place is said, and reasons still sum to the score
            terms = in_order((*terms, Term("exploration.lot", best - chosen.score)))
        found.append(
            Proposal(
                chosen.offer,
                rank,
                best,
                terms,
                unknown(chosen.offer, seeker),
                _area(chosen.offer, seeker),
                place.propensity,
                place.drawn,
            )
        )
    return tuple(found)


def _area(offer: Offer, seeker: Seeker) -> Area:
    if offer.municipality_code == seeker.home:
        return "home"
    return "neighbouring" if offer.municipality_code in seeker.reach else "elsewhere"
