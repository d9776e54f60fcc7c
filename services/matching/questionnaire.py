"""The questionnaire on work values: which items there are, how answers become a profile, when it is complete.

Every item may be skipped, and the questionnaire may be left and taken up again. It asks what matters to a person at work and nothing of
the fourteen matters that fair recruitment keeps out (厚生労働省「公正な採用選考の基本」: birthplace, family, housing, creed, ...).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType

from services.matching.hours import Window
from services.matching.values import CALLINGS, SCALES, Calling, Profile, Scale
from shared.errors import Invalid
from shared.events.envelope import Payload
from shared.events.matching.proposals import QuestionnaireCompleted

LOWEST, HIGHEST = 1, 5


@dataclass(frozen=True)
class Item:
    """One thing that is asked. Its words are in the catalogue (`wording.ITEMS`)."""

    id: str
    scale: Scale


# first once through all scales, then again: whoever stops half-way has still said something on each
ITEMS: tuple[Item, ...] = tuple(Item(f"{scale}-{turn}", scale) for turn in (1, 2) for scale in SCALES)
BY_ID: Mapping[str, Item] = MappingProxyType({item.id: item for item in ITEMS})


@dataclass(frozen=True)
class Wishes:
    """Conditions of the person's own. Empty or None: no wish.

    `wage_floor` in yen per hour; `days_a_week` and `max_km` (as the crow flies) at most; `licences` are held (None: not said), the
    `accommodations` are needed. `learning`: whether what the person looks at may teach the model anything.
    """

    areas: tuple[str, ...] = ()
    hours: tuple[Window, ...] = ()
    wage_floor: int | None = None
    kinds: tuple[str, ...] = ()
    employment_forms: tuple[str, ...] = ()
    days_a_week: int | None = None
    max_km: float | None = None
    licences: tuple[str, ...] | None = None
    accommodations: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    learning: bool = True


@dataclass(frozen=True)
class Questionnaire:
    """`answers`: item id -> 1 (does not matter) to 5 (matters very much), None for skipped, absent for not reached yet."""

    id: str
    resident_id: str
    answers: Mapping[str, int | None] = field(default_factory=dict)
    wishes: Wishes = Wishes()
    updated_at: datetime | None = None
    completed_at: datetime | None = None

    @property
    def answered(self) -> int:
        return sum(1 for answer in self.answers.values() if answer is not None)

    @property
    def skipped(self) -> int:
        return len(self.answers) - self.answered


def answer(
    questionnaire: Questionnaire,
    answers: Mapping[str, int | None],
    wishes: Wishes | None,
    *,
    finish: bool,
    now: datetime,
) -> tuple[Questionnaire, list[Payload]]:
    """Take in some answers (None skips an item) and, when given, the wishes. Items that are not named keep what they had.

    `finish`: the person is done, everything not reached counts as skipped. Complete is complete once: later changes publish nothing.
    Raises Invalid for an item that does not exist or an answer outside 1 to 5.
    """
    for item, value in answers.items():
        if item not in BY_ID:
            raise Invalid(f"answers.{item}", "there is no such item")
        if value is not None and not LOWEST <= value <= HIGHEST:
            raise Invalid(f"answers.{item}", "an answer is 1 to 5, or null for skipped")
    merged = {**questionnaire.answers, **answers}
    if finish:
        merged = {**dict.fromkeys(BY_ID), **merged}
    changed = replace(
        questionnaire,
        answers=merged,
        wishes=questionnaire.wishes if wishes is None else wishes,
        updated_at=now,
    )
    if questionnaire.completed_at is not None or len(merged) < len(ITEMS):
        return changed, []
    changed = replace(changed, completed_at=now)
    return changed, [
        QuestionnaireCompleted(
            resident_id=changed.resident_id,
            questionnaire_id=changed.id,
            answered=changed.answered,
            skipped=changed.skipped,
        )
    ]


def profile_of(answers: Mapping[str, int | None]) -> Profile:
    """A scale's score is the mean of its answers, brought from 1..5 to 0..1."""
    scores: dict[Scale, float] = {}
    for scale in SCALES:
        given = [a for item, a in answers.items() if a is not None and BY_ID[item].scale == scale]
        if given:
            scores[scale] = (sum(given) / len(given) - LOWEST) / (HIGHEST - LOWEST)
    return Profile(scores)


def callings_of(answers: Mapping[str, int | None]) -> dict[Calling, float]:
    """The six interests, 0 to 1, from the items named for them (`social-1`); those that nothing was said about are absent."""
    found: dict[Calling, float] = {}
    for calling in CALLINGS:
        given = [a for item, a in answers.items() if a is not None and item.rpartition("-")[0] == calling]
        if given:
            found[calling] = (sum(given) / len(given) - LOWEST) / (HIGHEST - LOWEST)
    return found
