"""The score of what is known without learning: a sum of terms, each of which is a reason that can be said aloud.

    score = sum over scales s of 1000 * importance(s) * standing(s)            values, within +-1000
          + sum over interests c of 400 * importance(c) * standing(c)          interests, within +-400
          + 300 * (2 * common hours / the lesser of offered and wished - 1)    hours, all of it by agreement, none unsaid
          + 150 at home, 100 elsewhere by wish or remote, -50 in a neighbouring area nobody asked for
          + 200 * min(1, how far the wage is above the floor / 20 %)           wage
          + 200 * share of its tags seen on offers the person was interested in
          + 150 * share of its tags that are skills the person named           skills

A standing is where the offer is among the others, -1 to 1 (`norms.py`); without others 2 * offer(s) - 1. Importances are shares that sum to 1.
Terms are whole points, so that they sum to the score exactly and a slate can be worked out again to the last digit.
Source of the form: weighted additive value model (Keeney & Raiffa, Decisions with Multiple Objectives, 1976).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from services.matching.eligibility import distance
from services.matching.hours import overlap_minutes, weekly_minutes
from services.matching.norms import NO_NORMS, Norms
from services.matching.offer import Kind, Offer
from services.matching.seeker import Seeker
from services.matching.values import CALLINGS, SCALES, Scale, shares

MODEL = "additive-4"
VALUES, INTERESTS, HOURS, WAGE, TAGS, SKILLS = 1000, 400, 300, 200, 200, 150
AT_HOME, BY_WISH, NEIGHBOURING = 150, 100, -50
FULL_RAISE = 0.2
Condition = Literal["hours", "days", "wage", "form", "distance"]
CONDITIONS: frozenset[str] = frozenset(get_args(Condition))
Unknown = Scale | Condition
EMPLOYED: frozenset[Kind] = frozenset({"job", "trial_work", "supported_short_job"})


@dataclass(frozen=True)
class Term:
    """`contribution` in points. `facts` fill the words of the catalogue: numbers, codes and the offer's own tags."""

    code: str
    contribution: int
    facts: Mapping[str, int | str] = field(default_factory=dict)


def terms(offer: Offer, seeker: Seeker, norms: Norms = NO_NORMS) -> tuple[Term, ...]:
    """Every term that is not zero, the weightiest in favour first, the weightiest against last."""
    return in_order(
        [
            *_values(offer, seeker, norms),
            *_interests(offer, seeker, norms),
            *_hours(offer, seeker),
            *_wage(offer, seeker),
            *_tags(offer, seeker),
            *_skills(offer, seeker),
            _area(offer, seeker),
        ]
    )


def in_order(found: Iterable[Term]) -> tuple[Term, ...]:
    """Without those that say nothing; what speaks most for the offer first. The order is total: two terms never share a code."""
    return tuple(sorted((t for t in found if t.contribution), key=lambda t: (-t.contribution, t.code)))


def unknown(offer: Offer, seeker: Seeker) -> Unknown | None:
    """The first condition wished for that the offer says nothing about; otherwise, of what matters most to the person, the first."""
    for condition in _open_wishes(offer, seeker):
        return condition
    return next((scale for scale in seeker.profile.leading() if scale not in offer.values), None)


def _open_wishes(offer: Offer, seeker: Seeker) -> Iterator[Condition]:
    wishes, silent = seeker.wishes, tuple(silent_about(offer))
    if wishes.hours and "hours" in silent:
        yield "hours"
    if "days" in silent and (wishes.days_a_week or (wishes.hours and offer.hours)):
        yield "days"
    if wishes.employment_forms and offer.employment_form is None:
        yield "form"
    if wishes.max_km is not None and seeker.at and not offer.remote and distance(offer, seeker) is None:
        yield "distance"


def silent_about(offer: Offer) -> Iterator[Condition]:
    """What somebody who looks at the offer does not learn, whatever they wish for."""
    if not offer.hours and not offer.agreed:
        yield "hours"
    if offer.hourly_wage_yen is None:
        yield "wage"
    if not offer.work_days_a_week and ("days" in offer.unsaid or not offer.hours):
        yield "days"
    if offer.employment_form is None and offer.kind in EMPLOYED:
        yield "form"


def _values(offer: Offer, seeker: Seeker, norms: Norms) -> list[Term]:
    importance = seeker.profile.importance()
    return [
        Term(
            f"values.{scale}",
            round(VALUES * importance[scale] * norms.standing(scale, offer.values[scale])),
            {"matters": round(100 * seeker.profile.scores[scale])},
        )
        for scale in SCALES
        if scale in importance and scale in offer.values
    ]


def _interests(offer: Offer, seeker: Seeker, norms: Norms) -> list[Term]:
    importance = shares(seeker.callings)
    return [
        Term(
            f"interests.{calling}",
            round(INTERESTS * importance[calling] * norms.standing(calling, offer.interests[calling])),
            {"matters": round(100 * seeker.callings[calling])},
        )
        for calling in CALLINGS
        if calling in importance and calling in offer.interests
    ]


def _hours(offer: Offer, seeker: Seeker) -> list[Term]:
    if not seeker.wishes.hours:
        return []
    if not offer.hours:
        return [Term("hours.any", HOURS)] if offer.agreed else []
    offered, wished = weekly_minutes(offer.hours), weekly_minutes(seeker.wishes.hours)
    common = overlap_minutes(offer.hours, seeker.wishes.hours)
    # by the lesser of both: hours that leave a wide choice are no worse than hours that fit just so
    fit = 2 * common / min(offered, wished) - 1
    facts = {"common": common, "offered": offered, "wished": wished, "days": offer.days}
    choice = "hours" if offer.chosen else "days" if offer.days < offer.weekdays else "none"
    return [Term("hours.common", round(HOURS * fit), {**facts, "choice": choice})]


def _area(offer: Offer, seeker: Seeker) -> Term:
    facts = {"town": seeker.town} if seeker.town else {}
    if offer.municipality_code == seeker.home:
        return Term("area.home", AT_HOME, facts)
    if offer.municipality_code in seeker.wishes.areas:
        return Term("area.wished", BY_WISH)
    if offer.remote:
        return Term("area.remote", BY_WISH)
    return Term("area.neighbouring", NEIGHBOURING, facts)


def _wage(offer: Offer, seeker: Seeker) -> list[Term]:
    floor = seeker.wishes.wage_floor
    if not floor or offer.hourly_wage_yen is None:
        return []
    more = offer.hourly_wage_yen - floor
    return [Term("wage.above", round(WAGE * min(1.0, more / (floor * FULL_RAISE))), {"more": more})]


def _tags(offer: Offer, seeker: Seeker) -> list[Term]:
    seen = liked_tags(seeker, offer.id)
    common = [tag for tag in offer.tags if tag in seen]
    if not common:
        return []
    return [Term("tags.liked", round(TAGS * len(common) / len(offer.tags)), {"tags": "、".join(common[:3])})]


def liked_tags(seeker: Seeker, but: str) -> set[str]:
    """Tags of the offers the person was interested in, but for one."""
    return {tag for liked, tags in seeker.liked.items() if liked != but for tag in tags}


def _skills(offer: Offer, seeker: Seeker) -> list[Term]:
    common = [tag for tag in offer.tags if tag in seeker.wishes.skills]
    if not common:
        return []
    return [
        Term("skills.used", round(SKILLS * len(common) / len(offer.tags)), {"tags": "、".join(common[:3])})
    ]
