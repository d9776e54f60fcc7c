"""The whole score: what is known of person and offer, and what goes beyond it, as whole points under names of their own.

    score = values + interests + hours + area + wage + tags + skills       `scoring.py`
          + 500 * learned share                                            learned.alike      `learned.py`
          + 150 * squashed(w . f)                                          learned.response   `logistic.py`
          + 200 * (harmonic(p, q) - p)                                     reciprocal.fit     `reciprocal.py`
          + exposure points of the company, none when the offer is crowded exposure.little    `exposure.py`
          + points of declared pushes, at most 100, none when crowded      push.declared
          (+ exploration.lot, what lifts an offer that was drawn by lot to its place: `slate.py`)

Every part beyond the first line is there only when the municipality's policy says so, and what the person liked before (tags) only where
something may be learned. f are the sums of the first line's terms by family,
in thousands. p is the preference that the terms so far express, q how far the person brings what the company looks for: the mean of the
share of its hours the person can work and of the share of its tags the person has as skills, of those that are known.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from services.matching.engine import exposure, learned
from services.matching.engine.logistic import evidence, squashed
from services.matching.engine.model import Model
from services.matching.engine.reciprocal import harmonic, preference
from services.matching.hours import overlap_minutes, weekly_minutes
from services.matching.norms import NO_NORMS, Norms
from services.matching.offer import Offer
from services.matching.policy import EVERYTHING_OFF, PUSHED_AT_MOST, Policy
from services.matching.scoring import Term, in_order, terms
from services.matching.seeker import Seeker

LEARNED, RESPONSE, RECIPROCAL = 500, 150, 200
THOUSAND = 1000


@dataclass(frozen=True)
class Circumstances:
    """What holds for everybody in the municipality at one time.

    `companies` were seen lately; `standing` is how many have an open offer at all (None: these). `crowded` are offers with enough
    applications for their places.
    """

    policy: Policy = EVERYTHING_OFF
    norms: Norms = NO_NORMS
    model: Model | None = None
    companies: Mapping[str, exposure.Seen] = field(default_factory=dict)
    standing: int | None = None
    crowded: frozenset[str] = frozenset()


class Blend:
    """The score of any offer for one seeker. What is the same for all offers is worked out once."""

    def __init__(self, seeker: Seeker, circumstances: Circumstances, today: date) -> None:
        learns = circumstances.policy.learning and seeker.wishes.learning
        self.seeker = seeker if learns or not seeker.liked else replace(seeker, liked={})
        self.given = circumstances
        self.today = today
        policy, model = circumstances.policy, circumstances.model
        self.model = model if learns else None
        self.said = learned.said(self.model, seeker.history) if self.model else None
        self.wished_minutes = weekly_minutes(seeker.wishes.hours)
        self.exposure = exposure.points(circumstances.companies, policy.exposure, circumstances.standing)

    def terms(self, offer: Offer) -> tuple[Term, ...]:
        """Every term that is not zero, in order of what it contributes; their sum is the score."""
        found = list(terms(offer, self.seeker, self.given.norms))
        found += self._learned(offer, found)
        found += self._reciprocal(offer, sum(term.contribution for term in found))
        found += self._exposure(offer)
        found += self._push(offer)
        return in_order(found)

    def _learned(self, offer: Offer, so_far: list[Term]) -> list[Term]:
        if self.model is None:
            return []
        found = []
        if self.said and (share := self.said.share(offer.id)):
            behind = learned.nearest(self.model, self.seeker.history, offer.id)
            facts = {"because": behind} if behind else {}
            found.append(Term("learned.alike", round(LEARNED * share), facts))
        if self.model.logistic.version:
            said = squashed(evidence(self.model.logistic, features(so_far)))
            found.append(Term("learned.response", round(RESPONSE * said)))
        return found

    def _reciprocal(self, offer: Offer, points: int) -> list[Term]:
        brings = brought(offer, self.seeker) if self.given.policy.reciprocal else None
        if brings is None:
            return []
        wanted = preference(points)
        return [
            Term(
                "reciprocal.fit",
                round(RECIPROCAL * (harmonic(wanted, brings) - wanted)),
                {"brings": round(100 * brings)},
            )
        ]

    def _exposure(self, offer: Offer) -> list[Term]:
        if offer.id in self.given.crowded:
            return []
        facts = {"seen": "seldom"} if self.exposure.is_seldom(offer.company_id) else {}
        return [Term("exposure.little", self.exposure.of(offer.company_id), facts)]

    def _push(self, offer: Offer) -> list[Term]:
        concerned = [push for push in self.given.policy.pushes if push.concerns(offer, self.today)]
        if not concerned or offer.id in self.given.crowded:
            return []
        points = min(PUSHED_AT_MOST, sum(push.points for push in concerned))
        return [Term("push.declared", points, {"names": "、".join(push.name for push in concerned)})]


def features(found: list[Term] | tuple[Term, ...]) -> dict[str, float]:
    """What the online model looks at: the points of each family of terms, in thousands."""
    points: dict[str, int] = {}
    for term in found:
        family = term.code.partition(".")[0]
        points[family] = points.get(family, 0) + term.contribution
    return {family: sums / THOUSAND for family, sums in points.items() if family in LOOKED_AT}


LOOKED_AT = frozenset({"values", "interests", "hours", "area", "wage", "tags", "skills"})
"""Families of terms from which the online model may learn: nothing about who the person is, nothing that the engine added itself."""


def brought(offer: Offer, seeker: Seeker) -> float | None:
    """How far the person brings what the company looks for, 0 to 1; None when nothing of it is known."""
    known = []
    if offer.hours and seeker.wishes.hours:
        known.append(overlap_minutes(offer.hours, seeker.wishes.hours) / weekly_minutes(offer.hours))
    if offer.tags and seeker.wishes.skills:
        known.append(len([tag for tag in offer.tags if tag in seeker.wishes.skills]) / len(offer.tags))
    return sum(known) / len(known) if known else None
