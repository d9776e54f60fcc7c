"""Requests about how work goes."""

from datetime import datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from services.matching.assessment.axes import HIGHEST, ITEMS, LOWEST
from services.matching.assessment.record import Said
from services.matching.routes.assessment_shapes import Month
from services.matching.routes.fields import Strict

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000)]
Answer = Annotated[int, Field(ge=LOWEST, le=HIGHEST)]
Answers = Annotated[
    dict[str, Answer],
    Field(min_length=1, max_length=len(ITEMS), examples=[{"stability-1": 4, "habits-2": 5}]),
]


class OwnWordsBody(Strict):
    """Item -> 1..5; items may be left out. `message` is read by both sides."""

    answers: Answers
    message: Text | None = None

    def said(self, by: str, now: datetime) -> Said:
        return Said(self.answers, now, by, self.message)


class OwnAssessmentBody(OwnWordsBody):
    period: Month


class OwnCorrectionBody(OwnWordsBody):
    """Nobody asks why."""


class StaffWordsBody(OwnWordsBody):
    """`note` is read by staff alone."""

    note: Text | None = None

    def said(self, by: str, now: datetime) -> Said:
        return Said(self.answers, now, by, self.message, self.note)


class StaffAssessmentBody(StaffWordsBody):
    period: Month


class StaffCorrectionBody(StaffWordsBody):
    """`why` is read by the worker, too."""

    why: Text

    def said(self, by: str, now: datetime) -> Said:
        return Said(self.answers, now, by, self.message, self.note, self.why)


class WishBody(Strict):
    wishes: bool


class PassOnBody(Strict):
    message: Text | None = None


class SetAsideBody(Strict):
    note: Text
