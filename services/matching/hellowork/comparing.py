"""What an import changes: each advertisement against what is held of it, and what is no longer there.

An import that is repeated changes nothing. Offers that are missing are closed only when everything was read to its end: half a file is no
sign that the other half has gone.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.matching.area import Areas
from services.matching.hellowork.reading import Record
from services.matching.hellowork.record import Advert, Problem, read_record
from services.matching.offer import State
from services.matching.offer_life import OPEN

READING = 1
"""Raise it when records are read in another way, so that the next import brings what is held up to date."""
Step = Literal["new", "changed", "unchanged", "kept_closed", "elsewhere", "expired", "gone"]


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
    """`elsewhere`: outside the tenant's municipalities. `kept_closed`: somebody took the offer off, and it stays off. `closes`: the offer
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


def adverts(
    found: Iterable[Record], areas: Areas, reach: frozenset[str]
) -> Iterator[tuple[Advert | None, tuple[Problem, ...]]]:
    """Every record in turn, read; a number that came before is a problem of its second record."""
    seen: set[str] = set()
    for record in found:
        advert, problems = read_record(record, areas, reach)
        if advert and advert.kjno in seen:
            yield None, (Problem(record.number, advert.kjno, "kjno", "twice", skips=True),)
        else:
            seen |= {advert.kjno} if advert else set()
            yield advert, problems


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


def gone(held: Mapping[str, Held], seen: frozenset[str], *, whole: bool) -> Iterator[Change]:
    """Open ones that were not `seen` (read or refused), in order of their numbers. None unless the `whole` list was read."""
    if whole:
        missing = sorted(kjno for kjno, one in held.items() if one.open and kjno not in seen)
        yield from (Change("gone", kjno, closes=True) for kjno in missing)
