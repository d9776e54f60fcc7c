"""How much is enough: per person, per company, per offer."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.matching.engine.exposure import CROWD
from services.matching.offer import Offer
from shared.tenancy import Tenant


@dataclass(frozen=True)
class Caps:
    """`offers` in one message; messages to one person in any seven days, and the days between two; how often a company's offers go out in
    any seven days."""

    offers: int = 3
    per_week: int = 1
    gap_days: int = 5
    per_company: int = 100


def caps_of(tenant: Tenant) -> Caps:
    """As the municipality declares them."""
    declared = tenant.spec.matching.sending
    return Caps(declared.offers, declared.per_week, declared.gap_days, declared.per_company)


@dataclass
class Tally:
    """What has gone out: by company in the last seven days, by offer as far back as is kept. Counts on as more goes out."""

    companies: Counter[str] = field(default_factory=Counter)
    offers: Counter[str] = field(default_factory=Counter)

    def count(self, picks: Iterable[tuple[str, str]]) -> None:
        """`picks` are (offer id, company id)."""
        for offer, company in picks:
            self.offers[offer] += 1
            self.companies[company] += 1

    def room_for(self, offer: Offer, caps: Caps) -> bool:
        """May the offer go out once more? Each open place is told to five people at most."""
        if offer.open_places is not None and self.offers[offer.id] >= CROWD * offer.open_places:
            return False
        return self.companies[offer.company_id] < caps.per_company


class Full:
    """Offers that may not go out any more, kept as messages of at most `caps.offers` are made one after another.

    A message may hold several offers of one company: the company is closed as soon as its next message could exceed what is left.
    """

    def __init__(self, offers: Iterable[Offer], tally: Tally, caps: Caps, crowded: Iterable[str]) -> None:
        self.tally = tally
        self.caps = caps
        self.by_company: dict[str, list[Offer]] = {}
        self.ids: set[str] = set(crowded)
        for offer in offers:
            if offer.state == "published":
                self.by_company.setdefault(offer.company_id, []).append(offer)
        for company in self.by_company:
            self._look(company)

    def sent(self, picks: Iterable[tuple[str, str]]) -> None:
        """Count a message, (offer id, company id) by place."""
        known = list(picks)
        self.tally.count(known)
        for company in {company for _, company in known}:
            self._look(company)

    def _look(self, company: str) -> None:
        offers = self.by_company.get(company, [])
        self.ids.update(offer.id for offer in offers if not self.tally.room_for(offer, self.caps))
        left = self.caps.per_company - self.tally.companies[company]
        still_open = sum(offer.id not in self.ids for offer in offers)
        if left < min(self.caps.offers, still_open):
            # some of them stay open, as many as may still go out, by id so that it is the same every time
            standing = sorted(offer.id for offer in offers if offer.id not in self.ids)
            self.ids.update(standing[max(left, 0) :])


def totals(picks: Iterable[tuple[str, str]]) -> Mapping[str, int]:
    """How often each company is in them."""
    return Counter(company for _, company in picks)
