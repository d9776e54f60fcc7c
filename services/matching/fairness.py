"""Who was shown how much in the last four weeks, company by company: for the people who answer for it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from services.matching.engine import exposure
from services.matching.engine.exposure import Seen
from services.matching.engine.metrics import gini
from services.matching.offer import Offer


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
