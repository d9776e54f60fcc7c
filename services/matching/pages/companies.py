"""All pages of companies, those of staff about companies, offers and why they were proposed, and what residents say of workplaces."""

from fastapi import APIRouter

from services.matching.market import Market
from services.matching.pages import staff_companies, staff_offers
from services.matching.pages.company_contact import contact_pages
from services.matching.pages.company_details import detail_pages
from services.matching.pages.company_entrance import entrance_pages
from services.matching.pages.company_home import home_pages
from services.matching.pages.company_offers import offer_pages
from services.matching.pages.company_workplaces import workplace_pages
from services.matching.pages.experience import experience_pages
from services.matching.pages.staff_why import why_pages
from services.matching.pages.visitor import NameOf
from services.matching.store import Store
from shared.runtime import Core
from shared.web import Pages


def company_page_routers(
    core: Core, store: Store, market: Market, pages: Pages, name: NameOf
) -> list[APIRouter]:
    """Below `/matching/company` and `/matching/staff`."""
    return [
        entrance_pages(core, store, pages, name),
        home_pages(core, store, market, pages),
        contact_pages(core, store, pages),
        detail_pages(core, store, pages, name),
        offer_pages(core, store, market, pages, name),
        workplace_pages(core, store, pages),
        experience_pages(store, pages),
        staff_companies.company_pages(core, store, pages, name),
        staff_offers.offer_pages(core, store, market, pages, name),
        why_pages(core, store, pages),
    ]
