"""A municipality's offers as columns of numbers: what the rules look at, for all offers at once.

Immutable: a change gives new columns, made from the old ones and the offers that changed. Rows are in order of offer id, so that of equal
rows the smaller number is the smaller id. What repeats among offers (hours, tags, licences, companies, ...) is a number in a vocabulary
that only ever grows and is shared by all columns that came from one another.
"""

import bisect
import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any

import numpy as np

from services.matching.engine.words import Array, Flags, Floats, Ints, Words
from services.matching.norms import FURTHEST, SCALED, Norms, norms_from_sums
from services.matching.offer import Offer
from services.matching.snapshot import PARTS, Snapshot, digest, part_of, snapshot_of, write_part
from services.matching.values import CALLINGS, SCALES

PROFILE: tuple[str, ...] = (*SCALES, *CALLINGS)
"""The rows of `Cells.profile`."""
NEVER = 2**31 - 1
STATES = {"published": 0, "paused": 1, "expired": 2}
OTHERWISE = 3
REBUILT_FROM = 0.5
"""With so large a share of changes everything is laid out anew, and vocabularies forget what nobody says any more."""


@dataclass(frozen=True, eq=False)
class Cells:
    """One number per offer (the last axis); `profile` has one row per name of `PROFILE`, NaN where nothing is said.

    `wage` is -1 where none is named; `days` is `Offer.days`, `agreed` and `chosen` likewise; `expires` the ordinal of the last day or `NEVER`; `key` 64 bits of the id's SHA-256.
    """

    state: Array
    expires: Array
    full: Array
    remote: Array
    area: Array
    kind: Array
    form: Array
    industry: Array
    company: Array
    licences: Array
    accommodations: Array
    week: Array
    agreed: Array
    chosen: Array
    tags: Array
    days: Array
    wage: Array
    lat: Array
    lng: Array
    profile: Array
    part: Array
    key: Array

    def changed(self, gone: Sequence[int], places: Sequence[int], new: "Cells") -> "Cells":
        """Without the rows `gone`, and with `new` rows before `places` of what is left."""
        made = {}
        for one in fields(self):
            cells = getattr(self, one.name)
            left = np.delete(cells, gone, axis=-1) if gone else cells
            made[one.name] = np.insert(left, places, getattr(new, one.name), axis=-1)
        return Cells(**made)


def cells_of(offers: Sequence[Offer], words: Words) -> Cells:
    def column(value: Callable[[Offer], object], kind: type[Any]) -> Array:
        return np.array([value(offer) for offer in offers], kind)

    return Cells(
        state=column(lambda o: STATES.get(o.state, OTHERWISE), np.int8),
        expires=column(lambda o: o.expires_on.toordinal() if o.expires_on else NEVER, np.int32),
        full=column(lambda o: o.open_places == 0, np.bool_),
        remote=column(lambda o: o.remote, np.bool_),
        area=column(lambda o: words.areas.number(o.municipality_code), np.int32),
        kind=column(lambda o: words.kinds.number(o.kind), np.int32),
        form=column(lambda o: words.forms.number(o.employment_form), np.int32),
        industry=column(lambda o: words.industries.number(o.industry_code), np.int32),
        company=column(lambda o: words.companies.number(o.company_id), np.int32),
        licences=column(lambda o: words.licences.number(o.licences), np.int32),
        accommodations=column(lambda o: words.accommodations.number(o.accommodations), np.int32),
        week=column(lambda o: words.weeks.number(o.hours), np.int32),
        agreed=column(lambda o: o.agreed, np.bool_),
        chosen=column(lambda o: o.chosen, np.bool_),
        tags=column(lambda o: words.tags.number(o.tags), np.int32),
        days=column(lambda o: o.days, np.int64),
        wage=column(lambda o: -1 if o.hourly_wage_yen is None else o.hourly_wage_yen, np.int64),
        lat=column(lambda o: np.nan if o.lat is None else o.lat, np.float64),
        lng=column(lambda o: np.nan if o.lng is None else o.lng, np.float64),
        profile=_profiles(offers),
        part=column(lambda o: part_of(o.id), np.int16),
        key=column(lambda o: key_of(o.id), np.uint64),
    )


def _profiles(offers: Sequence[Offer]) -> Array:
    found = np.full((len(PROFILE), len(offers)), np.nan)
    row_of = {name: row for row, name in enumerate(PROFILE)}
    for place, offer in enumerate(offers):
        for said in (offer.values, offer.interests):
            for name, value in said.items():
                if name in row_of:
                    found[row_of[name], place] = value
    return found


def key_of(offer_id: str) -> int:
    """64 bits that are the offer's own."""
    return int.from_bytes(hashlib.sha256(offer_id.encode()).digest()[:8], "big")


class Columns:
    """Make them with `columns_of`, and from one another with `changed`."""

    def __init__(
        self, offers: Sequence[Offer], words: Words, cells: Cells, parts: Mapping[int, str] | None = None
    ) -> None:
        self.offers = offers
        self.words = words
        self.cells = cells
        self._parts = dict(parts or {})
        self._standings: tuple[Norms, Floats] | None = None
        self._columns_of_model: tuple[str, Ints] | None = None

    def __len__(self) -> int:
        return len(self.offers)

    def __iter__(self) -> Iterator[Offer]:
        return iter(self.offers)

    @cached_property
    def row_of(self) -> Mapping[str, int]:
        return {offer.id: row for row, offer in enumerate(self.offers)}

    @cached_property
    def open(self) -> Flags:
        """Published ones."""
        return np.asarray(self.cells.state == STATES["published"])

    @cached_property
    def open_by_company(self) -> Ints:
        """How many open offers each company of the vocabulary has."""
        return np.bincount(self.cells.company[self.open], minlength=len(self.words.companies.values))

    @cached_property
    def norms(self) -> Norms:
        """As `norms.norms_of` finds them."""
        said = np.rint(self.cells.profile[:, self.open] * SCALED)
        there = ~np.isnan(said)
        whole = np.where(there, said, 0).astype(np.int64)
        counts, sums, squares = (numbers.sum(axis=1) for numbers in (there, whole, whole * whole))
        return norms_from_sums(
            {
                name: (int(counts[row]), int(sums[row]), int(squares[row]))
                for row, name in enumerate(PROFILE)
                if counts[row]
            }
        )

    def standings(self, norms: Norms) -> Floats:
        """`norms.standing` of every cell of the profile, 0 where nothing is said."""
        if self._standings is None or self._standings[0] != norms:
            found = np.zeros_like(self.cells.profile)
            for row, name in enumerate(PROFILE):
                norm = norms.norm(name)
                z = np.clip((self.cells.profile[row] - norm.middle) / norm.spread, -FURTHEST, FURTHEST)
                found[row] = np.nan_to_num(z / FURTHEST)
            self._standings = (norms, found)
        return self._standings[1]

    def columns_of_model(self, name: str, offers: Sequence[str]) -> Ints:
        """For each row the place of its offer among `offers` (of the model `name`), -1 where it is not."""
        if self._columns_of_model is None or self._columns_of_model[0] != name:
            found = np.full(len(self), -1, np.int64)
            for place, offer in enumerate(offers):
                row = self.row_of.get(offer)
                if row is not None:
                    found[row] = place
            self._columns_of_model = (name, found)
        return self._columns_of_model[1]

    def snapshot(self) -> Snapshot:
        for number in range(PARTS):
            if number not in self._parts:
                self._parts[number] = digest(self.part(number))
        return snapshot_of(self._parts)

    def part(self, number: int) -> bytes:
        """The bytes of one part of the snapshot."""
        return write_part(self.offers[row] for row in np.flatnonzero(self.cells.part == number).tolist())

    def changed(self, changes: Mapping[str, Offer | None]) -> "Columns":
        """With the offers as they are now; None for those that are gone."""
        if len(changes) >= REBUILT_FROM * len(self.offers):
            kept = {offer.id: offer for offer in self.offers} | dict(changes)
            return columns_of(offer for offer in kept.values() if offer is not None)
        offers = list(self.offers)
        gone: list[int] = []
        for offer_id in sorted(changes):
            row = _place(self.offers, offer_id)
            if row < len(self.offers) and self.offers[row].id == offer_id:
                gone.append(row)
        for row in reversed(gone):
            del offers[row]
        new = sorted((o for o in changes.values() if o is not None), key=_id)
        places = [_place(offers, offer.id) for offer in new]
        for place, offer in zip(reversed(places), reversed(new), strict=True):
            offers.insert(place, offer)
        touched = {part_of(offer_id) for offer_id in changes}
        parts = {number: found for number, found in self._parts.items() if number not in touched}
        return Columns(offers, self.words, self.cells.changed(gone, places, cells_of(new, self.words)), parts)


def columns_of(offers: Iterable[Offer]) -> Columns:
    """In order of id, whatever the order they come in."""
    if isinstance(offers, Columns):
        return offers
    ordered, words = sorted(offers, key=_id), Words()
    return Columns(ordered, words, cells_of(ordered, words))


def _id(offer: Offer) -> str:
    return offer.id


def _place(offers: Sequence[Offer], offer_id: str) -> int:
    return bisect.bisect_left(offers, offer_id, key=_id)
