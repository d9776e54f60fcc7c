"""Matching's API."""

from fastapi import APIRouter

from services.matching.area import Areas
from services.matching.assessing import Assessing
from services.matching.market import Market
from services.matching.ordering.parts import Ordering
from services.matching.routes.assessments import assessment_router, my_assessment_router
from services.matching.routes.audits import audit_router
from services.matching.routes.companies import company_router
from services.matching.routes.interests import interest_router
from services.matching.routes.offers import offer_router
from services.matching.routes.orders import ordering_routes
from services.matching.routes.questionnaires import questionnaire_router
from services.matching.routes.slates import slate_router
from services.matching.routes.views import view_router
from services.matching.routes.workplaces import workplace_router
from services.matching.store import Store
from shared.clock import Clock


def routers(store: Store, market: Market, clock: Clock, ordering: Ordering, places: Areas) -> list[APIRouter]:
    """All of it, over one store. `places`: the list of municipalities, empty where none is set up."""
    assessing = Assessing(store.assessments, store.workers, clock)
    return [
        company_router(store, clock),
        offer_router(store, clock),
        workplace_router(store, clock),
        questionnaire_router(store, clock, places),
        slate_router(store, market, clock),
        audit_router(store),
        view_router(store, clock),
        interest_router(store, clock),
        my_assessment_router(assessing),
        assessment_router(assessing),
        *ordering_routes(ordering),
    ]
