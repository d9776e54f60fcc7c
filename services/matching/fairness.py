"""Who was shown how much in the last four weeks, company by company, and what was spoken for: for the people who answer for it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from services.matching.engine import exposure
from services.matching.engine.exposure import Seen
from services.matching.engine.metrics import gini
from services.matching.offer import Offer
from services.matching.policy import Push


@dataclass(frozen=True)
class CompanyRow:
    """`share` of all exposure, 0 to 1; `views` are opened details, `interest` what was said; `points` what exposure control adds now."""

    company_id: str
    name: str
    offers: int
    exposure: float
    share: float
    views: int
    interest: int
    points: int


@dataclass(frozen=True)
class Fairness:
    """Most shown first. `gini` of exposure: 0 when all companies were shown the same."""

    rows: tuple[CompanyRow, ...]
    gini: float
    never_shown: int


@dataclass(frozen=True)
class PushRow:
    """`offers`: open ones that it adds to now, none once it has ended; `lifted`: how many were proposed with its points, `times` how often."""

    push: Push
    running: bool
    offers: int
    lifted: int
    times: int


def pushes_of(
    pushes: Sequence[Push],
    offers: Iterable[Offer],
    crowded: Collection[str],
    pushed: Iterable[tuple[str, str]],
    today: date,
) -> tuple[PushRow, ...]:
    """In the order they are declared in. `today` in Tokyo; `pushed`: (offer, names of its pushes, 、 between them) of each proposal."""
    standing = [offer for offer in offers if offer.state == "published" and offer.id not in crowded]
    proposed = [(offer_id, f"、{names}、") for offer_id, names in pushed]
    rows = []
    for push in pushes:
        lifted = [offer_id for offer_id, names in proposed if f"、{push.name}、" in names]
        concerned = sum(push.concerns(offer, today) for offer in standing)
        rows.append(PushRow(push, today <= push.until, concerned, len(set(lifted)), len(lifted)))
    return tuple(rows)


def fairness_of(
    offers: Iterable[Offer], seen: Mapping[str, Seen], viewed: Iterable[str], strength: int
) -> Fairness:
    """`viewed` names the offer of each view; `seen` is every company with an open offer."""
    standing = list(offers)
    company_of = {offer.id: offer.company_id for offer in standing}
    names = {offer.company_id: offer.company_name for offer in standing}
    views: dict[str, int] = {}
    for offer_id in viewed:
        if company := company_of.get(offer_id):
            views[company] = views.get(company, 0) + 1
    total = sum(one.exposure for one in seen.values())
    points = exposure.points(seen, strength)
    rows = [
        CompanyRow(
            company_id=company,
            name=names.get(company, company),
            offers=one.offers,
            exposure=one.exposure,
            share=one.exposure / total if total else 0.0,
            views=views.get(company, 0),
            interest=round(one.interest),
            points=points.of(company),
        )
        for company, one in seen.items()
    ]
    rows.sort(key=lambda row: (-row.exposure, row.name, row.company_id))
    return Fairness(tuple(rows), gini([row.exposure for row in rows]), sum(row.exposure == 0 for row in rows))
