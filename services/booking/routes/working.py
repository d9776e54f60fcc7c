"""Every router of the digital employment centre."""

from fastapi import APIRouter

from services.booking.routes.centres import centre_routes, worker_routes
from services.booking.routes.contracts import contract_routes, experience_routes, place_routes
from services.booking.routes.my_work import my_agreement_routes, my_week_routes
from services.booking.routes.shifts import shift_plan_routes, shift_routes
from services.booking.working.parts import Working


def working_routes(working: Working) -> list[APIRouter]:
    return [
        centre_routes(working),
        worker_routes(working),
        shift_routes(working),
        shift_plan_routes(working),
        contract_routes(working),
        place_routes(working),
        experience_routes(working),
        my_week_routes(working),
        my_agreement_routes(working),
    ]
