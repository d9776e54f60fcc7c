"""/matching/subscriptions: the switch for being sent offers, off until it is turned on; /matching/recommended: what was sent last;
/matching/unsubscribe/…: stopping from a message, without signing in."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from services.matching import wording
from services.matching.advertising import shown_offers
from services.matching.offer import Offer
from services.matching.pages.profile_source import profile_source
from services.matching.pages.visitor import area_name, form_command
from services.matching.sending.caps import caps_of
from services.matching.sending.stopping import resident_of
from services.matching.sending.subscription import want
from services.matching.store import Store
from services.matching.store.send_entries import Listed
from shared.clock import TOKYO
from shared.errors import NotFound
from shared.http.request import HostTenant
from shared.ids import new_ulid
from shared.runtime import Core
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.pages import service_day_text
from shared.web.visiting import VisitorOf, form_of, go, page_route

PAGE: Final = "/matching/subscriptions"
LONGEST_TOKEN: Final = 200


def subscription_pages(core: Core, store: Store, pages: Pages) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    @router.get("/subscriptions")
    async def show_subscriptions(visitor: VisitorOf) -> Response:
        tenant = visitor.tenant
        found, _ = await store.subscriptions.get(tenant.id, visitor.resident_id)
        return pages.render(
            "subscriptions.html",
            tenant,
            wanted=found.wanted,
            sent_here=tenant.spec.matching.send_lists,
            caps=caps_of(tenant),
            quiet=tenant.spec.quiet_hours,
            told=len(found.told),
            idempotency_key=new_ulid(),
        )

    @router.post("/subscriptions")
    async def change_subscriptions(visitor: VisitorOf, request: Request) -> Response:
        tenant = visitor.tenant
        fields = {name: values[0] for name, values in (await form_of(request)).items()}
        wanted = fields.get("go") == "begin"
        if wanted and not tenant.spec.matching.send_lists:
            return go(PAGE)
        command = await form_command(request, visitor, fields.get("idempotency_key", ""))
        now = core.clock.now()
        await store.subscriptions.change(
            tenant.id, visitor.resident_id, lambda one: want(one, wanted, now), command
        )
        return go(PAGE)

    @router.get("/recommended")
    async def show_recommended(visitor: VisitorOf) -> Response:
        tenant = visitor.tenant
        latest = await store.send_lists.latest_told(tenant.id, visitor.resident_id, core.clock.now())
        offers = await shown_offers(store, tenant.id, latest.offers if latest else ())
        return pages.render(
            "recommended.html",
            tenant,
            day=_day(latest),
            cards=_cards(core, tenant, latest, offers),
            source=await profile_source(store, tenant.id, offers.values()),
        )

    @router.get("/unsubscribe/{token}")
    async def ask_before_stopping(token: str, tenant: HostTenant) -> Response:
        """A button, so that a preview of the link stops nothing."""
        _resident(tenant, token)
        return pages.render("unsubscribe.html", tenant, token=token, done=False)

    @router.post("/unsubscribe/{token}")
    async def stop(token: str, tenant: HostTenant) -> Response:
        now = core.clock.now()
        resident_id = _resident(tenant, token)
        await store.subscriptions.change(tenant.id, resident_id, lambda one: want(one, False, now))
        return pages.render("unsubscribe.html", tenant, token=token, done=True)

    def _resident(tenant: Tenant, token: str) -> str:
        """Raises NotFound for a link that was not made here."""
        key = core.secrets.text(tenant.id, "session_key")
        resident_id = resident_of(token, key, tenant.id) if len(token) <= LONGEST_TOKEN else None
        if resident_id is None:
            raise NotFound("no such link")
        return resident_id

    return router


def _day(latest: Listed | None) -> str:
    if latest is None or latest.told_at is None:
        return ""
    return service_day_text(latest.told_at.astimezone(TOKYO).date())


def _cards(
    core: Core, tenant: Tenant, latest: Listed | None, offers: Mapping[str, Offer]
) -> list[dict[str, Any]]:
    """What was sent, as it stands today."""
    if latest is None:
        return []
    return [
        {
            "offer": offers[pick.offer_id],
            "open": offers[pick.offer_id].state == "published",
            "rests": offers[pick.offer_id].state == "paused",
            "kind": wording.KINDS[offers[pick.offer_id].kind],
            "area": area_name(core, tenant, offers[pick.offer_id].municipality_code),
            "hours": wording.offer_hours(offers[pick.offer_id]),
            "wage": wording.wage_text(offers[pick.offer_id].hourly_wage_yen),
            "reasons": [wording.term_text(term) for term in pick.reasons],
            "mismatch": wording.term_text(pick.mismatch) if pick.mismatch else None,
        }
        for pick in latest.entry.picks
        if pick.offer_id in latest.offers and pick.offer_id in offers
    ]
