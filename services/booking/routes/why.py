"""Why nothing is free, as it goes out over HTTP."""

from typing import Literal, Self

from pydantic import BaseModel, Field

from services.booking.explain import Explanation
from services.booking.explain_texts import help_text, reason_text


class ReasonOut(BaseModel):
    """Clients branch on `code`. `count` is left out for residents."""

    code: str
    unit: Literal["people", "days", "times"]
    count: int | None = None
    text: str = Field(examples=["予約で埋まっている時間：12件"])


class HelpOut(BaseModel):
    """One change of the wish that would give `times` free times. `value`: the channel, the minutes or the date of the change."""

    code: str
    value: str
    times: int
    text: str = Field(examples=["電話なら、空いている時間が12件あります。"])


class WhyOut(BaseModel):
    free: int = Field(description="Times that are free after all")
    reasons: list[ReasonOut]
    helps: list[HelpOut]

    @classmethod
    def of(cls, found: Explanation, lang: str, *, staff: bool) -> Self:
        return cls(
            free=found.free,
            reasons=[
                ReasonOut(
                    code=reason.code,
                    unit=reason.unit,
                    count=reason.count if staff else None,
                    text=reason_text(reason, lang, staff=staff),
                )
                for reason in found.reasons
            ],
            helps=[
                HelpOut(code=h.code, value=h.value, times=h.times, text=help_text(h, lang))
                for h in found.helps
            ],
        )
