"""Matching's pages, for residents and for staff: the questionnaire, the profile it makes, and what is proposed. They need no JavaScript."""

from fastapi import APIRouter

from services.matching.market import Market
from services.matching.pages.centre import centre_pages
from services.matching.pages.proposals import proposal_pages
from services.matching.pages.questionnaire import questionnaire_pages
from services.matching.pages.staff_fairness import fairness_pages
from services.matching.store import Store
from shared.runtime import Core
from shared.web import Pages


def page_routers(core: Core, store: Store, market: Market, pages: Pages) -> list[APIRouter]:
    """All of them, below `/matching`."""
    return [
        questionnaire_pages(core, store, pages),
        proposal_pages(core, store, market, pages),
        fairness_pages(pages, core.clock, store, market),
        *centre_pages(core, store, pages),
    ]
