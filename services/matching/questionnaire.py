"""The questionnaire: which items there are, how answers become a profile, when it is complete.

Every item may be skipped, and the questionnaire may be left and taken up again. It asks what matters to a person at work and what they would
like to do there, and nothing of the fourteen matters that fair recruitment keeps out (厚生労働省「公正な採用選考の基本」: birthplace, family,
housing, creed, ...).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal, TypeVar

from services.matching.hours import Window
from services.matching.values import CALLINGS, SCALES, Calling, Profile, Scale
from shared.errors import Invalid
from shared.events.envelope import Payload
from shared.events.matching.proposals import AnswersErased, QuestionnaireCompleted

LOWEST, HIGHEST = 1, 5
Part = Literal["values", "interests"]
T = TypeVar("T", bound=str)


@dataclass(frozen=True)
class Item:
    """One thing that is asked; its words are in `item_texts.ITEMS`. Other words are another item, with an id of its own: `instead_of`."""

    id: str
    scale: Scale | Calling
    instead_of: str | None = None

    @property
    def part(self) -> Part:
        return "values" if self.scale in SCALES else "interests"


ITEM_SET = 2
"""1: the eleven values, two items each. 2: four of them said more plainly, and the six interests. Counted up with every change."""
_REWORDED: Mapping[str, str] = {
    "autonomy-2": "autonomy-3",
    "safety-1": "safety-3",
    "safety-2": "safety-4",
    "stability-2": "stability-3",
}


def _item(scale: Scale | Calling, turn: int) -> Item:
    first = f"{scale}-{turn}"
    return Item(_REWORDED[first], scale, instead_of=first) if first in _REWORDED else Item(first, scale)


# first once through everything, then again: whoever stops half-way has still said something on each
ITEMS: tuple[Item, ...] = tuple(_item(scale, turn) for turn in (1, 2) for scale in (*SCALES, *CALLINGS))
BY_ID: Mapping[str, Item] = MappingProxyType({item.id: item for item in ITEMS})
FORMER: Mapping[str, Item] = MappingProxyType(
    {item.instead_of: Item(item.instead_of, item.scale) for item in ITEMS if item.instead_of}
)
"""Items of earlier sets that are no longer asked; what was answered to them counts until their successor is reached."""


@dataclass(frozen=True)
class Wishes:
    """Conditions of the person's own. Empty or None: no wish.

    `wage_floor` in yen per hour; `days_a_week` and `max_km` (as the crow flies) at most. `start` is the code of the municipality from which
    the person sets out, `start_at` the place that stands for it (degrees), None when no list of places is at hand. `licences` are held
    (None: not said), the `accommodations` are needed. `remote_only`: nothing that one has to go to. `learning`: whether what the person
    looks at may teach the model anything.
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
    start: str | None = None
    start_at: tuple[float, float] | None = None
    remote_only: bool = False


@dataclass(frozen=True)
class Questionnaire:
    """`answers`: item id -> 1 (does not matter) to 5 (matters very much), None for skipped, absent for not reached yet.

    `item_set` is the set that was asked when something was last answered; answers to items of earlier sets are kept.
    """

    id: str
    resident_id: str
    answers: Mapping[str, int | None] = field(default_factory=dict)
    wishes: Wishes = Wishes()
    updated_at: datetime | None = None
    completed_at: datetime | None = None
    item_set: int = ITEM_SET

    @property
    def answered(self) -> int:
        """Of the items that are asked now."""
        return sum(1 for item in BY_ID if self.answers.get(item) is not None)

    @property
    def skipped(self) -> int:
        return sum(1 for item in BY_ID if item in self.answers) - self.answered

    @property
    def open_items(self) -> tuple[Item, ...]:
        """What is asked now and was not reached yet, in order."""
        return tuple(item for item in ITEMS if item.id not in self.answers)


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
    Raises Invalid for an item that is not asked or an answer outside 1 to 5.
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
        item_set=ITEM_SET if answers or finish else questionnaire.item_set,
    )
    if questionnaire.completed_at is not None or changed.open_items:
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


def erase(questionnaire: Questionnaire, now: datetime) -> tuple[Questionnaire, list[Payload]]:
    """Nothing is left of answers and wishes, but for the refusal to be learned from, which protects the person. Once is enough."""
    blank = Questionnaire(
        questionnaire.id,
        questionnaire.resident_id,
        wishes=Wishes(learning=questionnaire.wishes.learning),
        updated_at=now,
    )
    if replace(questionnaire, updated_at=now) == blank:
        return questionnaire, []
    return blank, [AnswersErased(resident_id=questionnaire.resident_id, questionnaire_id=questionnaire.id)]


def profile_of(answers: Mapping[str, int | None]) -> Profile:
    """The eleven values. A scale's score is the mean of its answers, brought from 1..5 to 0..1; without an answer it is absent."""
    return Profile(_means(answers, SCALES))


def callings_of(answers: Mapping[str, int | None]) -> dict[Calling, float]:
    """The six interests, likewise."""
    return _means(answers, CALLINGS)


def _means(answers: Mapping[str, int | None], scales: tuple[T, ...]) -> dict[T, float]:
    found: dict[T, float] = {}
    said = list(_counting(answers))
    for scale in scales:
        given = [value for item, value in said if item.scale == scale]
        if given:
            found[scale] = (sum(given) / len(given) - LOWEST) / (HIGHEST - LOWEST)
    return found


def _counting(answers: Mapping[str, int | None]) -> Iterator[tuple[Item, int]]:
    """Every answer that counts: those to what is asked now, and to a former item whose successor was not reached yet."""
    for item in ITEMS:
        asked = FORMER[item.instead_of] if item.instead_of and item.id not in answers else item
        value = answers.get(asked.id)
        if value is not None:
            yield asked, value
