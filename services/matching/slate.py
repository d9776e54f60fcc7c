"""A slate: the few offers proposed to a person at one time, with everything that led to them."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal

from services.matching.eligibility import Obstacle, obstacles
from services.matching.engine.blend import Blend, Circumstances
from services.matching.engine.explore import Place, arrange
from services.matching.engine.exposure import Seen
from services.matching.offer import Offer
from services.matching.policy import EVERYTHING_OFF, Policy
from services.matching.scoring import MODEL, Term, in_order, unknown
from services.matching.seeker import Seeker
from services.matching.values import Scale
from shared.clock import TOKYO
from shared.events.envelope import Payload
from shared.events.matching.proposals import SlateProposed

REASONS_SHOWN = 3
NOTHING_ELSE = Circumstances()
Area = Literal["home", "neighbouring", "elsewhere"]


@dataclass(frozen=True)
class Proposal:
    """One offer as it stood when it was proposed. `score` is the sum of its terms; `unknown` matters to the person and is not said.

    `propensity` is the probability with which it was shown at its place, given the places before it; `drawn`: by lot.
    """

    offer: Offer
    rank: int
    score: int
    terms: tuple[Term, ...]
    unknown: Scale | None
    area: Area
    propensity: float = 1.0
    drawn: bool = False

    @property
    def reasons(self) -> tuple[Term, ...]:
        """What speaks most for it: at most three."""
        return tuple(t for t in self.terms if t.contribution > 0)[:REASONS_SHOWN]

    @property
    def mismatch(self) -> Term | None:
        """One thing said honestly: what speaks most against it, otherwise what is not known."""
        against = min(self.terms, key=lambda t: t.contribution, default=None)
        if against is not None and against.contribution < 0:
            return against
        return Term(f"unknown.{self.unknown}", 0) if self.unknown else None


@dataclass(frozen=True)
class Exclusion:
    offer_id: str
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True)
class PassedOver:
    """An offer that could have been proposed and scored less."""

    offer_id: str
    score: int


@dataclass(frozen=True)
class Basis:
    """What it was made under besides seeker and offers: enough, with the offers of `snapshot` and the model, to make it again.

    `companies` and `crowded` are the state of exposure; `model_hash` and `snapshot` are SHA-256 in hexadecimal digits.
    """

    size: int
    policy: Policy = EVERYTHING_OFF
    companies: Mapping[str, Seen] = field(default_factory=dict)
    crowded: frozenset[str] = frozenset()
    model_hash: str | None = None
    snapshot: str | None = None


@dataclass(frozen=True)
class Slate:
    """Every offer that was looked at is in exactly one of `proposals`, `passed_over` and `excluded`.

    `counted` says how many offers met which obstacle first, also when the list of them is kept only in part.
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


@dataclass(frozen=True)
class Candidate:
    """An offer that meets no obstacle, with its score; `lot` orders equal scores."""

    offer: Offer
    score: int
    terms: tuple[Term, ...]
    lot: str


def propose(
    slate_id: str,
    seeker: Seeker,
    offers: Iterable[Offer],
    size: int,
    now: datetime,
    given: Circumstances = NOTHING_ELSE,
    snapshot: str | None = None,
) -> tuple[Slate, list[Payload]]:
    """The `size` best offers that meet no obstacle, a small share of places by lot when the policy says so.

    Equal scores are ordered by a hash of slate and offer: reproducible, yet in favour of no company.
    """
    candidates, excluded = ranked(slate_id, seeker, offers, given, now.astimezone(TOKYO).date())
    places = arrange(slate_id, len(candidates), size, given.policy.exploration)
    shown = {place.choice for place in places}
    slate = Slate(
        id=slate_id,
        seeker=seeker,
        created_at=now,
        proposals=_proposals(seeker, candidates, places),
        passed_over=tuple(
            PassedOver(c.offer.id, c.score) for number, c in enumerate(candidates) if number not in shown
        ),
        excluded=excluded,
        counted=Counter(exclusion.obstacles[0] for exclusion in excluded),
        basis=basis_of(size, given, snapshot),
    )
    event = SlateProposed(
        resident_id=seeker.resident_id, slate_id=slate_id, offers=tuple(p.offer.id for p in slate.proposals)
    )
    return slate, [event]


def basis_of(size: int, given: Circumstances, snapshot: str | None) -> Basis:
    """What a slate keeps of the circumstances."""
    return Basis(
        size=size,
        policy=given.policy,
        companies=given.companies,
        crowded=given.crowded,
        model_hash=given.model.hash if given.model else None,
        snapshot=snapshot,
    )


def ranked(
    slate_id: str, seeker: Seeker, offers: Iterable[Offer], given: Circumstances, today: date
) -> tuple[list[Candidate], tuple[Exclusion, ...]]:
    """Every offer that meets no obstacle, best first, and those that meet one."""
    blend = Blend(seeker, given, today)
    candidates: list[Candidate] = []
    excluded: list[Exclusion] = []
    for offer in offers:
        if found := obstacles(offer, seeker, today):
            excluded.append(Exclusion(offer.id, found))
            continue
        its_terms = blend.terms(offer)
        score = sum(term.contribution for term in its_terms)
        candidates.append(Candidate(offer, score, its_terms, _lot(slate_id, offer.id)))
    candidates.sort(key=lambda c: (-c.score, c.lot))
    return candidates, tuple(excluded)


def _proposals(
    seeker: Seeker, candidates: Sequence[Candidate], places: Sequence[Place]
) -> tuple[Proposal, ...]:
    found: list[Proposal] = []
    left = list(range(len(candidates)))
    for rank, place in enumerate(places, start=1):
        best = candidates[left[0]].score
        left.remove(place.choice)
        chosen = candidates[place.choice]
        if chosen.score < best:
            # the lot is a term like the others: what lifts the offer to its place is said, and reasons still sum to the score
            lifted = in_order((*chosen.terms, Term("exploration.lot", best - chosen.score)))
            chosen = replace(chosen, score=best, terms=lifted)
        found.append(
            Proposal(
                chosen.offer,
                rank,
                chosen.score,
                chosen.terms,
                unknown(chosen.offer, seeker),
                _area(chosen.offer, seeker),
                place.propensity,
                place.drawn,
            )
        )
    return tuple(found)


def _lot(slate_id: str, offer_id: str) -> str:
    return hashlib.sha256(f"{slate_id}|{offer_id}".encode()).hexdigest()


def _area(offer: Offer, seeker: Seeker) -> Area:
    if offer.municipality_code == seeker.home:
        return "home"
    return "neighbouring" if offer.municipality_code in seeker.reach else "elsewhere"
