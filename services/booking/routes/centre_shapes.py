"""What goes in and out over HTTP for the digital employment centre."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Self

from fastapi import Path, Query
from pydantic import BaseModel, Field, StringConstraints

from services.booking.centre.capacity import Ledger
from services.booking.centre.contract import Contract, Side
from services.booking.centre.contract import State as ContractState
from services.booking.centre.contract import Step as ContractStep
from services.booking.centre.experience import Experience
from services.booking.centre.experience import State as ExperienceState
from services.booking.centre.pay import Statement
from services.booking.centre.place import Kind as PlaceKind
from services.booking.centre.place import Place
from services.booking.centre.rate import Rate
from services.booking.centre.shift import Origin, Shift
from services.booking.centre.shift import State as ShiftState
from services.booking.centre.stretch import Stretch
from services.booking.centre.week import Entry
from services.booking.centre.worker import Centre, Guide, Renewal, Station, Worker
from services.booking.hours import WeeklyHours
from services.booking.routes.shapes import Body, Minute, ResidentId, ShortText
from services.booking.working.reviewing import Capacity
from services.booking.working.scheduling import Week
from shared.events.booking import AttendanceStatus, CancelledBy, Party
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
            _hours(self.available),
            _hours(self.preferred),
        )


class WorkerBody(WorkerTerms):
    resident_id: ResidentId = Field(examples=[SomeResident])


class WorkerOut(WorkerTerms):
    resident_id: str
    version: int

    @classmethod
    def of(cls, worker: Worker) -> Self:
        return cls.model_validate(worker, from_attributes=True)


class EntryBody(Body):
    """`station_id` left out: work at home. 1380-1500 is 23:00-25:00, and stays on its day."""

    service_date: date = Field(examples=["2026-12-07"])
    start_minute: Minute = Field(examples=[600])
    end_minute: Minute = Field(examples=[720])
    station_id: StationId | None = None

    def entry(self) -> Entry:
        return Entry(Stretch(self.service_date, self.start_minute, self.end_minute), self.station_id)


class WeekBody(Body):
    """The whole week as it is wanted; what has begun or was reported stays whatever stands here."""

    monday: date = Field(examples=["2026-12-07"])
    entries: list[EntryBody] = Field(max_length=50)


class CopyBody(Body):
    """`source` left out: the week before."""

    monday: date = Field(examples=["2026-12-14"])
    source: date | None = None


class ShiftOut(BaseModel):
    """`seat` is 1..n of the station. Nobody is asked why somebody is absent, and no reason is kept."""

    id: str
    version: int
    resident_id: str
    centre_id: str
    state: ShiftState
    origin: Origin
    service_date: date
    start_minute: int
    end_minute: int
    label: str = Field(examples=["23:00-25:00"])
    starts_at: datetime
    ends_at: datetime
    station_id: str | None
    seat: int | None
    reported_at: datetime | None
    arrived_at: datetime | None
    left_at: datetime | None

    @classmethod
    def of(cls, shift: Shift) -> Self:
        stretch = shift.stretch
        return cls(
            **{name: getattr(shift, name) for name in cls.model_fields if hasattr(shift, name)},
            service_date=stretch.service_date,
            start_minute=stretch.start_minute,
            end_minute=stretch.end_minute,
            label=stretch.label,
        )


class WeekOut(BaseModel):
    """`left_out` could not be copied: the day is taken already, or the centre is not open any more."""

    monday: date
    shifts: list[ShiftOut]
    left_out: list[EntryBody] = []

    @classmethod
    def of(cls, week: Week) -> Self:
        return cls(
            monday=week.monday,
            shifts=[ShiftOut.of(shift) for shift in week.standing],
            left_out=[_entry_out(entry) for entry in week.left_out],
        )


class AttendanceBody(Body):
    """`service_date` says another day than today (tomorrow, say)."""

    status: AttendanceStatus
    service_date: date | None = None


class AttendanceOut(BaseModel):
    """`unclear`: it is not certain which shift was meant. A person looks at it; nothing more need be done."""

    status: AttendanceStatus
    unclear: bool
    shift: ShiftOut | None


class RecordBody(Body):
    """The times are minutes of the shift's service day, where they differ from the plan."""

    status: AttendanceStatus
    arrived_minute: Minute | None = None
    left_minute: Minute | None = None


class OfferOut(BaseModel):
    """Hours that somebody may take until `until`. Whose they were is not said."""

    shift_id: str
    service_date: date
    start_minute: int
    end_minute: int
    label: str
    starts_at: datetime
    station_id: str | None
    until: datetime


class LedgerOut(BaseModel):
    """Minutes. `ratio` is planned to theoretical; `open` were worked, but nobody has confirmed them yet."""

    month: str = Field(examples=["2026-12"])
    theoretical: int
    planned: int
    actual: int
    open: int
    committed: int
    free: int
    ratio: float | None

    @classmethod
    def of(cls, month: date, ledger: Ledger) -> Self:
        return cls(
            month=f"{month:%Y-%m}",
            theoretical=ledger.theoretical,
            planned=ledger.planned,
            actual=ledger.actual,
            open=ledger.open,
            committed=ledger.committed,
            free=ledger.free,
            ratio=None if ledger.ratio is None else round(ledger.ratio, 3),
        )


class WeekCapacityOut(BaseModel):
    """`expected`: nothing is planned for that week yet, and `planned` is what the weeks before let expect."""

    monday: date
    planned: int
    committed: int
    free: int
    expected: bool


class CapacityOut(BaseModel):
    """This month and the next, this week and the three after it."""

    guide: Guide
    guide_ratio: float
    months: list[LedgerOut]
    weeks: list[WeekCapacityOut]

    @classmethod
    def of(cls, centre: Centre, capacity: Capacity) -> Self:
        return cls(
            guide=centre.guide,
            guide_ratio=centre.guide_ratio,
            months=[LedgerOut.of(month, ledger) for month, ledger in capacity.months],
            weeks=[WeekCapacityOut.model_validate(w, from_attributes=True) for w in capacity.weeks],
        )


class WorkerCapacityOut(CapacityOut):
    resident_id: str


class CentreCapacityOut(CapacityOut):
    workers: list[WorkerCapacityOut]


class CommitmentBody(Body):
    monday: date = Field(examples=["2026-12-07"])
    minutes: int = Field(ge=0, le=10_080)


class CommitmentsBody(Body):
    """Replaces what was promised before."""

    weeks: list[CommitmentBody] = Field(max_length=60)


class ContractBody(Body):
    resident_id: ResidentId = Field(examples=[SomeResident])
    starts_on: date = Field(examples=["2026-12-01"])


class EndBody(Body):
    """`on` left out: with the present term."""

    on: date | None = None


class ContractEntryOut(BaseModel):
    at: datetime
    step: ContractStep
    side: Side | None
    by: str | None
    until: date | None


class ContractOut(BaseModel):
    """`history` only grows."""

    id: str
    version: int
    resident_id: str
    centre_id: str
    state: ContractState
    starts_on: date
    ends_on: date
    agreed: list[Side]
    renewal_agreed: list[Side]
    ending: bool
    history: list[ContractEntryOut]

    @classmethod
    def of(cls, contract: Contract) -> Self:
        sorted_sides = {name: sorted(getattr(contract, name)) for name in ("agreed", "renewal_agreed")}
        fields = {n: getattr(contract, n) for n in cls.model_fields if n not in (*sorted_sides, "history")}
        history = [ContractEntryOut.model_validate(e, from_attributes=True) for e in contract.history]
        return cls(**fields, **sorted_sides, history=history)


class PlaceBody(Body):
    """A supported short job asks for neither CV nor interview. `agree_days`: how long a seat waits for the three agreements."""

    name: ShortText = Field(examples=["見本の職場体験"])
    workplace: ShortText = Field(examples=["見本商店"])
    kind: PlaceKind
    from_date: date = Field(examples=["2026-12-01"])
    to_date: date = Field(examples=["2027-03-31"])
    sessions: list[SpanBody] = Field(min_length=1, max_length=50)
    seats: int = Field(default=1, ge=1, le=200)
    prerequisites: list[Code] = Field(default=[], max_length=20)
    needs_cv: bool = False
    needs_interview: bool = False
    works_holidays: bool = False
    agree_days: int = Field(default=7, ge=1, le=60)

    def place(self, place_id: str) -> Place:
        return Place(
            place_id,
            self.name,
            self.workplace,
            self.kind,
            self.from_date,
            self.to_date,
            _hours(self.sessions),
            self.seats,
            tuple(dict.fromkeys(self.prerequisites)),
            self.needs_cv,
            self.needs_interview,
            self.works_holidays,
            self.agree_days,
        )


class PlaceOut(PlaceBody):
    id: str
    version: int

    @classmethod
    def of(cls, place: Place) -> Self:
        return cls.model_validate(place, from_attributes=True)


class ExperienceBody(Body):
    """`weekdays` (0 is Monday) restricts the stay to some of the place's days; `met` are the prerequisites that are met."""

    resident_id: ResidentId = Field(examples=[SomeResident])
    place_id: PlaceId = Field(examples=["plc_aaaaaaaaaaaaaaaaaaaaaaaaaa"])
    from_date: date = Field(examples=["2026-12-07"])
    to_date: date = Field(examples=["2026-12-18"])
    weekdays: list[Annotated[int, Field(ge=0, le=6)]] | None = Field(default=None, min_length=1, max_length=7)
    met: list[Code] = Field(default=[], max_length=20)


class PartyBody(Body):
    party: Party


class SessionOut(BaseModel):
    service_date: date
    start_minute: int
    end_minute: int
    label: str
    starts_at: datetime
    ends_at: datetime


class ExperienceOut(BaseModel):
    """`missing` are the parties that have not agreed yet; until `agree_by` the seat waits for them."""

    id: str
    version: int
    resident_id: str
    place_id: str
    state: ExperienceState
    from_date: date
    to_date: date
    seat: int
    agree_by: datetime
    agreed: list[Party]
    missing: list[Party]
    cancelled_by: CancelledBy | None
    sessions: list[SessionOut]

    @classmethod
    def of(cls, stay: Experience) -> Self:
        fields = {n: getattr(stay, n) for n in cls.model_fields if n not in ("agreed", "sessions")}
        sessions = [
            SessionOut(
                service_date=s.stretch.service_date,
                start_minute=s.stretch.start_minute,
                end_minute=s.stretch.end_minute,
                label=s.stretch.label,
                starts_at=s.starts_at,
                ends_at=s.ends_at,
            )
            for s in stay.sessions
        ]
        return cls(**fields, agreed=sorted(stay.agreed), sessions=sessions)


class PayLineOut(BaseModel):
    """`sure` false: nobody has confirmed the minutes yet, and they are not in the totals."""

    service_date: date
    label: str
    place: str
    minutes: int
    rate: int
    yen: float
    sure: bool


class PayOut(BaseModel):
    """Only `yen`, the month's total, is rounded: half a yen and more up."""

    resident_id: str
    month: str
    minutes: int
    open_minutes: int
    yen: int
    lines: list[PayLineOut]

    @classmethod
    def of(cls, found: Statement) -> Self:
        lines = [
            PayLineOut(
                service_date=line.service_date,
                label=line.label,
                place=line.place,
                minutes=line.minutes,
                rate=line.rate,
                yen=round(float(line.amount), 2),
                sure=line.sure,
            )
            for line in found.lines
        ]
        return cls(
            resident_id=found.resident_id,
            month=f"{found.month:%Y-%m}",
            minutes=found.minutes,
            open_minutes=found.open_minutes,
            yen=found.yen,
            lines=lines,
        )


def month_of(text: str) -> date:
    """The first day of `2026-12`."""
    return date.fromisoformat(f"{text}-01")


def _entry_out(entry: Entry) -> EntryBody:
    stretch = entry.stretch
    return EntryBody(
        service_date=stretch.service_date,
        start_minute=stretch.start_minute,
        end_minute=stretch.end_minute,
        station_id=entry.station_id,
    )


def _station(body: StationBody, centre_id: str, n: int, version: int) -> Station:
    made = body.id or derived_id("stn", centre_id, str(version), str(n))
    return Station(made, body.name, body.seats, _hours(body.open_hours), body.skill)


def _hours(spans: Sequence[SpanBody]) -> tuple[WeeklyHours, ...]:
    return tuple(WeeklyHours(s.weekday, s.start_minute, s.end_minute) for s in spans)


def _rates(rates: Sequence[RateBody]) -> tuple[Rate, ...]:
    return tuple(Rate(rate.valid_from, rate.yen) for rate in rates)
