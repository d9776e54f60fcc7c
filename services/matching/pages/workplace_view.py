"""A workplace as people read it: what its company says and what those say who have been there, side by side, in words."""

from dataclasses import dataclass

from services.matching.workplace import FEWEST, HIGHEST, LOWEST, Aspect, Line, Workplace, picture, shown_notes

ASPECTS: dict[Aspect, str] = {
    "tasks": "仕事の進め方",
    "pace": "速さといそがしさ",
    "noise": "音と人の多さ",
    "contact": "人とのやりとり",
    "support": "困ったときの支え",
    "body": "体の使い方",
    "room": "時間のゆとり",
}
"""How each aspect is called."""
STEPS = tuple(str(step) for step in range(LOWEST, HIGHEST + 1))
"""The choices of a question, as a form sends them."""
WIDTH = 400
"""Of the drawn scale, in units of the drawing."""


@dataclass(frozen=True)
class Row:
    """One question. `said`, `heard` are sentences, None where nothing is known; `said_at`, `heard_at` places on the drawn scale."""

    id: str
    text: str
    low: str
    high: str
    said: str | None
    heard: str | None
    people: int | None
    differs: bool
    said_at: int | None
    heard_at: int | None


@dataclass(frozen=True)
class WorkplaceView:
    """`groups`: heading and rows that say something. `unanswered`: how many questions nobody has answered."""

    id: str
    name: str
    about: str
    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    unanswered: int
    notes: tuple[str, ...]
    fewest: int = FEWEST
    width: int = WIDTH


def workplace_view(workplace: Workplace) -> WorkplaceView:
    """What there is to read; questions without any answer are left out and counted."""
    lines = picture(workplace)
    known = [line for line in lines if line.said is not None or line.heard is not None]
    groups = tuple(
        (heading, rows)
        for aspect, heading in ASPECTS.items()
        if (rows := tuple(_row(line) for line in known if line.question.aspect == aspect))
    )
    return WorkplaceView(
        id=workplace.id,
        name=workplace.name,
        about=workplace.about,
        groups=groups,
        unanswered=len(lines) - len(known),
        notes=shown_notes(workplace),
    )


def answer_text(low: str, high: str, answer: float) -> str:
    """An answer of 1 to 5, or a mean of answers, in words."""
    step = round(answer)
    if step == LOWEST:
        return low
    if step == HIGHEST:
        return high
    if step * 2 == LOWEST + HIGHEST:
        return f"「{low}」と「{high}」の、あいだくらい"
    return f"どちらかというと「{low if step * 2 < LOWEST + HIGHEST else high}」"


def _row(line: Line) -> Row:
    question = line.question
    low, high = question.low, question.high
    return Row(
        id=question.id,
        text=question.text,
        low=low,
        high=high,
        said=None if line.said is None else answer_text(low, high, line.said),
        heard=None if line.heard is None else answer_text(low, high, line.heard),
        people=line.people,
        differs=line.differs,
        said_at=_place(line.said),
        heard_at=_place(line.heard),
    )


def _place(answer: float | None) -> int | None:
    return None if answer is None else round(WIDTH * (answer - LOWEST) / (HIGHEST - LOWEST))
