"""Municipalities: code, name and the place that stands for each, and how far apart they are.

The list is read at run time from a file that the operator holds (columns pref, city, lat, lng, lgcode, as in localgovjp by code4fukui,
CC0). It tells names and distances only; which municipalities a tenant works with is what the tenant declares.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice

from services.matching.distance import Place, km_between
from shared.errors import Invalid
from shared.tenancy import check_municipality_code

NEEDED = ("pref", "city", "lat", "lng", "lgcode")
_COUNTY = re.compile(r"^.{1,6}?郡(?=.+[町村])")


@dataclass(frozen=True)
class Municipality:
    """`at`: latitude and longitude in degrees, usually of the town hall. `city`: of a ward, the code of its city."""

    code: str
    prefecture: str
    name: str
    at: Place
    city: str | None = None


@dataclass(frozen=True)
class Fault:
    """`row` counts as a spreadsheet does: the header is row 1. `column` is the one that is wrong."""

    row: int
    column: str


@dataclass(frozen=True)
class Areas:
    """Found by code, by name, by distance."""

    by_code: Mapping[str, Municipality] = field(default_factory=dict)

    @cached_property
    def _by_name(self) -> dict[str, Municipality]:
        return {key: one for one in self.by_code.values() for key in _keys(one)}

    @cached_property
    def _prefectures(self) -> frozenset[str]:
        return frozenset(_fold(one.prefecture) for one in self.by_code.values())

    @cached_property
    def _longest(self) -> int:
        return max(map(len, self._by_name), default=0)

    def named(self, address: str) -> Municipality | None:
        """The municipality that an address begins with, prefecture first: 見本県さくら市本町1-2. The ward rather than its city."""
        text = _fold(address)
        return self._first(text) or self._first(self._without_county(text))

    def _first(self, text: str) -> Municipality | None:
        lengths = range(min(self._longest, len(text)), 0, -1)
        return next((self._by_name[text[:n]] for n in lengths if text[:n] in self._by_name), None)

    def _without_county(self, text: str) -> str:
        """Lists leave 石狩郡 out before 当別町, addresses do not."""
        before = next((p for p in self._prefectures if text.startswith(p)), "")
        return before + _COUNTY.sub("", text.removeprefix(before))

    def km(self, one: str, other: str) -> float | None:
        """Kilometres in a straight line between the places that stand for two municipalities: no estimate of a way or of time.

        None when either code is not in the list.
        """
        here, there = self.by_code.get(one), self.by_code.get(other)
        return km_between(here.at, there.at) if here and there else None

    def within(self, code: str, km: float) -> list[tuple[float, Municipality]]:
        """Those at most so many kilometres away in a straight line, nearest first, itself included. Empty for an unknown code."""
        here = self.by_code.get(code)
        if here is None:
            return []
        apart = ((km_between(here.at, one.at), one) for one in self.by_code.values())
        return sorted((pair for pair in apart if pair[0] <= km), key=lambda pair: (pair[0], pair[1].code))

    def in_reach(self, found: Municipality, reach: frozenset[str]) -> str | None:
        """The code by which a tenant that declares `reach` knows it: its own, or of a ward the city's. None: not declared."""
        return next((code for code in (found.code, found.city) if code in reach), None)


def read_areas(text: str) -> tuple[Areas, list[Fault]]:
    """The list of a CSV text, without the rows that are wrong. Raises Invalid when a column is missing."""
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = [name.strip() for name in next(lines, [])]
    missing = [name for name in NEEDED if name not in header]
    if missing:
        raise Invalid("header", f"the header lacks {', '.join(missing)}")
    found: dict[str, Municipality] = {}
    faults: list[Fault] = []
    for number, cells in enumerate(lines, start=2):
        if not any(cells):
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        wrong = next(islice(_wrong(row), 1), None) or ("lgcode" if row["lgcode"] in found else None)
        if wrong:
            faults.append(Fault(number, wrong))
        else:
            at = float(row["lat"]), float(row["lng"])
            found[row["lgcode"]] = Municipality(row["lgcode"], row["pref"], row["city"], at)
    return Areas(_with_cities(found)), faults


def _wrong(row: Mapping[str, str]) -> Iterator[str]:
    yield from (name for name in ("pref", "city") if not row.get(name))
    for name, furthest in (("lat", 90.0), ("lng", 180.0)):
        try:
            inside = abs(float(row.get(name, ""))) <= furthest
        except ValueError:
            inside = False
        if not inside:
            yield name
    try:
        check_municipality_code(row.get("lgcode", ""))
    except ValueError:
        yield "lgcode"


def _with_cities(found: Mapping[str, Municipality]) -> dict[str, Municipality]:
    """A ward is written `city ward` in the list."""
    codes = {(one.prefecture, one.name): code for code, one in found.items()}
    return {
        code: Municipality(code, one.prefecture, one.name, one.at, codes.get((one.prefecture, first)))
        if second
        else one
        for code, one in found.items()
        for first, _, second in [one.name.partition(" ")]
    }


def _keys(one: Municipality) -> Iterable[str]:
    """With the county and without: 当別町 and 石狩郡当別町 are the same."""
    whole = _fold(one.name)
    return {_fold(one.prefecture) + name for name in (whole, _COUNTY.sub("", whole))}


def _fold(text: str) -> str:
    """Wide and narrow, ケ and ヶ, spaces: written either way in addresses."""
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("ヶ", "ケ").replace("ヵ", "カ")
