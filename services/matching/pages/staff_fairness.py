"""/matching/staff/fairness: which company was shown how much, as bars and as a table; and what the municipality speaks for."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Response

from services.matching.attention import BEHIND
from services.matching.fairness import CompanyRow, fairness_of, pushes_of
from services.matching.market import Market
from services.matching.policy import policy_of
from services.matching.store import Store
from shared.clock import TOKYO, Clock
from shared.web import Pages
from shared.web.pages import StaffLink, service_day_text
from shared.web.staff import Staff, StaffWith
from shared.web.visiting import page_route

PAGE = "/matching/staff/fairness"
DRAWN, FULL, LINE = 20, 300, 40
Reader = Annotated[Staff, Depends(StaffWith("slates:read"))]


@dataclass(frozen=True)
class Bar:
    """`y` and `length` in units of the drawing."""

    name: str
    y: int
    length: int
    percent: str


def bars(rows: tuple[CompanyRow, ...]) -> list[Bar]:
    """The most shown companies; the longest bar is full."""
    largest = max((row.share for row in rows), default=0.0)
    return [
        Bar(row.name, place * LINE, round(FULL * row.share / largest) if largest else 0, f"{row.share:.1%}")
        for place, row in enumerate(rows[:DRAWN])
    ]


def fairness_pages(pages: Pages, clock: Clock, store: Store, market: Market) -> APIRouter:
    pages.link_for_staff(StaffLink(PAGE, "会社の見られ方", "slates:read"))
    router = APIRouter(prefix="/staff", route_class=page_route(pages, "staff_refused.html"))

    @router.get("/fairness")
    async def show_fairness(staff: Reader) -> Response:
        tenant, now = staff.tenant, clock.now()
        today, pushes = now.astimezone(TOKYO).date(), policy_of(tenant).pushes
        stall = await market.see(tenant.id)
        offers = stall.shelf.offers
        seen = stall.attention.companies(stall.shelf.columns, today)
        looked = await store.interactions.between(tenant.id, now - BEHIND, now, "view")
        strength = tenant.spec.matching.exposure
        found = fairness_of(offers, seen, [one.offer_id for one in looked], strength)
        drawn = bars(found.rows)
        pushed = await store.slates.pushed_between(tenant.id, now - BEHIND, now) if pushes else []
        crowded = stall.attention.crowded(stall.shelf.columns, today)
        return pages.render(
            "staff_fairness.html",
            tenant,
            staff=staff,
            here=PAGE,
            found=found,
            bars=drawn,
            height=len(drawn) * LINE,
            strength=strength,
            days=BEHIND.days,
            pushes=pushes_of(pushes, offers, crowded, pushed, today),
            day=service_day_text,
        )

    return router
