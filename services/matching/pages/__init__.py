"""Matching's pages, for residents and for staff: the questionnaire, the profile it makes, and what is proposed. They need no JavaScript."""

from fastapi import APIRouter

from services.matching.area import Areas
from services.matching.market import Market
from services.matching.pages.cards import Cards
from services.matching.pages.companies import company_page_routers
from services.matching.pages.offers import offer_pages
from services.matching.pages.profile import profile_pages
from services.matching.pages.proposals import proposal_pages
from services.matching.pages.questionnaire import questionnaire_pages
from services.matching.pages.staff_fairness import fairness_pages
from services.matching.pages.staff_requests import request_pages
from services.matching.pages.wish_words import WishWords
from services.matching.pages.wishes import wish_pages
from services.matching.store import Store
from shared.runtime import Core
from shared.web import Pages

NO_PLACES = Areas()


def page_routers(
    core: Core, store: Store, market: Market, pages: Pages, places: Areas = NO_PLACES
) -> list[APIRouter]:
    """All of them, below `/matching`. `places`: the list of municipalities, empty where none is set up."""
    words = WishWords(core, places)
    cards = Cards(words)
    return [
        questionnaire_pages(core, store, pages),
        profile_pages(core, store, pages, words),
        wish_pages(core, store, pages, places, words),
        proposal_pages(core, store, market, pages, cards),
        offer_pages(core, store, pages, cards),
        *company_page_routers(core, store, market, pages, words.area),
        fairness_pages(pages, core.clock, store, market),
        request_pages(pages, core.clock, store),
    ]
