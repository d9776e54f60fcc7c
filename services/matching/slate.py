"""A slate: the few offers proposed to a person at one time, with everything that led to them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.matching.eligibility import Obstacle, obstacles
from services.matching.offer import Offer
from services.matching.scoring import MODEL, Term, terms, unknown
from services.matching.seeker import Seeker
from services.matching.values import Scale
from shared.events.envelope import Payload
from shared.events.matching import SlateProposed

REASONS_SHOWN = 3
Area = Literal["home", "neighbouring", "elsewhere"]


@dataclass(frozen=True)
class Proposal:
    """One offer as it stood when it was proposed. `score` is the sum of its terms; `unknown` matters to the person and is not said."""

    offer: Offer
    rank: int
    score: int
    terms: tuple[Term, ...]
    unknown: Scale | None
    area: Area

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
class Slate:
    """Every offer that was looked at is in exactly one of `proposals`, `passed_over` and `excluded`."""

    id: str
    seeker: Seeker
    created_at: datetime
    proposals: tuple[Proposal, ...]
    passed_over: tuple[PassedOver, ...]
    excluded: tuple[Exclusion, ...]
    model: str = MODEL


def propose(
    slate_id: str, seeker: Seeker, offers: Iterable[Offer], size: int, now: datetime
) -> tuple[Slate, list[Payload]]:
    """The `size` best offers that meet no obstacle.

    Equal scores are ordered by a hash of slate and offer: reproducible, yet in favour of no company.
    """
    scored: list[tuple[int, str, Offer, tuple[Term, ...]]] = []
    excluded: list[Exclusion] = []
    for offer in offers:
        if found := obstacles(offer, seeker):
            excluded.append(Exclusion(offer.id, found))
            continue
        its_terms = terms(offer, seeker)
        score = sum(term.contribution for term in its_terms)
        scored.append((-score, _lot(slate_id, offer.id), offer, its_terms))
    scored.sort(key=lambda entry: entry[:2])
    proposals = tuple(
        Proposal(offer, rank, -negated, its_terms, unknown(offer, seeker), _area(offer, seeker))
        for rank, (negated, _, offer, its_terms) in enumerate(scored[:size], start=1)
    )
    rest = tuple(PassedOver(offer.id, -negated) for negated, _, offer, _ in scored[size:])
    slate = Slate(slate_id, seeker, now, proposals, rest, tuple(excluded))
    event = SlateProposed(
        resident_id=seeker.resident_id, slate_id=slate_id, offers=tuple(p.offer.id for p in proposals)
    )
    return slate, [event]


def _lot(slate_id: str, offer_id: str) -> str:
    return hashlib.sha256(f"{slate_id}|{offer_id}".encode()).hexdigest()


def _area(offer: Offer, seeker: Seeker) -> Area:
    if offer.municipality_code == seeker.home:
        return "home"
    return "neighbouring" if offer.municipality_code in seeker.reach else "elsewhere"
