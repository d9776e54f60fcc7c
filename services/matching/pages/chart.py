"""The profile as a picture and as rows of a table: the same figures twice, for eyes and for ears."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from services.matching import wording
from services.matching.item_texts import ASKING
from services.matching.questionnaire import HIGHEST, LOWEST, Part
from services.matching.values import CALLINGS, SCALES, Calling, Scale

WIDTH, LINE, FULL = 320, 46, 300
RADIUS, ACROSS, DOWN = 82, 160, 132
WEB_HEIGHT = 270
RINGS = (0.25, 0.5, 0.75, 1.0)
S = TypeVar("S", bound=str)


@dataclass(frozen=True)
class Bar:
    """`y` and `length` in units of the drawing; `percent` 0 to 100; `words` as a result says it."""

    name: str
    y: int
    length: int
    percent: int
    words: str


@dataclass(frozen=True)
class Corner:
    """Where a name stands beside the web; `anchor` as SVG calls it."""

    name: str
    x: int
    y: int
    anchor: str


@dataclass(frozen=True)
class Web:
    """A radar: points of polygons as SVG writes them, and where the names stand."""

    rings: tuple[str, ...]
    spokes: tuple[tuple[int, int], ...]
    shape: str
    corners: tuple[Corner, ...]


def value_bars(scores: Mapping[Scale, float]) -> list[Bar]:
    """One bar for each value that something was answered on, what matters most on top."""
    return _bars(scores, SCALES, wording.SCALES, "values")


def calling_bars(scores: Mapping[Calling, float]) -> list[Bar]:
    """The same of the interests."""
    return _bars(scores, CALLINGS, wording.CALLINGS, "interests")


def web_of(scores: Mapping[Calling, float]) -> Web | None:
    """The six interests around a hexagon; None while one of them is not known: a gap would look like nothing at all."""
    if any(calling not in scores for calling in CALLINGS):
        return None
    return Web(
        rings=tuple(_polygon([ring] * len(CALLINGS)) for ring in RINGS),
        spokes=tuple(_point(number, 1.0) for number in range(len(CALLINGS))),
        shape=_polygon([max(0.03, scores[calling]) for calling in CALLINGS]),
        corners=tuple(_corner(number, wording.CALLING_NAMES[c]) for number, c in enumerate(CALLINGS)),
    )


def _bars(scores: Mapping[S, float], order: Sequence[S], names: Mapping[S, str], part: Part) -> list[Bar]:
    said = sorted((s for s in order if s in scores), key=lambda s: -scores[s])
    return [
        Bar(
            name=names[scale],
            y=position * LINE,
            length=max(2, round(FULL * scores[scale])),
            percent=round(100 * scores[scale]),
            words=ASKING[part].said[_nearest_choice(scores[scale])],
        )
        for position, scale in enumerate(said)
    ]


def _nearest_choice(score: float) -> int:
    return LOWEST + int(score * (HIGHEST - LOWEST) + 0.5)


def _point(number: int, share: float) -> tuple[int, int]:
    angle = math.tau * number / len(CALLINGS)
    return round(ACROSS + RADIUS * share * math.sin(angle)), round(DOWN - RADIUS * share * math.cos(angle))


def _polygon(shares: Sequence[float]) -> str:
    return " ".join("{},{}".format(*_point(number, share)) for number, share in enumerate(shares))


def _corner(number: int, name: str) -> Corner:
    x, y = _point(number, 1.12)
    side = x - ACROSS
    anchor = "middle" if abs(side) < RADIUS / 4 else "start" if side > 0 else "end"
    below = 12 if y > DOWN + RADIUS / 2 and anchor == "middle" else 5 if anchor != "middle" else -2
    return Corner(name, x, y + below, anchor)
