"""What was shown and what was asked for in the last four weeks, offer by offer: the state of the exposure controller.

Sums are kept as they change, in whole millionths, so that what is added and later forgotten leaves nothing behind. Days are those of
Asia/Tokyo.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import numpy as np

from services.matching.engine.columns import Columns
from services.matching.engine.exposure import Seen, crowded, weight_of_rank
from services.matching.engine.words import Ints

BEHIND = timedelta(days=28)
ASKING = frozenset({"save", "ask", "book", "apply"})
APPLYING = frozenset({"book", "apply"})
SCALED = 1_000_000
Deed = tuple[str, str, str]
"""Resident, offer, kind: the same thing said twice on one day counts once."""


class Attention:
    def __init__(self) -> None:
        self._slates: dict[str, date] = {}
        self._shown: dict[date, dict[str, int]] = {}
        self._times: dict[date, dict[str, int]] = {}
        self._asked: dict[Deed, set[date]] = {}
        self._exposure: dict[str, int] = {}
        self._interest: dict[str, int] = {}
        self._applied: dict[str, int] = {}
        self._since = date.min
        self._along: tuple[Columns, Ints, Ints] | None = None
        self._touched: set[str] = set()

    def shown(self, slate_id: str, day: date, offers: Sequence[str]) -> None:
        """A slate was shown, best first. Hearing of it again changes nothing."""
        if slate_id in self._slates or day <= self._since:
            return
        self._slates[slate_id] = day
        of_day, times = self._shown.setdefault(day, {}), self._times.setdefault(day, {})
        for rank, offer in enumerate(offers, start=1):
            weight = exposure_of_rank(rank)
            of_day[offer] = of_day.get(offer, 0) + weight
            times[offer] = times.get(offer, 0) + 1
            self._add(self._exposure, offer, weight)

    def asked(self, day: date, resident_id: str, offer_id: str, kind: str) -> None:
        """Somebody was interested; looking is no asking."""
        days = self._asked.setdefault((resident_id, offer_id, kind), set()) if kind in ASKING else None
        if days is not None and day > self._since and day not in days:
            days.add(day)
            self._count(offer_id, kind, 1)

    def taken_back(self, resident_id: str, offer_id: str, kind: str) -> None:
        days = self._asked.pop((resident_id, offer_id, kind), set())
        self._count(offer_id, kind, -len(days))

    def seen(self, columns: Columns, today: date) -> tuple[dict[str, Seen], int]:
        """The companies with an open offer that were seen or asked for, in order of id, and how many have an open offer at all."""
        self.forget(today)
        exposure, interest = self._of_rows(columns)
        open_offers, company = columns.open_by_company, columns.cells.company[columns.open]
        count = open_offers.size
        # whole numbers below 2 ** 53: sums are exact
        shown = np.bincount(company, exposure[columns.open], minlength=count)
        asked = np.bincount(company, interest[columns.open], minlength=count)
        found = {
            columns.words.companies.values[one]: Seen(
                int(open_offers[one]), float(shown[one]) / SCALED, float(asked[one])
            )
            for one in np.flatnonzero((open_offers > 0) & ((shown > 0) | (asked > 0)))
        }
        return dict(sorted(found.items())), int((open_offers > 0).sum())

    def companies(self, columns: Columns, today: date) -> dict[str, Seen]:
        """Of every company with an open offer, in order of id."""
        seen, _ = self.seen(columns, today)
        names = columns.words.companies.values
        counts = {
            names[one]: int(columns.open_by_company[one]) for one in np.flatnonzero(columns.open_by_company)
        }
        return {name: seen.get(name, Seen(count, 0.0, 0.0)) for name, count in sorted(counts.items())}

    def times_shown(self, offers: Iterable[str], today: date) -> dict[str, int]:
        """On how many slates each of the offers was."""
        self.forget(today)
        return {offer: sum(of_day.get(offer, 0) for of_day in self._times.values()) for offer in offers}

    def crowded(self, columns: Columns, today: date) -> frozenset[str]:
        """Offers with enough applications for their places."""
        self.forget(today)
        return frozenset(
            offer_id
            for offer_id, count in self._applied.items()
            if (row := columns.row_of.get(offer_id)) is not None
            and crowded(count, columns.offers[row].open_places)
        )

    def forget(self, today: date) -> None:
        """Let go of what lies further back than four weeks, for good."""
        since = today - BEHIND
        if since <= self._since:
            return
        self._since = since
        for day in [one for one in self._shown if one <= since]:
            for offer, weight in self._shown.pop(day).items():
                self._add(self._exposure, offer, -weight)
        self._times = {day: times for day, times in self._times.items() if day > since}
        self._slates = {slate: day for slate, day in self._slates.items() if day > since}
        for deed, days in list(self._asked.items()):
            old = {day for day in days if day <= since}
            days -= old
            self._count(deed[1], deed[2], -len(old))
            if not days:
                del self._asked[deed]

    def _count(self, offer_id: str, kind: str, change: int) -> None:
        self._add(self._interest, offer_id, change)
        if kind in APPLYING:
            self._add(self._applied, offer_id, change)

    def _add(self, sums: dict[str, int], offer_id: str, change: int) -> None:
        if not change:
            return
        sums[offer_id] = sums.get(offer_id, 0) + change
        if not sums[offer_id]:
            del sums[offer_id]
        self._touched.add(offer_id)

    def _of_rows(self, columns: Columns) -> tuple[Ints, Ints]:
        """Exposure and interest along the rows; only what has changed is written anew."""
        if self._along is None or self._along[0] is not columns:
            zeros = np.zeros(len(columns), np.int64)
            self._along = columns, zeros, zeros.copy()
            self._touched = {*self._exposure, *self._interest}
        _, exposure, interest = self._along
        for offer_id in self._touched:
            row = columns.row_of.get(offer_id)
            if row is not None:
                exposure[row] = self._exposure.get(offer_id, 0)
                interest[row] = self._interest.get(offer_id, 0)
        self._touched = set()
        return exposure, interest


def exposure_of_rank(rank: int) -> int:
    """The weight of a place in millionths."""
    return round(SCALED * weight_of_rank(rank))
