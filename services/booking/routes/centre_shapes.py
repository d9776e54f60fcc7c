"""What goes in and out over HTTP: centres, stations, workers; and what the other shapes of the centre share."""

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Self

from fastapi import Path, Query
from pydantic import Field, StringConstraints

from services.booking.centre.rate import Rate
from services.booking.centre.worker import Centre, Guide, Renewal, Station, Worker
from services.booking.hours import WeeklyHours
from services.booking.routes.shapes import Body, Minute, ResidentId, ShortText
from shared.ids import derived_id, id_pattern

CentreId = Annotated[str, StringConstraints(pattern=id_pattern("cen"))]
StationId = Annotated[str, StringConstraints(pattern=id_pattern("stn"))]
PlaceId = Annotated[str, StringConstraints(pattern=id_pattern("plc"))]
CentrePath = Annotated[str, Path(pattern=id_pattern("cen"))]
WorkerPath = Annotated[str, Path(pattern=id_pattern("res"), description="The resident who works")]
ShiftPath = Annotated[str, Path(pattern=id_pattern("shf"))]
ContractPath = Annotated[str, Path(pattern=id_pattern("ctr"))]
PlacePath = Annotated[str, Path(pattern=id_pattern("plc"))]
ExperiencePath = Annotated[str, Path(pattern=id_pattern("exp"))]
PlanPath = Annotated[str, Path(pattern=id_pattern("pln"))]
Month = Annotated[str, Query(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-12"])]
Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_]{1,40}$")]
SomeCentre = "cen_aaaaaaaaaaaaaaaaaaaaaaaaaa"
SomeResident = "res_aaaaaaaaaaaaaaaaaaaaaaaaaa"


class SpanBody(Body):
    """A stretch of a weekday (0 is Monday), minutes of the service day, up to 1800 (30:00)."""

    weekday: int = Field(ge=0, le=6, examples=[0])
    start_minute: Minute = Field(examples=[600])
    end_minute: Minute = Field(examples=[960])


class RateBody(Body):
    """Yen an hour from `valid_from` on, e.g. the prefecture's minimum wage."""

    valid_from: date = Field(examples=["2026-10-01"])
    yen: int = Field(ge=0, le=100_000, examples=[1225])


class StationBody(Body):
    """`id` is given back by the server; leave it out for a new station. `skill`: a code that its worker must have."""

    id: StationId | None = None
    name: ShortText = Field(examples=["見本の席"])
    seats: int = Field(ge=1, le=200)
    open_hours: list[SpanBody] = Field(default=[], max_length=50)
    skill: Code | None = None


class CentreBody(Body):
    """`guide` says what `guide_ratio` of the theoretical hours is: a target, a ceiling or a floor. Staff hear of it; nobody is sanctioned."""

    name: ShortText = Field(examples=["見本就労支援センター"])
    stations: list[StationBody] = Field(default=[], max_length=100)
    guide_ratio: float = Field(default=0.8, gt=0, le=1)
    guide: Guide = "target"
    review_day: int = Field(default=20, ge=1, le=28)
    rates: list[RateBody] = Field(default=[], max_length=50)
    renewal: Renewal = "automatic"
    notice_days: list[Annotated[int, Field(ge=0, le=90)]] = Field(default=[30, 7], max_length=5)
    offer_minutes: int = Field(default=30, ge=5, le=1440)

    def centre(self, centre_id: str, version: int = 1) -> Centre:
        return Centre(
            centre_id,
            self.name,
            tuple(_station(s, centre_id, n, version) for n, s in enumerate(self.stations)),
            self.guide_ratio,
            self.guide,
            self.review_day,
            _rates(self.rates),
            self.renewal,
            tuple(sorted(set(self.notice_days), reverse=True)),
            self.offer_minutes,
            version,
        )


class CentreOut(CentreBody):
    id: str
    version: int

    @classmethod
    def of(cls, centre: Centre) -> Self:
        return cls.model_validate(centre, from_attributes=True)


class WorkerTerms(Body):
    """`max_days` a week, and so many minutes on each. `stations` empty: all that the skills allow. `available` and `preferred` are for shift plans."""

    centre_id: CentreId = Field(examples=[SomeCentre])
    max_days: int = Field(default=3, ge=1, le=7)
    min_minutes: int = Field(default=120, ge=5, le=1440)
    max_minutes: int = Field(default=180, ge=5, le=1440)
    skills: list[Code] = Field(default=[], max_length=50)
    stations: list[StationId] = Field(default=[], max_length=100)
    wishes_more: bool = False
    wished_days: int | None = Field(default=None, ge=1, le=7)
    theoretical_minutes: int | None = Field(default=None, ge=0, le=44_640)
    rates: list[RateBody] = Field(default=[], max_length=50)
    available: list[SpanBody] = Field(default=[], max_length=50)
    preferred: list[SpanBody] = Field(default=[], max_length=50)

    def worker(self, resident_id: str) -> Worker:
        return Worker(
            resident_id,
            self.centre_id,
            self.max_days,
            self.min_minutes,
            self.max_minutes,
            tuple(dict.fromkeys(self.skills)),
            tuple(dict.fromkeys(self.stations)),
            self.wishes_more,
            self.wished_days,
            self.theoretical_minutes,
            _rates(self.rates),
            hours_of(self.available),
            hours_of(self.preferred),
        )


class WorkerBody(WorkerTerms):
    resident_id: ResidentId = Field(examples=[SomeResident])


class WorkerOut(WorkerTerms):
    resident_id: str
    version: int

    @classmethod
    def of(cls, worker: Worker) -> Self:
        return cls.model_validate(worker, from_attributes=True)


def month_of(text: str) -> date:
    """The first day of `2026-12`."""
    return date.fromisoformat(f"{text}-01")


def _station(body: StationBody, centre_id: str, n: int, version: int) -> Station:
    made = body.id or derived_id("stn", centre_id, str(version), str(n))
    return Station(made, body.name, body.seats, hours_of(body.open_hours), body.skill)


def hours_of(spans: Sequence[SpanBody]) -> tuple[WeeklyHours, ...]:
    return tuple(WeeklyHours(s.weekday, s.start_minute, s.end_minute) for s in spans)


def _rates(rates: Sequence[RateBody]) -> tuple[Rate, ...]:
    return tuple(Rate(rate.valid_from, rate.yen) for rate in rates)
