"""/matching/v1/offers"""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from services.matching import advertising
from services.matching.licences import named
from services.matching.offer import (
    Accommodation,
    ClosingReason,
    Draft,
    EmploymentForm,
    Kind,
    Offer,
    Source,
    State,
    draft_of,
)
from services.matching.posting import Advice, Code, advise
from services.matching.posting_words import advice_text
from services.matching.routes.fields import Hours, HoursList, ListQuery, OfferId, Strict
from services.matching.store import Store
from services.matching.store.offers import Wanted
from services.matching.values import Calling, Scale
from shared.auth import Actor
from shared.clock import Clock
from shared.http.etag import IfMatch, etag
from shared.http.paging import Page
from shared.http.request import CommandOf, TenantOf, scope
from shared.ids import id_pattern
from shared.tenancy import MunicipalityCode

Reading = Annotated[Actor, Depends(scope("offers:read"))]
Writing = Annotated[Actor, Depends(scope("offers:write"))]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Tag = Annotated[str, Field(min_length=1, max_length=30)]
Licence = Annotated[str, Field(min_length=1, max_length=50)]
MOST_PLACES = 10_000


class OfferBody(Strict):
    """No `hours` means any time, as agreed. `values`, `interests`: how much the work gives of each, in the company's own words; leave out
    what is not known, the profile of the occupation says it then. `expires_on` is the last day on which it is open. `licences` that are
    required, by name or by code: names that are known become codes."""

    kind: Kind
    title: str = Field(min_length=1, max_length=100, examples=["夜のパンの仕込み（見本）"])
    description: str = Field(default="", max_length=4000)
    municipality_code: MunicipalityCode = Field(examples=["991007"])
    hours: HoursList = Field(
        default_factory=list, examples=[[{"weekdays": [0, 2, 4], "start": "22:00", "end": "26:00"}]]
    )
    hourly_wage_yen: int | None = Field(default=None, ge=1, le=1_000_000, examples=[1150])
    remote: bool = False
    values: dict[Scale, Share] = Field(
        default_factory=dict, examples=[{"balance": 0.8, "relationships": 0.7, "reward": 0.4}]
    )
    interests: dict[Calling, Share] = Field(default_factory=dict, examples=[{"realistic": 0.8}])
    tags: list[Tag] = Field(default_factory=list, max_length=20, examples=[["食品", "夜"]])
    workplace_id: str | None = Field(default=None, pattern=id_pattern("wpl"))
    expires_on: date | None = Field(default=None, examples=[None])
    open_places: int | None = Field(default=None, ge=1, le=MOST_PLACES, examples=[2])
    occupation_code: str | None = Field(default=None, pattern=r"^\d{3}-\d{2}$", examples=["072-01"])
    industry_code: str | None = Field(default=None, pattern=r"^[A-T]\d{0,4}$", examples=["E09"])
    employment_form: EmploymentForm | None = None
    licences: list[Licence] = Field(default_factory=list, max_length=20)
    accommodations: list[Accommodation] = Field(default_factory=list, max_length=6)
    lat: float | None = Field(default=None, ge=-90, le=90, allow_inf_nan=False)
    lng: float | None = Field(default=None, ge=-180, le=180, allow_inf_nan=False)
    work_days_a_week: int | None = Field(default=None, ge=1, le=7)

    def draft(self) -> Draft:
        return Draft(
            kind=self.kind,
            title=self.title,
            description=self.description,
            municipality_code=self.municipality_code,
            hours=tuple(hours.window() for hours in self.hours),
            hourly_wage_yen=self.hourly_wage_yen,
            remote=self.remote,
            values=self.values,
            interests=self.interests,
            tags=tuple(dict.fromkeys(self.tags)),
            workplace_id=self.workplace_id,
            expires_on=self.expires_on,
            open_places=self.open_places,
            occupation_code=self.occupation_code,
            industry_code=self.industry_code,
            employment_form=self.employment_form,
            licences=tuple(dict.fromkeys(name for one in self.licences if (name := named(one)))),
            accommodations=tuple(dict.fromkeys(self.accommodations)),
            lat=self.lat,
            lng=self.lng,
            work_days_a_week=self.work_days_a_week,
        )


class NewOffer(OfferBody):
    """An offer of one of the municipality's companies, shown at once or kept as a draft."""

    company_id: str = Field(pattern=id_pattern("com"), examples=["com_aaaaaaaaaaaaaaaaaaaaaaaaaa"])
    state: Literal["draft", "published"] = "published"


class Closing(Strict):
    """`filled` and `expired` may be opened again, `withdrawn` is for good."""

    reason: ClosingReason


class Reopening(Strict):
    open_places: int | None = Field(default=None, ge=1, le=MOST_PLACES)
    expires_on: date | None = Field(default=None, examples=[None])


class AdviceView(BaseModel):
    """Something worth another look; it stands in the way of nothing."""

    code: Code
    field: str
    text: str

    @classmethod
    def of(cls, advice: Advice) -> "AdviceView":
        return cls(code=advice.code, field=advice.field, text=advice_text(advice))


class OfferView(BaseModel):
    """`values` and `interests` are what the company says over its occupation's profile, `own_values` and `own_interests` what it says."""

    id: str
    company_id: str
    company_name: str
    kind: Kind
    title: str
    description: str
    municipality_code: str
    hours: list[Hours]
    hourly_wage_yen: int | None
    remote: bool
    values: dict[Scale, float]
    interests: dict[Calling, float]
    own_values: dict[Scale, float]
    own_interests: dict[Calling, float]
    tags: list[str]
    state: State
    created_at: datetime
    closed_at: datetime | None
    closing_reason: ClosingReason | None
    workplace_id: str | None
    expires_on: date | None
    open_places: int | None
    occupation_code: str | None
    industry_code: str | None
    employment_form: EmploymentForm | None
    licences: list[str]
    accommodations: list[Accommodation]
    lat: float | None
    lng: float | None
    work_days_a_week: int | None
    source: Source
    source_id: str | None
    advice: list[AdviceView]


def view(offer: Offer) -> OfferView:
    given = {name: getattr(offer, name) for name in OfferView.model_fields if hasattr(offer, name)}
    return OfferView(
        **{
            **given,
            "hours": [Hours.of(window) for window in offer.hours],
            "own_values": dict(offer.own.values),
            "own_interests": dict(offer.own.interests),
            "advice": [AdviceView.of(each) for each in advise(draft_of(offer))],
        }
    )


class OfferQuery:
    """What staff look for. `words` are all found in title, company, tags or the beginning of the description."""

    def __init__(
        self,
        state: State | None = None,
        kind: Kind | None = None,
        area: Annotated[MunicipalityCode | None, Query(description="A municipality's code")] = None,
        industry: Annotated[
            str, Query(pattern=r"^([A-T]\d{0,4})?$", description="A code, or its beginning")
        ] = "",
        company_id: Annotated[str | None, Query(pattern=id_pattern("com"))] = None,
        words: Annotated[str, Query(max_length=100)] = "",
    ) -> None:
        self.wanted = Wanted(state, kind, area, industry, company_id, words)


def offer_router(store: Store, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["offers"])

    def answered(offer: Offer, response: Response) -> OfferView:
        response.headers.update(etag(offer.version))
        return view(offer)

    @router.post("/offers", status_code=201)
    async def publish_offer(
        wanted: NewOffer, actor: Writing, tenant: TenantOf, command: CommandOf, response: Response
    ) -> OfferView:
        """Publish an offer of one of the tenant's companies (404 for any other), or keep it as a draft. 409 `company-not-approved` for
        publishing while the company is not let in."""
        offer = await advertising.write_offer(
            store,
            tenant,
            wanted.company_id,
            wanted.draft(),
            command,
            clock.now(),
            show=wanted.state == "published",
        )
        return answered(offer, response)

    @router.get("/offers")
    async def list_offers(
        actor: Reading, query: Annotated[ListQuery, Depends()], looked_for: Annotated[OfferQuery, Depends()]
    ) -> Page[OfferView]:
        """Offers, newest first; what is asked for narrows them."""
        found = await store.offers.newest(actor.tenant, looked_for.wanted, query.after, query.limit + 1)
        return query.page(found, view, lambda o: (o.created_at, o.id))

    @router.get("/offers/{offer_id}")
    async def get_offer(offer_id: OfferId, actor: Reading, response: Response) -> OfferView:
        """One offer, in whatever state."""
        return answered(await store.offers.get(actor.tenant, offer_id), response)

    @router.put("/offers/{offer_id}")
    async def rewrite_offer(
        offer_id: OfferId,
        wanted: OfferBody,
        actor: Writing,
        tenant: TenantOf,
        command: CommandOf,
        expected: IfMatch,
        response: Response,
    ) -> OfferView:
        """Say an offer anew, as a whole. 409 `offer-closed` once it has ended."""
        offer = await advertising.rewrite_offer(
            store, tenant, offer_id, wanted.draft(), command, clock.now(), expected=expected
        )
        return answered(offer, response)

    @router.post("/offers/{offer_id}/publish")
    async def show_draft(
        offer_id: OfferId, actor: Writing, command: CommandOf, response: Response
    ) -> OfferView:
        """Show a draft to residents. 409 `offer-state` for what is none, `company-not-approved` while the company is not let in."""
        offer = await advertising.show_offer(store, actor.tenant, offer_id, command, clock.now())
        return answered(offer, response)

    @router.post("/offers/{offer_id}/pause")
    async def pause_offer(
        offer_id: OfferId, actor: Writing, command: CommandOf, response: Response
    ) -> OfferView:
        """Propose it to nobody for the time being. 409 `offer-state` unless it is published."""
        return answered(await advertising.rest_offer(store, actor.tenant, offer_id, command), response)

    @router.post("/offers/{offer_id}/resume")
    async def resume_offer(
        offer_id: OfferId, actor: Writing, command: CommandOf, response: Response
    ) -> OfferView:
        """Propose it again. 409 `offer-state` unless it is paused."""
        offer = await advertising.resume_offer(store, actor.tenant, offer_id, command, clock.now())
        return answered(offer, response)

    @router.post("/offers/{offer_id}/close")
    async def close_offer(
        offer_id: OfferId, wanted: Closing, actor: Writing, command: CommandOf, response: Response
    ) -> OfferView:
        """Take an offer off: it is `filled`, `expired`, or `closed` for good when it is withdrawn. 409 `offer-closed` when it has ended."""
        offer = await advertising.end_offer(
            store, actor.tenant, offer_id, wanted.reason, command, clock.now()
        )
        return answered(offer, response)

    @router.post("/offers/{offer_id}/reopen")
    async def reopen_offer(
        offer_id: OfferId,
        actor: Writing,
        command: CommandOf,
        response: Response,
        wanted: Reopening | None = None,
    ) -> OfferView:
        """Open a filled or expired offer again. 409 `offer-state` for any other."""
        places, last_day = (wanted.open_places, wanted.expires_on) if wanted else (None, None)
        offer = await advertising.reopen_offer(
            store, actor.tenant, offer_id, places, last_day, command, clock.now()
        )
        return answered(offer, response)

    return router
