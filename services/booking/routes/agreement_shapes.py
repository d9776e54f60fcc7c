"""What goes in and out over HTTP: contracts, places, stays at workplaces."""

from dataclasses import replace
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, Field

from services.booking.centre.contract import Contract, Side
from services.booking.centre.contract import State as ContractState
from services.booking.centre.contract import Step as ContractStep
from services.booking.centre.experience import Experience
from services.booking.centre.experience import State as ExperienceState
from services.booking.centre.place import Kind as PlaceKind
from services.booking.centre.place import Place
from services.booking.routes.centre_shapes import Code, PlaceId, SomeResident, SpanBody, hours_of
from services.booking.routes.shapes import Body, ResidentId, ShortText
from shared.events.booking import CancelledBy, Party


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
    """`history` only grows. `by` is the id of the caller who did it; residents are not shown it."""

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
    def of(cls, contract: Contract, *, callers: bool = True) -> Self:
        sorted_sides = {name: sorted(getattr(contract, name)) for name in ("agreed", "renewal_agreed")}
        fields = {n: getattr(contract, n) for n in cls.model_fields if n not in (*sorted_sides, "history")}
        known = contract.history if callers else (replace(entry, by=None) for entry in contract.history)
        history = [ContractEntryOut.model_validate(e, from_attributes=True) for e in known]
        return cls(**fields, **sorted_sides, history=history)


class PlaceBody(Body):
    """A supported short job asks for neither CV nor interview. `agree_days`: how long a seat waits for the three agreements.

    `prerequisites` are codes: residents read `insurance`, `health_check` and `orientation` in words, any other as it stands.
    """

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
            hours_of(self.sessions),
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
