"""Responses about how work goes. A worker reads all that is written about them except the notes of staff."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Path
from pydantic import BaseModel, Field

from services.matching.assessment import words
from services.matching.assessment.axes import AXES, ITEMS, Axis
from services.matching.assessment.growth import Growth
from services.matching.assessment.record import Assessment, Kind, Said, by_period, differences, levels
from services.matching.assessment.step_up import State, Suggestion
from shared.ids import id_pattern

AssessmentId = Annotated[str, Path(pattern=id_pattern("ass"))]
SuggestionId = Annotated[str, Path(pattern=id_pattern("stp"))]
WorkerId = Annotated[str, Path(pattern=id_pattern("res"), description="The worker, by the resident's id")]
Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-12"])]


class ItemOut(BaseModel):
    """`anchors` say what 1, 3 and 5 look like."""

    id: str
    axis: Axis
    text: str
    anchors: tuple[str, str, str]


class ItemsOut(BaseModel):
    axes: dict[Axis, str]
    items: list[ItemOut]

    @classmethod
    def made(cls) -> "ItemsOut":
        items = [
            ItemOut(id=i.id, axis=i.axis, text=words.ITEMS[i.id], anchors=words.ANCHORS[i.id]) for i in ITEMS
        ]
        return cls(axes={axis: words.AXES[axis] for axis in AXES}, items=items)


class SaidOut(BaseModel):
    answers: dict[str, int]
    at: datetime
    message: str | None
    why: str | None


class StaffSaidOut(SaidOut):
    by: str
    note: str | None


class AssessmentOut(BaseModel):
    """`levels`: axis -> mean, where enough was answered. `said`: the first submission and its corrections; the last counts."""

    id: str
    period: Month
    kind: Kind
    levels: dict[Axis, float]
    said: list[SaidOut]

    @classmethod
    def of(cls, assessment: Assessment) -> "AssessmentOut":
        return cls(**_assessment(assessment), said=[SaidOut(**_said(one)) for one in assessment.said])


class StaffAssessmentOut(BaseModel):
    """The same for staff: who said it, and the notes."""

    id: str
    resident_id: str
    period: Month
    kind: Kind
    levels: dict[Axis, float]
    said: list[StaffSaidOut]

    @classmethod
    def of(cls, assessment: Assessment) -> "StaffAssessmentOut":
        said = [StaffSaidOut(**_said(one), by=one.by, note=one.note) for one in assessment.said]
        return cls(**_assessment(assessment), resident_id=assessment.resident_id, said=said)


class DifferenceOut(BaseModel):
    """An axis that the two see differently in a month: something to talk about, nobody's mistake."""

    period: Month
    axis: Axis
    own: float
    staff: float


class ToldOut(BaseModel):
    """Staff would like to talk about a next step. Nothing changes by it."""

    id: str
    passed_on_at: datetime
    message: str | None


class GrowthOut(BaseModel):
    """`talk` is there once staff have passed a suggestion on."""

    wishes_step_up: bool
    assessments: list[AssessmentOut]
    differences: list[DifferenceOut]
    talk: ToldOut | None

    @classmethod
    def of(cls, growth: Growth) -> "GrowthOut":
        told = growth.told
        talk = (
            ToldOut(id=told.id, passed_on_at=told.passed_on_at, message=told.message)
            if told and told.passed_on_at
            else None
        )
        return cls(
            wishes_step_up=growth.wish.wishes,
            assessments=[AssessmentOut.of(one) for one in growth.assessments],
            differences=_differences(growth),
            talk=talk,
        )


class SuggestionOut(BaseModel):
    """A talk about a next step, suggested to staff. `period` is the later of the two months that it stands on."""

    id: str
    resident_id: str
    period: Month
    state: State
    suggested_at: datetime
    passed_on_at: datetime | None
    closed_at: datetime | None
    message: str | None
    note: str | None

    @classmethod
    def of(cls, suggestion: Suggestion) -> "SuggestionOut":
        return cls.model_validate(
            {
                **{name: getattr(suggestion, name) for name in cls.model_fields if name != "period"},
                "period": month_text(suggestion.period),
            }
        )


class StaffGrowthOut(BaseModel):
    """`wishes_step_up` is the worker's alone to say."""

    resident_id: str
    wishes_step_up: bool
    assessments: list[StaffAssessmentOut]
    differences: list[DifferenceOut]
    suggestions: list[SuggestionOut]

    @classmethod
    def of(cls, growth: Growth) -> "StaffGrowthOut":
        return cls(
            resident_id=growth.resident_id,
            wishes_step_up=growth.wish.wishes,
            assessments=[StaffAssessmentOut.of(one) for one in growth.assessments],
            differences=_differences(growth),
            suggestions=[SuggestionOut.of(one) for one in growth.suggestions],
        )


class SuggestionsOut(BaseModel):
    data: list[SuggestionOut]


def month_text(period: date) -> str:
    return f"{period:%Y-%m}"


def month_of_text(text: str) -> date:
    return date.fromisoformat(f"{text}-01")


def _assessment(assessment: Assessment) -> dict[str, Any]:
    return {
        "id": assessment.id,
        "period": month_text(assessment.period),
        "kind": assessment.kind,
        "levels": {axis: level.mean for axis, level in levels(assessment.present.answers).items()},
    }


def _said(said: Said) -> dict[str, Any]:
    return {"answers": dict(said.answers), "at": said.at, "message": said.message, "why": said.why}


def _differences(growth: Growth) -> list[DifferenceOut]:
    return [
        DifferenceOut(period=month_text(period), axis=one.axis, own=one.own, staff=one.staff)
        for period, views in by_period(growth.assessments).items()
        for one in differences(views.get("self"), views.get("staff"))
    ]
