"""Who is sent what: for each person the best offers that meet no obstacle, one person after another.

What one is sent counts for the exposure of companies, the caps and the places when the next is served; the order of people is drawn by a
hash of list and person, so that caps favour nobody week after week. Nothing is by lot but that order.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from services.matching.eligibility import Obstacle, obstacles
from services.matching.engine.blend import Circumstances
from services.matching.engine.columns import Columns
from services.matching.offer import Offer
from services.matching.scoring import Term
from services.matching.seeker import Seeker
from services.matching.sending.caps import Caps, Full, Tally
from services.matching.sending.subscription import NotNow, Subscription, not_now
from services.matching.series import best_of_each
from services.matching.slate import Proposal

LeftOut = NotNow | Literal["nothing_fits"]


@dataclass(frozen=True)
class Reader:
    """Somebody who may be sent something: who they are to the rules, and what they agreed to."""

    seeker: Seeker
    subscription: Subscription


@dataclass(frozen=True)
class Pick:
    """One offer of one message. `reasons` are the terms that speak most for it, at most three; `mismatch` is what is said against it."""

    offer_id: str
    company_id: str
    rank: int
    score: int
    reasons: tuple[Term, ...] = ()
    mismatch: Term | None = None


@dataclass(frozen=True)
class Entry:
    """What one person would be sent."""

    resident_id: str
    picks: tuple[Pick, ...]


@dataclass(frozen=True)
class Draft:
    """`left_out`: of those who agreed, how many are sent nothing, and why. `met`: how often an offer met which obstacle first."""

    entries: tuple[Entry, ...]
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    met: Mapping[Obstacle, int] = field(default_factory=dict)


def choose(
    list_id: str,
    readers: Sequence[Reader],
    columns: Columns,
    given: Circumstances,
    caps: Caps,
    tally: Tally,
    now: datetime,
) -> Draft:
    """A list for `now`. `tally` is what went out before; it is counted on."""
    left_out: Counter[LeftOut] = Counter()
    served = []
    for reader in in_turn(list_id, readers):
        if why := not_now(reader.subscription, caps, now):
            left_out[why] += 1
        else:
            served.append(reader)
    told = {reader.seeker.resident_id: reader.subscription.offers_told() for reader in served}
    full = Full(columns.offers, tally, caps, given.crowded)
    wanted = [(f"{list_id}:{reader.seeker.resident_id}", reader.seeker) for reader in served]
    entries: list[Entry] = []
    met: Counter[Obstacle] = Counter()
    for slate, _ in best_of_each(columns, given, wanted, caps.offers, now, _Barred(told, full)):
        met.update(slate.counted)
        picks = tuple(map(_pick, slate.proposals))
        if not picks:
            left_out["nothing_fits"] += 1
            continue
        full.sent([(pick.offer_id, pick.company_id) for pick in picks])
        entries.append(Entry(slate.seeker.resident_id, picks))
    return Draft(tuple(entries), dict(left_out), dict(met))


def in_turn(list_id: str, readers: Sequence[Reader]) -> list[Reader]:
    """The order in which people are served: another one for every list, the same one for the same list."""

    def turn(reader: Reader) -> bytes:
        return hashlib.sha256(f"{list_id}|{reader.seeker.resident_id}".encode()).digest()

    return sorted(readers, key=turn)


def still_good(
    picks: Sequence[Pick],
    reader: Reader,
    offers: Mapping[str, Offer],
    caps: Caps,
    tally: Tally,
    crowded: Collection[str],
    today: date,
) -> tuple[Pick, ...]:
    """Of what was chosen, what may still be sent: offers change, wishes change, places go."""
    found: list[Pick] = []
    told = reader.subscription.offers_told()
    counted = Tally(Counter(tally.companies), Counter(tally.offers))
    for pick in picks:
        offer = offers.get(pick.offer_id)
        if offer is None or offer.id in crowded or offer.id in told or not counted.room_for(offer, caps):
            continue
        if not obstacles(offer, reader.seeker, today):
            counted.count([(offer.id, offer.company_id)])
            found.append(pick)
    return tuple(found)


class _Barred(Mapping[str, Collection[str]]):
    """What a person is not sent: what they were sent before, and what is full by the time they are served."""

    def __init__(self, told: Mapping[str, frozenset[str]], full: Full) -> None:
        self.told = told
        self.full = full

    def __getitem__(self, resident_id: str) -> Collection[str]:
        return self.told[resident_id] | self.full.ids

    def __iter__(self) -> Iterator[str]:
        return iter(self.told)

    def __len__(self) -> int:
        return len(self.told)


def _pick(proposal: Proposal) -> Pick:
    offer = proposal.offer
    return Pick(
        offer.id, offer.company_id, proposal.rank, proposal.score, proposal.reasons, proposal.mismatch
    )
