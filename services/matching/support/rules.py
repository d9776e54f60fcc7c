"""A rule set: what may be asked, and which programmes go by it. Every condition names where it stands and how long that is good."""

from collections.abc import Mapping
from datetime import date
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag

from services.matching.support.expression import Expression, FactId, Whole
from services.matching.support.kinds import AmountKind, CountKind, Kind, Money, Per, Strict, Unit, Whose

ProgrammeId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")]
Name = Annotated[str, Field(min_length=1, max_length=80)]
Sentence = Annotated[str, Field(min_length=1, max_length=300)]
Address = Annotated[str, Field(pattern=r"^https?://[^\s<>\"]{1,290}$")]
Standing = Literal["in_force", "not_yet", "expired"]


class Asked(Strict):
    """What every fact has. `question` is plain Japanese; `hint` helps to answer it."""

    id: FactId
    question: Sentence
    hint: Annotated[str, Field(max_length=300)] = ""


class YesNoFact(Asked):
    ask: Literal["yes_no"]


class Option(Strict):
    id: FactId
    text: Name


class ChoiceFact(Asked):
    ask: Literal["choice"]
    options: Annotated[tuple[Option, ...], Field(min_length=2, max_length=20)]


class AmountFact(Asked):
    """Yen of one kind."""

    ask: Literal["amount"]
    what: Money
    of: Whose
    per: Per
    lowest: Whole = 0
    highest: Whole = 100_000_000


class CountFact(Asked):
    ask: Literal["count"]
    unit: Unit
    lowest: Whole = 0
    highest: Whole = 130


def _tag(given: Any) -> str | None:
    said = given.get("ask") if isinstance(given, Mapping) else getattr(given, "ask", None)
    return f"<{said}>" if said in ("yes_no", "choice", "amount", "count") else None


AnyFact = YesNoFact | ChoiceFact | AmountFact | CountFact
NumberFact = AmountFact | CountFact
Fact = Annotated[
    Annotated[YesNoFact, Tag("<yes_no>")]
    | Annotated[ChoiceFact, Tag("<choice>")]
    | Annotated[AmountFact, Tag("<amount>")]
    | Annotated[CountFact, Tag("<count>")],
    Discriminator(_tag),
]


def kind_of(fact: AnyFact) -> Kind | None:
    """The kind of a number's fact; None for one that is no number."""
    if isinstance(fact, AmountFact):
        return AmountKind(what=fact.what, of=fact.of, per=fact.per)
    return CountKind(unit=fact.unit) if isinstance(fact, CountFact) else None


class Source(Strict):
    """Where a condition stands, and when somebody last looked."""

    title: Name
    url: Address
    checked_on: date


class Condition(Strict):
    """`text` says it in plain Japanese. Good from the first to the last day named (Asia/Tokyo)."""

    id: ProgrammeId
    text: Sentence
    when: Expression
    source: Source
    valid_from: date
    valid_until: date

    def standing(self, today: date) -> Standing:
        if today < self.valid_from:
            return "not_yet"
        return "expired" if today > self.valid_until else "in_force"


class DeskOf(Strict):
    """Whom to ask about a programme."""

    name: Name
    phone: Annotated[str, Field(pattern=r"^[0-9+() -]{2,30}$")]
    hours: Annotated[str, Field(max_length=80)] = ""


class Programme(Strict):
    """All of its conditions must hold. Without a `desk` people are sent to the municipality's own."""

    id: ProgrammeId
    name: Name
    summary: Sentence
    conditions: Annotated[tuple[Condition, ...], Field(min_length=1, max_length=12)]
    desk: DeskOf | None = None
    link: Address | None = None


class Rules(Strict):
    """Facts are asked in this order when nothing else decides. `sample`: made up, and shown as such."""

    name: Name
    sample: bool = False
    facts: Annotated[tuple[Fact, ...], Field(min_length=1, max_length=40)]
    programmes: Annotated[tuple[Programme, ...], Field(min_length=1, max_length=60)]

    @cached_property
    def by_id(self) -> dict[str, AnyFact]:
        return {fact.id: fact for fact in self.facts}
