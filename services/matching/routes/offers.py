"""/matching/v1/offers"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.matching.offer import ClosingReason, Draft, Kind, Offer, State, close, publish
from services.matching.routes.fields import Hours, HoursList, ListQuery, OfferId, Strict
from services.matching.store import Store
from services.matching.values import Scale
from shared.auth import Actor
from shared.clock import Clock
from shared.http.paging import Page
from shared.http.request import CommandOf, scope
from shared.ids import id_pattern
from shared.tenancy import MunicipalityCode

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Tag = Annotated[str, Field(min_length=1, max_length=30)]


class NewOffer(Strict):
    """No `hours` means any time, as agreed. `values`: how much the work gives of each scale; leave out what is not known."""

    company_id: str = Field(pattern=id_pattern("com"), examples=["com_aaaaaaaaaaaaaaaaaaaaaaaaaa"])
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
    tags: list[Tag] = Field(default_factory=list, max_length=20, examples=[["食品", "夜"]])

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
            tags=tuple(dict.fromkeys(self.tags)),
        )


class Closing(Strict):
    reason: ClosingReason


class OfferView(BaseModel):
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
    tags: list[str]
    state: State
    created_at: datetime
    closed_at: datetime | None
    closing_reason: ClosingReason | None


def view(offer: Offer) -> OfferView:
    return OfferView(
        id=offer.id,
        company_id=offer.company_id,
        company_name=offer.company_name,
        kind=offer.kind,
        title=offer.title,
        description=offer.description,
        municipality_code=offer.municipality_code,
        hours=[Hours.of(window) for window in offer.hours],
        hourly_wage_yen=offer.hourly_wage_yen,
        remote=offer.remote,
        values=dict(offer.values),
        tags=list(offer.tags),
        state=offer.state,
        created_at=offer.created_at,
        closed_at=offer.closed_at,
        closing_reason=offer.closing_reason,
    )


def offer_router(store: Store, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["offers"])

    @router.post("/offers", status_code=201)
    async def publish_offer(
        wanted: NewOffer, actor: Annotated[Actor, Depends(scope("offers:write"))], command: CommandOf
    ) -> OfferView:
        """Publish an offer of one of the tenant's companies (404 for any other)."""
        company = await store.companies.get(actor.tenant, wanted.company_id)
        offer, events = publish(command.new_id("ofr"), company, wanted.draft(), clock.now())
        return view(await store.offers.add(actor.tenant, offer, events, command))

    @router.get("/offers")
    async def list_offers(
        actor: Annotated[Actor, Depends(scope("offers:read"))],
        query: Annotated[ListQuery, Depends()],
        state: State | None = None,
    ) -> Page[OfferView]:
        """Offers, newest first; `state` narrows them."""
        found = await store.offers.newest(actor.tenant, state, query.after, query.limit + 1)
        return query.page(found, view, lambda o: (o.created_at, o.id))

    @router.get("/offers/{offer_id}")
    async def get_offer(
        offer_id: OfferId, actor: Annotated[Actor, Depends(scope("offers:read"))]
    ) -> OfferView:
        """One offer, open or closed."""
        return view(await store.offers.get(actor.tenant, offer_id))

    @router.post("/offers/{offer_id}/close")
    async def close_offer(
        offer_id: OfferId,
        wanted: Closing,
        actor: Annotated[Actor, Depends(scope("offers:write"))],
        command: CommandOf,
    ) -> OfferView:
        """Take an offer off. 409 `offer-closed` when it already is."""
        now = clock.now()
        return view(
            await store.offers.change(
                actor.tenant, offer_id, lambda offer: close(offer, wanted.reason, now), command
            )
        )

    return router
