"""The life of an offer.

    draft -> published        published <-> paused        published, paused -> filled | closed | expired
    draft -> closed           filled, expired -> published again while its last day has not passed (a place became free, a new last day)

Filled, closed and expired offers stay as tombstones: nobody sees them proposed, everybody who saw them learns where they went. `closed` is
final. Events: OfferPublished whenever it opens, OfferClosed whenever it ends; a pause is neither.
"""

from dataclasses import replace
from datetime import date, datetime
from typing import ClassVar

from services.matching.offer import ClosingReason, NoLongerOpen, Offer, State
from shared.errors import Conflict, Invalid
from shared.events.envelope import Payload
from shared.events.matching.catalogue import OfferClosed, OfferPublished

OPEN: frozenset[State] = frozenset({"published", "paused"})
ENDED: frozenset[State] = frozenset({"filled", "closed", "expired"})
REASONS: dict[State, ClosingReason] = {"filled": "filled", "closed": "withdrawn", "expired": "expired"}
Result = tuple[Offer, list[Payload]]


class NotInThisState(Conflict):
    slug: ClassVar[str] = "offer-state"


def open_draft(offer: Offer, today: date) -> Result:
    """Show a draft to residents. `today` in Asia/Tokyo. Raises NotInThisState, Invalid when its last day has passed."""
    if offer.state != "draft":
        raise NotInThisState(f"the offer is {offer.state}, not a draft")
    return _publish(offer, today)


def pause(offer: Offer) -> Result:
    """Not proposed for the time being. Raises NotInThisState unless it is published."""
    if offer.state != "published":
        raise NotInThisState(f"the offer is {offer.state}, not published")
    return replace(offer, state="paused"), []


def resume(offer: Offer, today: date) -> Result:
    """Proposed again. Raises NotInThisState unless it is paused, Invalid when its last day has passed."""
    if offer.state != "paused":
        raise NotInThisState(f"the offer is {offer.state}, not paused")
    _still(offer, today)
    return replace(offer, state="published"), []


def end(offer: Offer, state: State, now: datetime) -> Result:
    """`state` is filled, closed or expired. Raises NoLongerOpen when it has ended already, NotInThisState for a draft that would expire."""
    if state not in ENDED:
        raise ValueError(f"{state} is no end")
    if offer.state in ENDED:
        raise NoLongerOpen(f"the offer is {offer.state} already")
    if offer.state == "draft":
        if state != "closed":
            raise NotInThisState("a draft can only be closed")
        return replace(offer, state=state, closed_at=now, closing_reason=REASONS[state]), []
    ended = replace(offer, state=state, closed_at=now, closing_reason=REASONS[state])
    if state == "filled":
        ended = replace(ended, open_places=0)
    return ended, [OfferClosed(offer_id=offer.id, company_id=offer.company_id, reason=REASONS[state])]


def expire(offer: Offer, today: date, now: datetime) -> Result | None:
    """Its end when its last day lies before `today` (Asia/Tokyo); None when there is nothing to do."""
    over = offer.expires_on is not None and offer.expires_on < today
    return end(offer, "expired", now) if over and offer.state in OPEN else None


def take_place(offer: Offer, now: datetime) -> Result:
    """Somebody starts: one place fewer, and filled with the last. Without a number of places nothing changes. Raises NoLongerOpen."""
    if offer.state not in OPEN:
        raise NoLongerOpen(f"the offer is {offer.state}")
    if offer.open_places is None:
        return offer, []
    left = max(0, offer.open_places - 1)
    return end(offer, "filled", now) if left == 0 else (replace(offer, open_places=left), [])


def reopen(offer: Offer, today: date, *, places: int | None = None, expires_on: date | None = None) -> Result:
    """A filled or expired offer opens again with `places` and a last day. Raises NotInThisState, Invalid."""
    if offer.state not in ("filled", "expired"):
        raise NotInThisState(f"an offer that is {offer.state} does not open again")
    if places is not None and places < 1:
        raise Invalid("open_places", "at least one place")
    renewed = replace(
        offer,
        open_places=places if places is not None else (offer.open_places or None),
        expires_on=expires_on or offer.expires_on,
        closed_at=None,
        closing_reason=None,
    )
    return _publish(renewed, today)


def _publish(offer: Offer, today: date) -> Result:
    _still(offer, today)
    event = OfferPublished(
        offer_id=offer.id,
        company_id=offer.company_id,
        kind=offer.kind,
        municipality_code=offer.municipality_code,
    )
    return replace(offer, state="published"), [event]


def _still(offer: Offer, today: date) -> None:
    if offer.expires_on is not None and offer.expires_on < today:
        raise Invalid("expires_on", "the last day has passed")
