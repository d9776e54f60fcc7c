"""Offers of work: jobs, work experience, supported short jobs, remote orders. How they begin and end is `offer_life`'s affair."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from services.matching.company import Company
from services.matching.hours import Window, told_again, weekdays_of
from services.matching.inheriting import Answers, inherited
from services.matching.occupations import Occupation
from services.matching.values import Calling, Scale
from shared.errors import Conflict, Invalid
from shared.events.envelope import Payload
from shared.events.matching.catalogue import OfferChanged

Kind = Literal["job", "work_experience", "supported_short_job", "remote_order", "trial_work"]
State = Literal["draft", "published", "paused", "filled", "closed", "expired"]
EmploymentForm = Literal["full_time", "part_time", "contract", "dispatch", "mandate", "other"]
Accommodation = Literal["barrier_free", "short_hours", "quiet", "text_only", "own_pace", "interpreter"]
Source = Literal["own", "hellowork", "csv"]
ClosingReason = Literal["filled", "withdrawn", "expired"]
Unsaid = Literal["hours", "days"]


OWN_HOURS: frozenset[Kind] = frozenset({"remote_order"})
"""Kinds of work without shifts: orders are done at home, within the hours of the offer, whenever one likes."""


class NoLongerOpen(Conflict):
    slug: ClassVar[str] = "offer-closed"


@dataclass(frozen=True)
class Offer:
    """No `hours` means any time, as agreed, unless they are `unsaid`; otherwise they are the working hours themselves, of which one works one shift a day, unless
    they are `chosen`: then one chooses among them. `values`, `interests`: how much the work gives of each, 0 to 1; absent is unknown.

    `expires_on` is the last day (Asia/Tokyo) on which it is open. `licences` are required, `accommodations` given. `lat`, `lng` in
    degrees, WGS 84. `source_id` is the number that the source knows it by.
    `values` and `interests` are what `inherited` makes of `own`, the company's answers, and the occupation's profile. `unsaid` is what an
    advertisement does not tell: its hours, or on how many of the weekdays one works.
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
    own: Answers = field(default_factory=Answers)
    unsaid: tuple[Unsaid, ...] = ()
    version: int = 1

    @property
    def agreed(self) -> bool:
        """Whether the hours are by agreement."""
        return not self.hours and "hours" not in self.unsaid

    @property
    def chosen(self) -> bool:
        """Whether one chooses one's own hours within those of the offer."""
        return self.kind in OWN_HOURS

    @property
    def weekdays(self) -> int:
        """On how many weekdays a shift of it starts."""
        return weekdays_of(self.hours)

    @property
    def days(self) -> int:
        """How many days a week it takes at least: as many as it says, otherwise all the weekdays it names, or one where hours are chosen or
        the days are `unsaid`. 0: as agreed."""
        one_will_do = self.chosen or "days" in self.unsaid
        return self.work_days_a_week or (min(1, self.weekdays) if one_will_do else self.weekdays)


@dataclass(frozen=True)
class Draft:
    """What a company says about the work. `values`, `interests` are its own answers. The other fields are as in `Offer`."""

    kind: Kind
    title: str
    description: str
    municipality_code: str
    hours: tuple[Window, ...]
    hourly_wage_yen: int | None
    remote: bool
    values: Mapping[Scale, float]
    tags: tuple[str, ...]
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


def write(
    offer_id: str, company: Company, draft: Draft, occupation: Occupation | None, now: datetime
) -> tuple[Offer, list[Payload]]:
    """A new offer, seen by nobody but its company and staff until `offer_life.open_draft` shows it."""
    offer = Offer(
        id=offer_id,
        company_id=company.id,
        company_name=company.name,
        created_at=now,
        state="draft",
        **_said(draft, occupation),
    )
    return offer, [OfferChanged(offer_id=offer_id, company_id=company.id)]


def revise(
    offer: Offer, draft: Draft, company: Company, occupation: Occupation | None, today: date
) -> tuple[Offer, list[Payload]]:
    """The offer as it is said anew. `today` in Asia/Tokyo.

    Raises NoLongerOpen once it has ended, Invalid when it is open and its new last day has passed.
    """
    if offer.state not in ("draft", "published", "paused"):
        raise NoLongerOpen(f"the offer is {offer.state}")
    if offer.state != "draft" and draft.expires_on is not None and draft.expires_on < today:
        raise Invalid("expires_on", "the last day has passed")
    draft = replace(draft, hours=told_again(draft.hours, offer.hours))
    same = (draft.hours, draft.work_days_a_week) == (offer.hours, offer.work_days_a_week)
    unsaid = offer.unsaid if same else ()
    revised = replace(offer, company_name=company.name, unsaid=unsaid, **_said(draft, occupation))
    return revised, [] if revised == offer else [OfferChanged(offer_id=offer.id, company_id=offer.company_id)]


def draft_of(offer: Offer) -> Draft:
    """What the company says of it, to be said anew."""
    said = {each.name: getattr(offer, each.name) for each in fields(Draft)}
    return Draft(**{**said, "values": offer.own.values, "interests": offer.own.interests})


def _said(draft: Draft, occupation: Occupation | None) -> dict[str, Any]:
    """The fields of an offer that come from its draft: what the company answers counts as one answer beside the occupation's profile."""
    own = Answers(draft.values, draft.interests, count=1 if draft.values or draft.interests else 0)
    values, interests = inherited(own, occupation)
    said = {each.name: getattr(draft, each.name) for each in fields(Draft)}
    return {**said, "values": values, "interests": interests, "own": own}
