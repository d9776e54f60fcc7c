"""/matching/staff/offers: looking for offers, up to four of them side by side, and one with its life and who asked for it."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Response

from services.matching.exposing import figures
from services.matching.figures import Figures
from services.matching.market import Market
from services.matching.offer import Kind, State, draft_of
from services.matching.pages.offer_view import shown_facts, side_by_side, unshown_facts
from services.matching.pages.profile_source import profile_source
from services.matching.pages.staff_route import COUNT, OFFERS, Reader, reference, shown, staff_router
from services.matching.pages.visitor import NameOf
from services.matching.pages.workplace_view import workplace_view
from services.matching.posting import advise
from services.matching.posting_words import INDUSTRIES, STANDING, STATES, advice_text
from services.matching.routes.fields import ListQuery, OfferId
from services.matching.seeker import reach_of
from services.matching.store import Store
from services.matching.store.offers import Wanted
from services.matching.wording import KINDS
from shared.ids import id_pattern
from shared.runtime import Core
from shared.web import Pages
from shared.web.pages import StaffLink

AT_ONCE = 4
"""Offers beside each other."""
ASKED = 50
"""People who asked for an offer, the latest."""
SAID = {
    "save": "興味がある",
    "ask": "聞いてみたい",
    "experience": "体験してみたい",
    "apply": "応募したい",
}
Short = Annotated[str, Query(max_length=100)]
Chosen = Annotated[list[Annotated[str, Query(pattern=id_pattern("ofr"))]], Query(max_length=50)]


def offer_pages(core: Core, store: Store, market: Market, pages: Pages, name: NameOf) -> APIRouter:
    pages.link_for_staff(StaffLink(OFFERS, "募集をさがす", "offers:read"))
    router = staff_router(pages)

    @router.get("/offers")
    async def look_for_offers(
        staff: Reader,
        query: Annotated[ListQuery, Depends()],
        words: Short = "",
        kind: Literal["", Kind] = "",
        state: Literal["", State] = "",
        area: Annotated[str, Query(pattern=r"^(\d{6})?$")] = "",
        industry: Annotated[str, Query(pattern=r"^([A-T])?$")] = "",
    ) -> Response:
        tenant = staff.tenant
        wanted = Wanted(state or None, kind or None, area or None, industry, None, words)
        found = await store.offers.newest(tenant.id, wanted, query.after, COUNT + 1)
        last = found[:COUNT][-1] if found else None
        asked = {"words": words, "kind": kind, "state": state, "area": area, "industry": industry}
        return pages.render(
            "staff_offers.html",
            tenant,
            staff=staff,
            here=OFFERS,
            page=shown(found, (last.created_at, last.id) if last else None, OFFERS, asked),
            asked=asked,
            at_once=AT_ONCE,
            **_words(staff.tenant),
        )

    @router.get("/offers/compare")
    async def compare_offers(staff: Reader, offer: Chosen = []) -> Response:  # noqa: B006
        tenant = staff.tenant
        known = await store.offers.of_ids(tenant.id, offer[:AT_ONCE])
        offers = [known[one] for one in dict.fromkeys(offer) if one in known]
        return pages.render(
            "staff_compare.html",
            tenant,
            staff=staff,
            here=OFFERS,
            offers=offers,
            source=await profile_source(store, tenant.id, offers),
            rows=side_by_side(name, tenant, offers) if offers else [],
            too_many=len(set(offer)) > AT_ONCE,
            at_once=AT_ONCE,
        )

    @router.get("/offers/{offer_id}")
    async def show_offer(offer_id: OfferId, staff: Reader) -> Response:
        tenant = staff.tenant
        offer = await store.offers.get(tenant.id, offer_id)
        company = await store.companies.get(tenant.id, offer.company_id)
        place = await store.workplaces.get(tenant.id, offer.workplace_id) if offer.workplace_id else None
        told = await figures(store, market, tenant.id, [offer.id], core.clock.now())
        asking = []
        if staff.may("slates:read"):
            asking = await store.interests.of_offer(tenant.id, offer.id, ASKED)
        return pages.render(
            "staff_offer.html",
            tenant,
            staff=staff,
            here=OFFERS,
            offer=offer,
            company=company,
            facts=shown_facts(offer, name(tenant, offer.municipality_code)),
            unshown=unshown_facts(name, tenant, offer),
            place=workplace_view(place) if place else None,
            told=told.get(offer.id, Figures()),
            source=await profile_source(store, tenant.id, [offer]),
            asking=[(one, reference(one.resident_id)) for one in asking],
            said=SAID,
            standing=STANDING,
            unread=await store.catalogue.unread(tenant.id, offer.id) if offer.source == "hellowork" else [],
            advice=[advice_text(one) for one in advise(draft_of(offer))],
            **_words(tenant),
        )

    def _words(tenant: Any) -> dict[str, Any]:
        return {
            "kinds": KINDS,
            "states": STATES,
            "industries": INDUSTRIES,
            "areas": {code: name(tenant, code) for code in sorted(reach_of(tenant))},
        }

    return router
