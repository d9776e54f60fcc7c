"""What the API shows of support programmes."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from services.matching.guiding import Guidance
from services.matching.store.support import Version
from services.matching.support import wording
from services.matching.support.asking import Next
from services.matching.support.checking import Fault
from services.matching.support.comparing import Difference
from services.matching.support.concerns import Concern, looks_of
from services.matching.support.evaluating import Judged, Result
from services.matching.support.reading import MESSAGES, Faulty, message_of
from services.matching.support.rules import ChoiceFact, Standing
from shared.http.texts import field_text
from shared.tenancy import Desk

Said = Literal["yes", "cannot_say", "no"]


class LookView(BaseModel):
    """What to look at in the rules: a condition whose time is over or nearly, a source nobody checked for a year."""

    programme: str
    condition: str
    concern: Concern
    on: date


class VersionView(BaseModel):
    id: str
    number: int
    name: str
    sample: bool
    active: bool
    created_at: datetime
    by: str
    programmes: list[str]
    looks: list[LookView]


class WholeVersionView(VersionView):
    """`rules` is the rule set as it is kept."""

    rules: dict[str, Any]


class DifferenceView(BaseModel):
    """One programme. `changes`: in how many of the made-up situations it would be another result; `example` is one of them."""

    programme: str
    name: str
    new: bool
    gone: bool
    changes: int
    counted: dict[str, int] = Field(examples=[{"no -> yes": 12}])
    example: dict[str, bool | int | str] | None


class ChangesView(BaseModel):
    situations: int
    differences: list[DifferenceView]


class SourceView(BaseModel):
    title: str
    url: str
    checked_on: date


class ConditionView(BaseModel):
    """`standing` other than in_force: this condition says nothing now, whatever is answered."""

    text: str
    result: Said
    said: str
    standing: Standing
    source: SourceView
    valid_from: date
    valid_until: date

    @classmethod
    def of(cls, judged: Judged) -> "ConditionView":
        condition = judged.condition
        return cls(
            text=condition.text,
            result=_said(judged.truth),
            said=wording.condition_text(judged),
            standing=judged.standing,
            source=SourceView(**condition.source.model_dump()),
            valid_from=condition.valid_from,
            valid_until=condition.valid_until,
        )


class DeskView(BaseModel):
    name: str
    phone: str
    hours: str


class ResultView(BaseModel):
    """A guide, no decision. `because` are the conditions that made the result what it is."""

    id: str
    name: str
    summary: str
    result: Said
    text: str
    because: list[ConditionView]
    conditions: list[ConditionView]
    desk: DeskView
    link: str | None


class OptionView(BaseModel):
    id: str
    text: str


class QuestionView(BaseModel):
    """The fact whose answer is expected to settle most: `settles` programmes in the mean over its classes of answers."""

    fact: str
    ask: Literal["yes_no", "choice", "amount", "count"]
    question: str
    hint: str
    kind: str
    options: list[OptionView]
    lowest: int | None
    highest: int | None
    settles: float


class AnswerView(BaseModel):
    said: Literal["known", "not_known", "not_said"]
    value: bool | int | str | None


class GuidanceView(BaseModel):
    """`rules` is null while the municipality has none in force. `note` says who decides."""

    rules: str | None
    sample: bool
    note: str
    results: list[ResultView]
    question: QuestionView | None
    answers: dict[str, AnswerView]


def _said(truth: bool | None) -> Said:
    return "cannot_say" if truth is None else "yes" if truth else "no"


def version_fields(version: Version, active: str | None, today: date) -> dict[str, Any]:
    return {
        "id": version.id,
        "number": version.number,
        "name": version.rules.name,
        "sample": version.rules.sample,
        "active": version.id == active,
        "created_at": version.created_at,
        "by": version.by,
        "programmes": [programme.name for programme in version.rules.programmes],
        "looks": [
            LookView.model_validate(one, from_attributes=True) for one in looks_of(version.rules, today)
        ],
    }


def result_view(result: Result, desk: Desk) -> ResultView:
    programme = result.programme
    whom = programme.desk or desk
    return ResultView(
        id=programme.id,
        name=programme.name,
        summary=programme.summary,
        result=_said(result.truth),
        text=wording.RESULTS[result.truth],
        because=[ConditionView.of(judged) for judged in result.deciding],
        conditions=[ConditionView.of(judged) for judged in result.conditions],
        desk=DeskView(name=whom.name, phone=whom.phone, hours=whom.hours),
        link=programme.link,
    )


def question_view(asked: Next | None) -> QuestionView | None:
    if asked is None:
        return None
    fact = asked.fact
    options = fact.options if isinstance(fact, ChoiceFact) else ()
    return QuestionView(
        fact=fact.id,
        ask=fact.ask,
        question=fact.question,
        hint=fact.hint,
        kind=wording.kind_text(fact),
        options=[OptionView(id=option.id, text=option.text) for option in options],
        lowest=getattr(fact, "lowest", None),
        highest=getattr(fact, "highest", None),
        settles=float(asked.settles),
    )


def guidance_view(found: Guidance | None, desk: Desk) -> GuidanceView:
    return GuidanceView(
        rules=found.rules.id if found else None,
        sample=bool(found and found.rules.rules.sample),
        note=wording.DECIDES,
        results=[result_view(result, desk) for result in found.results] if found else [],
        question=question_view(found.asked) if found else None,
        answers={
            fact: AnswerView(said=answer.said, value=answer.value) for fact, answer in found.answers.items()
        }
        if found
        else {},
    )


def difference_view(one: Difference) -> DifferenceView:
    counted = {
        f"{wording.CODES[was]} -> {wording.CODES[now]}": number for (was, now), number in one.counted.items()
    }
    return DifferenceView(
        programme=one.programme,
        name=one.name,
        new=one.new,
        gone=one.gone,
        changes=one.changes,
        counted=counted,
        example=dict(one.example) if one.example is not None else None,
    )


def fault_texts(faulty: Faulty, lang: str) -> list[tuple[str, str]]:
    """(path, what is wrong and on which line) in `ja` or `en`; last, without a path, how many places more there are."""
    more = [("", MESSAGES["more"][lang].format(count=faulty.more))] if faulty.more else []
    return [(fault.path, _fault_text(fault, lang)) for fault in faulty.faults] + more


def _fault_text(fault: Fault, lang: str) -> str:
    text = (
        message_of(fault, lang)
        if fault.code in MESSAGES
        else field_text(fault.code, fault.facts["context"], fault.facts["message"], lang)
    )
    line = f"（{fault.line}行目）" if lang == "ja" else f" (line {fault.line})"
    return f"{text}{line}" if fault.line else text
