"""How work goes, as a picture: for each axis a small one with both views over the months, and the same figures as a table."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.matching.assessment import words
from services.matching.assessment.axes import AXES, HIGHEST, LOWEST, Axis
from services.matching.assessment.growth import Growth
from services.matching.assessment.record import Kind, by_period, differences, levels

WIDTH, HEIGHT = 320, 150
LEFT, RIGHT, TOP, BOTTOM = 28, 308, 10, 122
MONTHS = 12
"""At most so many are drawn and listed, the latest."""
TICKS = 6
KINDS: tuple[Kind, ...] = ("self", "staff")


@dataclass(frozen=True)
class Point:
    """In units of the drawing."""

    x: int
    y: int
    value: float


@dataclass(frozen=True)
class Row:
    """One month of an axis; None where a view says nothing of it."""

    month: date
    own: float | None
    staff: float | None


@dataclass(frozen=True)
class Panel:
    """One axis. `ticks` are (x, month), `lines` (y, value)."""

    axis: Axis
    name: str
    own: tuple[Point, ...]
    staff: tuple[Point, ...]
    rows: tuple[Row, ...]
    ticks: tuple[tuple[int, date], ...]
    lines: tuple[tuple[int, int], ...] = tuple(
        (BOTTOM - (BOTTOM - TOP) * (value - LOWEST) // (HIGHEST - LOWEST), value)
        for value in range(LOWEST, HIGHEST + 1)
    )


@dataclass(frozen=True)
class Apart:
    """An axis that the two see differently, in words."""

    name: str
    own: float
    staff: float


def panels(growth: Growth) -> list[Panel]:
    """One for each axis; none when nothing was looked at."""
    months = dict(list(by_period(growth.assessments).items())[-MONTHS:])
    known = {
        month: {kind: levels(view.present.answers) for kind, view in views.items()}
        for month, views in months.items()
    }
    if not known:
        return []
    places = _places(list(known))
    found = []
    for axis in AXES:
        means = {
            kind: {m: views[kind][axis].mean for m, views in known.items() if axis in views.get(kind, {})}
            for kind in KINDS
        }
        rows = tuple(Row(m, means["self"].get(m), means["staff"].get(m)) for m in known)
        own, staff = (
            tuple(Point(places[m], _height(value), value) for m, value in means[kind].items())
            for kind in KINDS
        )
        ticks = tuple((places[m], m) for m in list(reversed(known))[:: math.ceil(len(known) / TICKS)])
        found.append(Panel(axis, words.AXES[axis], own, staff, rows, ticks))
    return found


def apart(growth: Growth) -> tuple[date | None, list[Apart]]:
    """The latest month that both have looked at, and where they see it differently."""
    for month, views in reversed(by_period(growth.assessments).items()):
        if len(views) == len(KINDS):
            found = differences(views["self"], views["staff"])
            return month, [Apart(words.AXES[one.axis], one.own, one.staff) for one in found]
    return None, []


def polyline(points: Sequence[Point]) -> str:
    return " ".join(f"{point.x},{point.y}" for point in points)


def _places(months: Sequence[date]) -> dict[date, int]:
    if len(months) == 1:
        return {months[0]: (LEFT + RIGHT) // 2}
    step = (RIGHT - LEFT - 24) / (len(months) - 1)
    return {month: round(LEFT + 12 + n * step) for n, month in enumerate(months)}


def _height(value: float) -> int:
    return round(BOTTOM - (BOTTOM - TOP) * (value - LOWEST) / (HIGHEST - LOWEST))
