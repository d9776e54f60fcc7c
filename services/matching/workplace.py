"""What a workplace is like (見える化): fourteen short questions, answered by the company and, apart from it, by those who have been there.

The two are shown beside each other and never mixed into one: where they differ, that is worth knowing. Answers of people are shown as a
mean from three people on, so that nobody's answer can be told (k-anonymity, Sweeney 2002). The questions are our own.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Final, Literal

from shared.errors import Invalid, NotFound

LOWEST, HIGHEST = 1, 5
FEWEST = 3
"""People whose answers are shown as a mean at least."""
APART = 1.5
"""Steps between company and people from which on the difference is pointed out."""
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)
Aspect = Literal["tasks", "pace", "noise", "contact", "support", "body", "room"]
Voice = Literal["trainee", "staff"]


@dataclass(frozen=True)
class Question:
    """`low` and `high` are the words at 1 and at 5. Neither end is the good one."""

    id: str
    aspect: Aspect
    text: str
    low: str
    high: str


QUESTIONS: Final = (
    Question("same-tasks", "tasks", "毎日の仕事の中身は、どのくらい決まっていますか。", "日によって変わる", "毎日だいたい同じ"),
    Question("one-at-a-time", "tasks", "仕事は、どのように進みますか。", "いくつかを同時に進める", "ひとつずつ進める"),
    Question("shown-how", "tasks", "やり方は、どのように伝わりますか。", "言葉で聞いて覚える", "見本や書いたものがある"),
    Question("own-pace", "pace", "仕事の速さは、だれが決めますか。", "流れや時間に合わせる", "自分で決められる"),
    Question("busy-times", "pace", "いそがしさは、どのように変わりますか。", "急にいそがしくなる", "いつも同じくらい"),
    Question("breaks", "pace", "少し休みたいときは、どうしますか。", "決まった時間に休む", "いつでも休める"),
    Question("noise", "noise", "音は、どのくらいしますか。", "大きな音がする", "とても静か"),
    Question("people-around", "noise", "まわりに、人はどのくらいいますか。", "たくさんいる", "ほとんどいない"),
    Question("customers", "contact", "お客さんと話すことは、ありますか。", "よくある", "ほとんどない"),
    Question("words-or-text", "contact", "職場での連絡は、どのようにしますか。", "話して伝える", "文字で伝える"),
    Question("whom-to-ask", "support", "困ったとき、聞く人は決まっていますか。", "近くの人に聞く", "決まった人がそばにいる"),
    Question("first-days", "support", "はじめの何日かは、どのように進みますか。", "やりながら覚える", "だれかといっしょに進める"),
    Question("body", "body", "体は、どのくらい使いますか。", "よく動き、重い物も持つ", "座ってできる"),
    Question("change-of-plan", "room", "休みや時間の変更は、どのように伝えますか。", "前もって相談する", "当日の一言でよい"),
)  # fmt: skip
BY_ID: Final = {question.id: question for question in QUESTIONS}


@dataclass(frozen=True)
class Note:
    """What somebody who has been there wrote, under their opaque key. Shown to nobody but staff until they release it."""

    key: str
    text: str
    released: bool = False


@dataclass(frozen=True)
class Workplace:
    """`said`: question -> 1 to 5 by the company. `heard`: (resident or staff member's opaque key, voice) -> their answers.

    `about` is the company's own text. `notes` are kept sealed.
    """

    id: str
    company_id: str
    name: str
    said: Mapping[str, int] = field(default_factory=dict)
    said_at: datetime | None = None
    heard: Mapping[tuple[str, Voice], Mapping[str, int]] = field(default_factory=dict)
    about: str = ""
    notes: tuple[Note, ...] = ()
    created_at: datetime = LONG_AGO
    version: int = 1


@dataclass(frozen=True)
class Line:
    """One question as it is shown. `heard` is a mean, None below FEWEST people; `people` is None then, too."""

    question: Question
    said: int | None
    heard: float | None
    people: int | None

    @property
    def differs(self) -> bool:
        return self.said is not None and self.heard is not None and abs(self.said - self.heard) >= APART


def describe(workplace: Workplace, name: str, about: str) -> Workplace:
    """Its name and what it is like, in the company's words."""
    return replace(workplace, name=name, about=about)


def say(workplace: Workplace, answers: Mapping[str, int | None], now: datetime) -> Workplace:
    """The company's own answers; None takes one back, what is not named stays. Raises Invalid."""
    return replace(workplace, said=_merged(workplace.said, answers), said_at=now)


def hear(workplace: Workplace, key: str, voice: Voice, answers: Mapping[str, int | None]) -> Workplace:
    """The answers of one person who has been there; later ones replace earlier ones. All taken back: the person is forgotten."""
    mine = _merged(workplace.heard.get((key, voice), {}), answers)
    others = {who: said for who, said in workplace.heard.items() if who != (key, voice)}
    return replace(workplace, heard={**others, (key, voice): mine} if mine else others)


def remark(workplace: Workplace, key: str, text: str) -> Workplace:
    """What one person wrote, instead of what they wrote before; it waits to be released. An empty text takes it back."""
    known = next((note for note in workplace.notes if note.key == key), None)
    if known is not None and known.text == text:
        return workplace
    others = tuple(note for note in workplace.notes if note.key != key)
    return replace(workplace, notes=(*others, Note(key, text)) if text else others)


def release(workplace: Workplace, key: str, released: bool) -> Workplace:
    """Staff let others read a note, or no longer. Raises NotFound."""
    if all(note.key != key for note in workplace.notes):
        raise NotFound("no such note")
    return replace(
        workplace,
        notes=tuple(replace(n, released=released) if n.key == key else n for n in workplace.notes),
    )


def shown_notes(workplace: Workplace) -> tuple[str, ...]:
    """Released texts, in an order that says nothing of who wrote when; none while fewer than FEWEST people have been heard."""
    people = {key for key, _ in workplace.heard} | {note.key for note in workplace.notes}
    texts = (note.text for note in workplace.notes if note.released)
    return tuple(sorted(texts)) if len(people) >= FEWEST else ()


def _merged(before: Mapping[str, int], answers: Mapping[str, int | None]) -> dict[str, int]:
    for question, answer in answers.items():
        if question not in BY_ID:
            raise Invalid(f"answers.{question}", "there is no such question")
        if answer is not None and not LOWEST <= answer <= HIGHEST:
            raise Invalid(f"answers.{question}", "an answer is 1 to 5, or null to take it back")
    merged: dict[str, int | None] = {**before, **answers}
    return {q.id: answer for q in QUESTIONS if (answer := merged.get(q.id)) is not None}


def picture(workplace: Workplace) -> list[Line]:
    """Every question in order, with what the company says and what people say."""
    return [_line(question, workplace) for question in QUESTIONS]


def _line(question: Question, workplace: Workplace) -> Line:
    answers = [said[question.id] for said in workplace.heard.values() if question.id in said]
    enough = len({key for (key, _), said in workplace.heard.items() if question.id in said}) >= FEWEST
    mean = math.fsum(answers) / len(answers) if enough else None
    return Line(question, workplace.said.get(question.id), mean, len(answers) if enough else None)


def answered(workplaces: Iterable[Workplace]) -> float:
    """The share of questions that companies have answered, 0 to 1; 0.0 without workplaces."""
    shares = [len(workplace.said) / len(QUESTIONS) for workplace in workplaces]
    return math.fsum(shares) / len(shares) if shares else 0.0
