"""What an import changes: each advertisement against what is held of it, and what is no longer there.

An import that is repeated changes nothing. Offers that are missing are closed only when everything was read to its end: half a file is no
sign that the other half has gone.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.matching.area import Areas
from services.matching.hellowork.figures import plain
from services.matching.hellowork.reading import Record
from services.matching.hellowork.record import AT_HOME, KJNO, Advert, Problem, read_record
from services.matching.offer import State
from services.matching.offer_life import OPEN

READING = 4
"""Raise it when records are read in another way, so that the next import brings what is held up to date."""
Step = Literal["new", "changed", "unchanged", "kept_closed", "elsewhere", "expired", "gone", "refused"]


@dataclass(frozen=True)
class Held:
    """What the store holds of an advertisement: `digest` of what was last read, and how its offer stands."""

    digest: str
    state: State

    @property
    def open(self) -> bool:
        return self.state in OPEN


@dataclass(frozen=True)
class Change:
    """`elsewhere`: outside the tenant's municipalities. `refused`: it cannot be read, and what is held of it stays. `kept_closed`: somebody took the offer off, and it stays off. `closes`: the offer
    held ends as expired; unlike a closed one it opens again when it is advertised again.
    """

    step: Step
    kjno: str
    digest: str = ""
    advert: Advert | None = None
    closes: bool = False


def digest_of(advert: Advert) -> str:
    """Of everything the advertisement says, and where it counts as being. SHA-256 in hex."""
    said = [READING, advert.municipality_code, sorted(advert.tags.items())]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True)
class Entry:
    """A record of the list. `kjno` is empty where it cannot be read, or does not matter. `elsewhere`: nothing but its place was looked at."""

    kjno: str
    advert: Advert | None = None
    problems: tuple[Problem, ...] = ()
    elsewhere: bool = False


def entries(
    found: Iterable[Record], areas: Areas, reach: frozenset[str], seen: AbstractSet[str] = frozenset()
) -> Iterator[Entry]:
    """Every record in turn. A number that came before, or is among those `seen`, is a problem of its second record.

    Of those elsewhere nothing is reported: a municipality does not answer for the others' offers. One whose number came before has none: it
    says nothing more about an offer that is held.
    """
    met: set[str] = set()
    for record in found:
        kjno = number_of(record)
        again = kjno in seen or kjno in met
        met |= {kjno} - {""}
        if _elsewhere(record, areas, reach):
            yield Entry("" if again else kjno, elsewhere=True)
        elif again:
            yield Entry(kjno, problems=(Problem(record.number, kjno, "kjno", "twice", skips=True),))
        else:
            yield Entry(kjno, *read_record(record, areas, reach))


def number_of(record: Record) -> str:
    """Its number; empty when there is none that can be read."""
    found = plain(record.tags.get("kjno", ""))
    return found if KJNO.fullmatch(found) else ""


def _elsewhere(record: Record, areas: Areas, reach: frozenset[str]) -> bool:
    place = areas.named(record.tags.get("shgbsjusho1_n", ""))
    at_home = AT_HOME.search(record.tags.get("ztkkimmu_n", ""))
    return place is not None and areas.in_reach(place, reach) is None and not at_home


def change_by(entry: Entry, held: Held | None, today: date) -> Change:
    """What a record of the list changes. `today` in Asia/Tokyo."""
    if entry.advert is not None:
        return change_of(entry.advert, held, today)
    if entry.elsewhere:
        return Change("elsewhere", entry.kjno, closes=held is not None and held.open)
    return Change("refused", entry.kjno)


def change_of(advert: Advert, held: Held | None, today: date) -> Change:
    """`today` in Asia/Tokyo."""
    digest, is_open = digest_of(advert), held is not None and held.open
    if advert.expires_on < today:
        return Change("expired", advert.kjno, digest, closes=is_open)
    if advert.municipality_code is None:
        return Change("elsewhere", advert.kjno, digest, closes=is_open)
    if held is None:
        return Change("new", advert.kjno, digest, advert)
    if held.state == "closed":
        return Change("kept_closed", advert.kjno, digest)
    if held.digest == digest and held.state != "expired":
        return Change("unchanged", advert.kjno, digest)
    return Change("changed", advert.kjno, digest, advert)


def gone(held: Mapping[str, Held], seen: AbstractSet[str], *, whole: bool) -> Iterator[Change]:
    """Open ones that were not `seen` (read or refused), in order of their numbers. None unless the `whole` list was read."""
    if whole:
        missing = sorted(kjno for kjno, one in held.items() if one.open and kjno not in seen)
        yield from (Change("gone", kjno, closes=True) for kjno in missing)
