"""Where somebody who begins anonymously arrives: at the page they asked for when it is anybody's, never at a thing of another person."""

import re
from typing import Final

from fastapi import Request

from shared.ids import CODE
from shared.web.visiting import wanted_page

FOR_ANYBODY: Final = (
    "/intake/chat",
    "/booking/times",
    "/booking/waiting",
    "/booking/waiting/new",
    "/matching/questionnaire",
    "/matching/wishes",
    "/matching/proposals",
    "/matching/support",
)
"""Pages that say something to who has just begun. Those that only show what a person has already are none."""
OFFER: Final = re.compile(rf"/matching/offers/ofr_{CODE}")
SOME_THING: Final = re.compile(r"[a-z]{3}_[a-z2-7]", re.IGNORECASE)
"""In a query: an appointment to be moved, a list to go on with, ..."""


def first_page(request: Request) -> str | None:
    """The page that was asked for before there was a session, if it may be the first of a new resident."""
    asked = wanted_page(request) or ""
    path, _, query = asked.partition("?")
    known = path in FOR_ANYBODY or OFFER.fullmatch(path)
    return asked if known and not SOME_THING.search(query) else None
