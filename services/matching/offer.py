"""Offers of work: jobs, work experience, supported short jobs, remote orders."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import ClassVar, Literal

from services.matching.company import Company
from services.matching.hours import Window
from services.matching.inheriting import Answers
from services.matching.values import Calling, Scale
from shared.errors import Conflict
from shared.events.envelope import Payload
from shared.events.matching.catalogue import OfferClosed, OfferPublished

Kind = Literal["job", "work_experience", "supported_short_job", "remote_order", "trial_work"]
State = Literal["draft", "published", "paused", "filled", "closed", "expired"]
EmploymentForm = Literal["full_time", "part_time", "contract", "dispatch", "mandate", "other"]
Accommodation = Literal["barrier_free", "short_hours", "quiet", "text_only", "own_pace", "interpreter"]
Source = Literal["own", "hellowork", "csv"]
ClosingReason = Literal["filled", "withdrawn", "expired"]


class NoLongerOpen(Conflict):
    slug: ClassVar[str] = "offer-closed"


@dataclass(frozen=True)
class Offer:
    """No `hours` means any time, as agreed. `values`, `interests`: how much the work gives of each, 0 to 1; absent is unknown.

    `expires_on` is the last day (Asia/Tokyo) on which it is open. `licences` are required, `accommodations` given. `lat`, `lng` in
    degrees, WGS 84. `source_id` is the number that the source knows it by.
    `values` and `interests` are what `inherited` makes of `own`, the company's answers, and the occupation's profile.
    """

    id: str
    company_id: str
    company_name: str
    kind: Kind
    title: str
    description: str
    municipality_code: str
    hours: tuple[Window, ...]
    hourly_wage_yen: int | None
    remote: bool
    values: Mapping[Scale, float]
    tags: tuple[str, ...]
    created_at: datetime
    state: State = "published"
    closed_at: datetime | None = None
    closing_reason: ClosingReason | None = None
    workplace_id: str | None = None
    interests: Mapping[Calling, float] = field(default_factory=dict)
    expires_on: date | None = None
    open_places: int | None = None
    occupation_code: str | None = None
    industry_code: str | None = None
    employment_form: EmploymentForm | None = None
    licences: tuple[str, ...] = ()
    accommodations: tuple[Accommodation, ...] = ()
    lat: float | None = None
    lng: float | None = None
    work_days_a_week: int | None = None
    source: Source = "own"
    source_id: str | None = None
    own: Answers = Answers()
    version: int = 1


@dataclass(frozen=True)
class Draft:
    """What a company says about the work."""

    kind: Kind
    title: str
    description: str
    municipality_code: str
    hours: tuple[Window, ...]
    hourly_wage_yen: int | None
    remote: bool
    values: Mapping[Scale, float]
    tags: tuple[str, ...]


def publish(offer_id: str, company: Company, draft: Draft, now: datetime) -> tuple[Offer, list[Payload]]:
    """Open the draft to residents."""
    offer = Offer(
        id=offer_id,
        company_id=company.id,
        company_name=company.name,
        kind=draft.kind,
        title=draft.title,
        description=draft.description,
        municipality_code=draft.municipality_code,
        hours=draft.hours,
        hourly_wage_yen=draft.hourly_wage_yen,
        remote=draft.remote,
        values=draft.values,
        tags=draft.tags,
        created_at=now,
        own=Answers(draft.values, count=1 if draft.values else 0),
    )
    event = OfferPublished(
        offer_id=offer_id, company_id=company.id, kind=offer.kind, municipality_code=offer.municipality_code
    )
    return offer, [event]


def close(offer: Offer, reason: ClosingReason, now: datetime) -> tuple[Offer, list[Payload]]:
    """Take the offer off. Raises NoLongerOpen when it already is."""
    if offer.state == "closed":
        raise NoLongerOpen("the offer is closed already")
    closed = replace(offer, state="closed", closed_at=now, closing_reason=reason)
    return closed, [OfferClosed(offer_id=offer.id, company_id=offer.company_id, reason=reason)]
