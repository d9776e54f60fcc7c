"""What was shown and what was asked for in the last four weeks, offer by offer and day by day: the state of the exposure controller.

Days are those of Asia/Tokyo.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from services.matching.engine.exposure import Seen, crowded, weight_of_rank
from services.matching.offer import Offer

BEHIND = timedelta(days=28)
ASKING = frozenset({"save", "ask", "book", "apply"})
APPLYING = frozenset({"book", "apply"})
Deed = tuple[date, str, str, str]
"""Day, resident, offer, kind: the same thing said twice on one day counts once."""


class Attention:
    def __init__(self) -> None:
        self._slates: set[str] = set()
        self._shown: dict[date, dict[str, float]] = {}
        self._asked: set[Deed] = set()

    def shown(self, slate_id: str, day: date, offers: Sequence[str]) -> None:
        """A slate was shown, best first. Hearing of it again changes nothing."""
        if slate_id in self._slates:
            return
        self._slates.add(slate_id)
        of_day = self._shown.setdefault(day, {})
        for rank, offer in enumerate(offers, start=1):
            of_day[offer] = of_day.get(offer, 0.0) + weight_of_rank(rank)

    def asked(self, day: date, resident_id: str, offer_id: str, kind: str) -> None:
        """Somebody was interested; looking is no asking."""
        if kind in ASKING:
            self._asked.add((day, resident_id, offer_id, kind))

    def taken_back(self, resident_id: str, offer_id: str, kind: str) -> None:
        self._asked = {deed for deed in self._asked if deed[1:] != (resident_id, offer_id, kind)}

    def companies(self, offers: Iterable[Offer], today: date) -> dict[str, Seen]:
        """Of every company with an open offer, in order of id."""
        exposure = self._exposure(today)
        interest = self._counts(ASKING, today)
        open_offers: dict[str, list[str]] = {}
        for offer in offers:
            if offer.state == "published":
                open_offers.setdefault(offer.company_id, []).append(offer.id)
        return {
            company: Seen(
                len(ids),
                sum(exposure.get(offer, 0.0) for offer in ids),
                float(sum(interest.get(offer, 0) for offer in ids)),
            )
            for company, ids in sorted(open_offers.items())
        }

    def crowded(self, offers: Iterable[Offer], today: date) -> frozenset[str]:
        """Offers with enough applications for their places."""
        applied = self._counts(APPLYING, today)
        return frozenset(o.id for o in offers if crowded(applied.get(o.id, 0), o.open_places))

    def forget(self, today: date) -> None:
        """Let go of what lies further back than four weeks."""
        self._shown = {day: shown for day, shown in self._shown.items() if day > today - BEHIND}
        self._asked = {deed for deed in self._asked if deed[0] > today - BEHIND}

    def _exposure(self, today: date) -> Mapping[str, float]:
        sums: dict[str, float] = {}
        for day in sorted(self._shown):
            if day > today - BEHIND:
                for offer, weight in self._shown[day].items():
                    sums[offer] = sums.get(offer, 0.0) + weight
        return sums

    def _counts(self, kinds: frozenset[str], today: date) -> Mapping[str, int]:
        counts: dict[str, int] = {}
        for day, _, offer, kind in self._asked:
            if kind in kinds and day > today - BEHIND:
                counts[offer] = counts.get(offer, 0) + 1
        return counts
