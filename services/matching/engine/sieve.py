"""Hard conditions for all offers at once: what `eligibility.obstacles` says of each, as columns.

The two are one rule written twice, for speed; a test holds them together, and what is proposed is looked at by the other one, too.
"""

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np

from services.matching.distance import EARTH_KM, Place
from services.matching.eligibility import Obstacle, distance
from services.matching.engine.columns import STATES, Columns
from services.matching.engine.words import Flags, Floats, Ints
from services.matching.seeker import Seeker

PASSES = -1
NEARLY_KM = 0.001
"""Closer than this to the limit, the exact distance decides: sines may differ in the last bit between libraries."""


@dataclass(frozen=True, eq=False)
class Sifted:
    """`first` is the number of the first obstacle of each row, in the order of `obstacles`, or `PASSES`; `met` who meets
    each of them."""

    obstacles: tuple[Obstacle, ...]
    first: Ints
    met: tuple[Flags, ...] = ()

    @property
    def rows(self) -> Ints:
        """Those that meet none."""
        return np.flatnonzero(self.first == PASSES)

    @property
    def barred(self) -> Ints:
        return np.flatnonzero(self.first != PASSES)

    def all_of(self, rows: Ints) -> list[tuple[Obstacle, ...]]:
        """Every obstacle that each of the rows meets."""
        of_rows = np.array([met[rows] for met in self.met]).T.tolist()
        return [tuple(itertools.compress(self.obstacles, row)) for row in of_rows]

    def counted(self) -> Counter[Obstacle]:
        """How many offers met which obstacle first."""
        counts = np.bincount(self.first + 1, minlength=len(self.obstacles) + 1)[1:]
        return Counter(
            {name: int(count) for name, count in zip(self.obstacles, counts, strict=True) if count}
        )


def sift(columns: Columns, seeker: Seeker, today: date | None) -> Sifted:
    found = [
        *_standing(columns, today),
        *_place(columns, seeker),
        *_terms(columns, seeker),
        *_person(columns, seeker),
    ]
    first = np.full(len(columns), PASSES, np.int64)
    for number, (_, meets) in reversed(list(enumerate(found))):
        first[meets] = number
    return Sifted(tuple(name for name, _ in found), first, tuple(met for _, met in found))


Met = Iterator[tuple[Obstacle, Flags]]


def _standing(columns: Columns, today: date | None) -> Met:
    cells = columns.cells
    over = np.zeros(len(columns), np.bool_)
    if today is not None:
        over = columns.open & (cells.expires < today.toordinal())
    expired = over | (cells.state == STATES["expired"])
    paused = cells.state == STATES["paused"]
    yield "expired", expired
    yield "paused", paused
    yield "closed", ~(columns.open | expired | paused)
    yield "places", cells.full


def _place(columns: Columns, seeker: Seeker) -> Met:
    cells, words, areas = columns.cells, columns.words, seeker.areas
    away = ~cells.remote
    yield "area", away & ~words.areas.each(lambda area: area in areas, np.bool_)[cells.area]
    if seeker.wishes.max_km is not None and seeker.at is not None:
        yield "commute", away & _too_far(columns, seeker, seeker.at, seeker.wishes.max_km)


def _too_far(columns: Columns, seeker: Seeker, at: Place, furthest: float) -> Flags:
    km = _kilometres(at, columns.cells.lat, columns.cells.lng)
    too_far = np.asarray(km > furthest)  # not where a place is unknown
    for row in np.flatnonzero(np.abs(km - furthest) < NEARLY_KM).tolist():
        exact = distance(columns.offers[row], seeker)
        too_far[row] = exact is not None and exact > furthest
    return too_far


def _kilometres(at: Place, lat: Floats, lng: Floats) -> Floats:
    """As `distance.km_between`."""
    here_lat, here_lng, there_lat, there_lng = (np.radians(degrees) for degrees in (*at, lat, lng))
    half = (
        np.sin((there_lat - here_lat) / 2) ** 2
        + np.cos(here_lat) * np.cos(there_lat) * np.sin((there_lng - here_lng) / 2) ** 2
    )
    return np.asarray(2 * EARTH_KM * np.arcsin(np.sqrt(np.minimum(1.0, half))))


def _terms(columns: Columns, seeker: Seeker) -> Met:
    cells, wishes = columns.cells, seeker.wishes
    if wishes.hours or wishes.days_a_week:
        yield from _week(columns, seeker)
    if wishes.wage_floor:
        yield "wage_unknown", cells.wage < 0
        yield "wage", (cells.wage >= 0) & (cells.wage < wishes.wage_floor)


def _week(columns: Columns, seeker: Seeker) -> Met:
    cells, words, wishes = columns.cells, columns.words, seeker.wishes
    weekdays = np.array(words.weeks.weekdays, np.int64)[cells.week]
    too_many = cells.days > wishes.days_a_week if wishes.days_a_week else np.zeros(len(columns), np.bool_)
    if wishes.hours:
        whole, some = words.weeks.days_within(wishes.hours)
        fitting = np.where(cells.chosen, some[cells.week], whole[cells.week])
        yield "hours", (weekdays > 0) & (fitting == 0)
        too_many = too_many | ((fitting > 0) & (fitting < np.minimum(cells.days, weekdays)))
    yield "days", too_many


def _person(columns: Columns, seeker: Seeker) -> Met:
    cells, words, wishes = columns.cells, columns.words, seeker.wishes
    if wishes.licences is not None:
        held = set(wishes.licences)
        yield "licence", ~words.licences.each(lambda needed: set(needed) <= held, np.bool_)[cells.licences]
    if wishes.accommodations:
        needed = set(wishes.accommodations)
        given = words.accommodations.each(lambda found: needed <= set(found), np.bool_)
        yield "accommodation", ~given[cells.accommodations]
    if wishes.kinds or wishes.employment_forms or wishes.remote_only:
        kinds, forms = set(wishes.kinds), set(wishes.employment_forms)
        of_kind = words.kinds.each(lambda kind: not kinds or kind in kinds, np.bool_)
        of_form = words.forms.each(lambda form: not forms or form is None or form in forms, np.bool_)
        of_place = cells.remote if wishes.remote_only else True
        yield "form", ~(of_kind[cells.kind] & of_form[cells.form] & of_place)
    yield "not_interested", _named(columns, seeker.dismissed)
    yield "shown", _named(columns, seeker.shown)


def _named(columns: Columns, offers: Iterable[str]) -> Flags:
    found = np.zeros(len(columns), np.bool_)
    found[[row for one in offers if (row := columns.row_of.get(one)) is not None]] = True
    return found
