"""/matching/v1/me/interests"""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from services.matching.expressing import say
from services.matching.interest import Interest, Kind
from services.matching.routes.fields import InterestId, ListQuery, Strict
from services.matching.store import Store
from shared.clock import Clock
from shared.http.paging import Page
from shared.http.request import CommandOf, ResidentOf
from shared.ids import id_pattern


class NewInterest(Strict):
    """`not_interested` hides the offer from later slates; nobody else learns of it."""

    offer_id: str = Field(pattern=id_pattern("ofr"), examples=["ofr_aaaaaaaaaaaaaaaaaaaaaaaaaa"])
    kind: Kind


class InterestView(BaseModel):
    id: str
    offer_id: str
    kind: Kind
    state: Literal["active", "withdrawn"]
    created_at: datetime


def view(interest: Interest) -> InterestView:
    return InterestView(
        id=interest.id,
        offer_id=interest.offer_id,
        kind=interest.kind,
        state=interest.state,
        created_at=interest.created_at,
    )


def interest_router(store: Store, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["interests"])

    @router.post("/me/interests", status_code=201)
    async def express_interest(wanted: NewInterest, actor: ResidentOf, command: CommandOf) -> InterestView:
        """Say something to an offer. Saying the same again gives what stands; 409 `offer-closed` for an offer that is closed."""
        interest = await say(
            store, actor.tenant, actor.require_resident(), wanted.offer_id, wanted.kind, command, clock.now()
        )
        return view(interest)

    @router.get("/me/interests")
    async def list_interests(actor: ResidentOf, query: Annotated[ListQuery, Depends()]) -> Page[InterestView]:
        """What the resident has said and not taken back, newest first."""
        found = await store.interests.newest(
            actor.tenant, actor.require_resident(), query.after, query.limit + 1
        )
        return query.page(found, view, lambda i: (i.created_at, i.id))

    @router.delete("/me/interests/{interest_id}", status_code=204)
    async def withdraw_interest(interest_id: InterestId, actor: ResidentOf, command: CommandOf) -> None:
        """Take it back. Taking it back again changes nothing."""
        await store.interests.withdraw(actor.tenant, actor.require_resident(), interest_id, command)

    return router
