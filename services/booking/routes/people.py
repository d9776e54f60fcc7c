"""Counsellors as they go in and out over HTTP."""

from datetime import date
from typing import Annotated, Self

from pydantic import BaseModel, Field

from services.booking.counsellor import Counsellor, Gender
from services.booking.hours import DateHours, Span, WeeklyHours
from services.booking.routes.shapes import Body, Code, Language, Minute, ShortText
from shared.events.booking import AppointmentChannel

NearDate = Annotated[date, Field(ge=date(2000, 1, 1), le=date(2199, 12, 31))]


class HoursBody(Body):
    """One stretch of a weekday (0 is Monday), in minutes of the service day: 1320-1560 is 22:00-26:00."""

    weekday: int = Field(ge=0, le=6)
    start_minute: Minute
    end_minute: Minute


class SpanBody(Body):
    """Minutes of one service day: 1320-1560 is 22:00-26:00."""

    start_minute: Minute
    end_minute: Minute


class DateHoursBody(Body):
    """The hours of one service date in place of the weekly ones, also on a public holiday. No spans: closed."""

    service_date: NearDate
    spans: list[SpanBody] = Field(default=[], max_length=20)


class CounsellorBody(Body):
    display_name: ShortText = Field(examples=["見本 相談員"])
    languages: list[Language] = Field(default=["ja"], min_length=1, max_length=20)
    channels: list[AppointmentChannel] = Field(min_length=1, max_length=3, examples=[["online", "telephone"]])
    weekly_hours: list[HoursBody] = Field(
        default=[], max_length=50, examples=[[{"weekday": 3, "start_minute": 1320, "end_minute": 1560}]]
    )
    exceptions: list[DateHoursBody] = Field(default=[], max_length=400)
    works_holidays: bool = Field(
        default=False, description="Whether the weekly hours hold on public holidays"
    )
    skills: list[Code] = Field(default=[], max_length=40, examples=[["mental-health"]])
    gender: Gender | None = None
    daily_cap: int | None = Field(
        default=None, ge=1, le=100, description="Most appointments of a service day"
    )
    weight: float = Field(
        default=1.0, gt=0, le=10, description="Share of the work beside colleagues of weight 1"
    )
    active: bool = True
    from_date: NearDate | None = None
    to_date: NearDate | None = None

    def weekly(self) -> tuple[WeeklyHours, ...]:
        return tuple(WeeklyHours(h.weekday, h.start_minute, h.end_minute) for h in self.weekly_hours)

    def different(self) -> tuple[DateHours, ...]:
        return tuple(
            DateHours(e.service_date, tuple(Span(s.start_minute, s.end_minute) for s in e.spans))
            for e in self.exceptions
        )


class CounsellorOut(BaseModel):
    id: str
    version: int
    display_name: str
    languages: list[str]
    channels: list[AppointmentChannel]
    weekly_hours: list[HoursBody]
    exceptions: list[DateHoursBody]
    works_holidays: bool
    skills: list[str]
    gender: Gender | None
    daily_cap: int | None
    weight: float
    active: bool
    from_date: date | None
    to_date: date | None

    @classmethod
    def of(cls, counsellor: Counsellor) -> Self:
        return cls.model_validate(counsellor, from_attributes=True)
