"""/matching/company: a company's offers and how they were met; and asking again to be let in."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request, Response

from services.matching import admitting
from services.matching.exposing import figures
from services.matching.market import Market
from services.matching.offer import Offer
from services.matching.pages.company_route import HOME, CompanyOf, FormOf, company_command, company_router
from services.matching.posting_words import DECLINED, PAUSED, STANDING, STATES
from services.matching.routes.fields import ListQuery
from services.matching.store import Store
from services.matching.store.offers import Wanted
from services.matching.wording import KINDS
from shared.http.paging import encode_cursor
from shared.runtime import Core
from shared.web import Pages
from shared.web.visiting import go


def home_pages(core: Core, store: Store, market: Market, pages: Pages) -> APIRouter:
    router = company_router(pages, store)

    @router.get("")
    async def show_home(who: CompanyOf, query: Annotated[ListQuery, Depends()]) -> Response:
        tenant, company = who.tenant, who.company
        wanted = Wanted(company_id=company.id)
        found = await store.offers.newest(tenant.id, wanted, query.after, query.limit + 1)
        offers = found[: query.limit]
        told = await figures(store, market, tenant.id, [offer.id for offer in offers], core.clock.now())
        return pages.render(
            "company_home.html",
            tenant,
            company=company,
            here="home",
            offers=offers,
            following=_following(offers[-1], query.limit) if len(found) > query.limit else None,
            figures=told,
            states=STATES,
            kinds=KINDS,
            standings=STANDING,
            declined=DECLINED,
            paused=PAUSED,
        )

    @router.post("/apply-again")
    async def apply_again(request: Request, who: CompanyOf, form: FormOf) -> Response:
        command = await company_command(request, who, form)
        await admitting.apply_again(store, who.tenant.id, who.company_id, command, core.clock.now())
        return go(HOME)

    return router


def _following(last: Offer, limit: int) -> str:
    """The address of the offers that are older than the `last` one."""
    cursor = encode_cursor(round(last.created_at.timestamp() * 1000), last.id)
    return f"{HOME}?{urlencode({'limit': limit, 'cursor': cursor})}"
