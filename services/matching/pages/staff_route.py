"""What the staff's pages about companies, offers and slates stand on: who may, the command of a form, lists page by page."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, TypeVar
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Request

from shared.http.paging import encode_cursor
from shared.http.request import make_command
from shared.idempotency import Command
from shared.web import Pages
from shared.web.staff import Staff, StaffWith
from shared.web.visiting import form_of, page_route

COMPANIES, OFFERS, WHY = (f"/matching/staff/{name}" for name in ("companies", "offers", "why"))
COUNT = 30
"""Entries of a list on one page."""
FormOf = Annotated[dict[str, list[str]], Depends(form_of)]
Reader = Annotated[Staff, Depends(StaffWith("offers:read"))]
Decider = Annotated[Staff, Depends(StaffWith("companies:write"))]
Writer = Annotated[Staff, Depends(StaffWith("offers:write"))]
Explainer = Annotated[Staff, Depends(StaffWith("slates:read"))]
T = TypeVar("T")


def staff_router(pages: Pages) -> APIRouter:
    """A router below /matching/staff whose refusals are pages for staff."""
    return APIRouter(prefix="/staff", route_class=page_route(pages, "staff_refused.html"))


async def staff_command(request: Request, staff: Staff, form: Mapping[str, Sequence[str]]) -> Command:
    """The idempotency command of a form, by its hidden key."""
    key = next(iter(form.get("idempotency_key", ())), "").strip()
    return make_command(request, staff.tenant.id, staff.actor.name, key or None, await request.body())


@dataclass(frozen=True)
class Shown(Generic[T]):
    """A page of a list; `following` is the address of the next one."""

    entries: list[T]
    following: str | None


def shown(found: list[T], at: tuple[datetime, str] | None, path: str, asked: Mapping[str, str]) -> Shown[T]:
    """A page of what was `found` with one more asked for than COUNT; `at` is the position of the last one shown."""
    if len(found) <= COUNT or at is None:
        return Shown(found, None)
    cursor = encode_cursor(round(at[0].timestamp() * 1000), at[1])
    query = urlencode({**{name: value for name, value in asked.items() if value}, "cursor": cursor})
    return Shown(found[:COUNT], f"{path}?{query}")


def reference(resident_id: str) -> str:
    """By which staff tell residents apart on a page: the end of the id."""
    return resident_id[-6:].upper()
