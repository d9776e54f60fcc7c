"""/matching/v1/send-lists (staff) and /matching/v1/me/subscriptions (what a resident wants to be sent)"""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from services.matching import wording
from services.matching.eligibility import Obstacle
from services.matching.recommending import Recommending, SendListsOff
from services.matching.routes.fields import ListQuery, Strict
from services.matching.sending.choosing import LeftOut
from services.matching.sending.send_list import SendList, State, Withheld, discard
from services.matching.sending.subscription import Subscription, want
from services.matching.store import Store
from services.matching.store.send_entries import Listed
from shared.auth import Actor
from shared.clock import Clock
from shared.http.etag import IfMatch, etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, ResidentOf, TenantOf, scope
from shared.ids import id_pattern
from shared.tenancy import Tenant

Reading = Annotated[Actor, Depends(scope("slates:read"))]
Writing = Annotated[Actor, Depends(scope("slates:write"))]
SendListId = Annotated[str, Path(pattern=id_pattern("snd"), description="`snd_…`")]


class SubscriptionsView(BaseModel):
    """`offers`: does the person want to be sent offers? `sent_here`: does the municipality send any?"""

    offers: bool
    sent_here: bool
    changed_at: datetime | None


class SubscriptionsRequest(Strict):
    offers: bool = Field(examples=[True])


class SendListView(BaseModel):
    """`people` would be sent something. `left_out`: of those who agreed, how many are sent nothing, and why; `met`: how often an offer met
    which obstacle first; `companies`: how often each company's offers are in it. `told` and `withheld` are there once it was sent."""

    id: str
    week: str
    state: State
    created_at: datetime
    people: int
    left_out: dict[LeftOut, int]
    met: dict[Obstacle, int]
    companies: dict[str, int]
    model_hash: str | None
    approved_at: datetime | None
    approved_by: str | None
    finished_at: datetime | None
    told: int
    withheld: dict[Withheld, int]

    @classmethod
    def of(cls, listed: SendList) -> "SendListView":
        return cls.model_validate(listed, from_attributes=True)


class PickView(BaseModel):
    offer_id: str
    title: str
    company_name: str
    rank: int
    score: int
    reasons: list[str]


class EntryView(BaseModel):
    """What one person would be, or was, sent. `sent` are the offers that went out; `reason` says why nothing did."""

    resident_id: str
    state: str
    reason: Withheld | None
    offers: list[PickView]
    sent: list[str]
    told_at: datetime | None


def subscription_view(subscription: Subscription, tenant: Tenant) -> SubscriptionsView:
    return SubscriptionsView(
        offers=subscription.wanted,
        sent_here=tenant.spec.matching.send_lists,
        changed_at=subscription.changed_at,
    )


def send_list_router(store: Store, recommending: Recommending, clock: Clock) -> APIRouter:
    router = APIRouter(tags=["send lists"])

    @router.get("/me/subscriptions")
    async def get_own_subscriptions(
        actor: ResidentOf, tenant: TenantOf, response: Response
    ) -> SubscriptionsView:
        """Nothing is sent until the resident asks for it."""
        found, version = await store.subscriptions.get(actor.tenant, actor.require_resident())
        response.headers.update(etag(version))
        return subscription_view(found, tenant)

    @router.put("/me/subscriptions")
    async def put_own_subscriptions(
        wanted: SubscriptionsRequest,
        actor: ResidentOf,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
        expected: IfMatch,
    ) -> SubscriptionsView:
        """Begin or stop being sent offers. A stop holds at once, for what waits to be sent, too."""
        if wanted.offers and not tenant.spec.matching.send_lists:
            raise SendListsOff("the municipality sends no lists")
        now = clock.now()
        changed, version = await store.subscriptions.change(
            actor.tenant,
            actor.require_resident(),
            lambda subscription: want(subscription, wanted.offers, now),
            command,
            expected,
        )
        response.headers.update(etag(version))
        return subscription_view(changed, tenant)

    @router.post("/send-lists", status_code=201)
    async def draw_up_list(actor: Writing, tenant: TenantOf, command: CommandOf) -> SendListView:
        """Draw up who would be sent what now. Nothing is sent before it is approved."""
        made = await recommending.draw_up(tenant, command.new_id("snd"), clock.now(), command)
        return SendListView.of(made)

    @router.get("/send-lists")
    async def list_send_lists(actor: Reading, query: Annotated[ListQuery, Depends()]) -> Page[SendListView]:
        """Newest first."""
        found = await store.send_lists.newest(actor.tenant, query.after, query.limit + 1)
        return query.page(found, SendListView.of, lambda one: (one.created_at, one.id))

    @router.get("/send-lists/{list_id}")
    async def get_send_list(list_id: SendListId, actor: Reading) -> SendListView:
        """One list."""
        return SendListView.of(await store.send_lists.get(actor.tenant, list_id))

    @router.get("/send-lists/{list_id}/entries")
    async def list_entries(
        list_id: SendListId, actor: Reading, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[EntryView]:
        """Who would be sent what, and why, in the order in which people were served."""
        listed = await store.send_lists.get(actor.tenant, list_id)
        page = await store.send_lists.entries(actor.tenant, listed.batch, cursor, limit)
        offers = await store.offers.of_ids(
            actor.tenant, {pick.offer_id for one in page.data for pick in one.entry.picks}
        )
        titles = {offer.id: (offer.title, offer.company_name) for offer in offers.values()}
        return Page(data=[_entry(one, titles) for one in page.data], next=page.next)

    @router.post("/send-lists/{list_id}/approve")
    async def approve_list(
        list_id: SendListId, actor: Writing, tenant: TenantOf, command: CommandOf
    ) -> SendListView:
        """Let it be sent; doing it again sends nothing twice. What has changed since is looked at again for every person."""
        return SendListView.of(await recommending.approve(tenant, list_id, actor.name, clock.now(), command))

    @router.post("/send-lists/{list_id}/discard")
    async def discard_list(list_id: SendListId, actor: Writing, command: CommandOf) -> SendListView:
        """Nothing (more) of it is sent."""
        now = clock.now()
        return SendListView.of(
            await store.send_lists.change(actor.tenant, list_id, lambda one: discard(one, now), command)
        )

    return router


def _entry(one: Listed, titles: dict[str, tuple[str, str]]) -> EntryView:
    picks = [
        PickView(
            offer_id=pick.offer_id,
            title=titles.get(pick.offer_id, ("", ""))[0],
            company_name=titles.get(pick.offer_id, ("", ""))[1],
            rank=pick.rank,
            score=pick.score,
            reasons=[wording.term_text(term) for term in pick.reasons],
        )
        for pick in one.entry.picks
    ]
    return EntryView(
        resident_id=one.entry.resident_id,
        state=one.state,
        reason=one.reason,
        offers=picks,
        sent=list(one.offers),
        told_at=one.told_at,
    )
