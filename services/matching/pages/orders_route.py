"""What every page of staff about orders stands on: the route class, who may, the ids in addresses."""

from typing import Annotated

from fastapi import APIRouter, Depends

from shared.web import Pages
from shared.web.staff import Staff, StaffWith
from shared.web.visiting import page_route

Reader = Annotated[Staff, Depends(StaffWith("orders:read"))]
Writer = Annotated[Staff, Depends(StaffWith("orders:write"))]


def orders_router(pages: Pages) -> APIRouter:
    """A router below /matching/staff whose refusals are pages for staff."""
    return APIRouter(prefix="/staff", route_class=page_route(pages, "staff_refused.html"))
