"""The profile as bars and as rows of a table: the same figures twice, for eyes and for ears."""

from dataclasses import dataclass

from services.matching import wording
from services.matching.questionnaire import HIGHEST, LOWEST
from services.matching.values import SCALES, Profile

WIDTH, LINE, FULL = 320, 46, 300


@dataclass(frozen=True)
class Bar:
    """`y` and `length` in units of the drawing; `percent` 0 to 100; `words` as the choices say it."""

    name: str
    y: int
    length: int
    percent: int
    words: str


def bars(profile: Profile) -> list[Bar]:
    """One bar for each scale that something was answered on, what matters most on top."""
    said = sorted((s for s in SCALES if s in profile.scores), key=lambda s: -profile.scores[s])
    return [
        Bar(
            name=wording.SCALES[scale],
            y=position * LINE,
            length=max(2, round(FULL * profile.scores[scale])),
            percent=round(100 * profile.scores[scale]),
            words=wording.CHOICES[_nearest_choice(profile.scores[scale])],
        )
        for position, scale in enumerate(said)
    ]


def _nearest_choice(score: float) -> int:
    return LOWEST + int(score * (HIGHEST - LOWEST) + 0.5)
