"""The life of an offer.

    draft -> published        published <-> paused        published, paused -> filled | closed | expired
    draft -> closed           filled, expired -> published again while its last day has not passed (a place became free, a new last day)

Filled, closed and expired offers stay as tombstones: nobody sees them proposed, everybody who saw them learns where they went. `closed` is
final. Events: OfferPublished whenever it opens, OfferClosed whenever it ends, OfferChanged for anything else, so that whoever holds
offers in memory reads it anew. Only a company that was let in opens offers; while it is paused, all that it had opened rests.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import ClassVar

from services.matching.company import Company
from services.matching.offer import ClosingReason, NoLongerOpen, Offer, State
from shared.clock import TOKYO
from shared.errors import Conflict, Invalid
from shared.events.envelope import Payload
from shared.events.matching.catalogue import OfferChanged, OfferClosed, OfferPublished

OPEN: frozenset[State] = frozenset({"published", "paused"})
ENDED: frozenset[State] = frozenset({"filled", "closed", "expired"})
REASONS: dict[State, ClosingReason] = {"filled": "filled", "closed": "withdrawn", "expired": "expired"}
END_OF: dict[ClosingReason, State] = {reason: state for state, reason in REASONS.items()}
Result = tuple[Offer, list[Payload]]


class NotInThisState(Conflict):
    slug: ClassVar[str] = "offer-state"


class NotLetIn(Conflict):
    """The company waits to be let in, was declined, or rests."""

    slug: ClassVar[str] = "company-not-approved"


def open_draft(offer: Offer, company: Company, today: date) -> Result:
    """Show a draft to residents. `today` in Asia/Tokyo. Raises NotInThisState, NotLetIn, Invalid when its last day has passed."""
    if offer.state != "draft":
        raise NotInThisState(f"the offer is {offer.state}, not a draft")
    return _publish(offer, company, today)


def as_shown(offer: Offer, may_publish: bool) -> Offer:
    """The offer as residents meet it: what a company has opened rests for as long as it may not publish."""
    return offer if may_publish or offer.state != "published" else replace(offer, state="paused")


def carried_in(
    offer: Offer, company: Company, state: State | None, ended_on: date | None, today: date, now: datetime
) -> Result | None:
    """A new offer (a draft) of a list that may say how it stood elsewhere; None for one that is over. `today`, `ended_on` in Asia/Tokyo.

    Without a `state` it opens, as one that was published does, if its company may show any. A paused one rests, a draft stays one,
    and one that had ended comes as a tombstone.
    """
    if state in ENDED:
        day = datetime.combine(ended_on, time(), TOKYO).astimezone(UTC) if ended_on else now
        ended = replace(offer, state=state, closed_at=min(day, now), closing_reason=REASONS[state])
        return ended, [_changed(offer)]
    if state != "draft" and offer.expires_on is not None and offer.expires_on < today:
        return None
    if state == "draft" or not company.may_publish:
        return offer, [_changed(offer)]
    opened, events = open_draft(offer, company, today)
    if state != "paused":
        return opened, events
    resting, more = pause(opened)
    return resting, [*events, *more]


def pause(offer: Offer) -> Result:
    """Not proposed for the time being. Raises NotInThisState unless it is published."""
    if offer.state != "published":
        raise NotInThisState(f"the offer is {offer.state}, not published")
    return replace(offer, state="paused"), [_changed(offer)]


def resume(offer: Offer, today: date) -> Result:
    """Proposed again. Raises NotInThisState unless it is paused, Invalid when its last day has passed."""
    if offer.state != "paused":
        raise NotInThisState(f"the offer is {offer.state}, not paused")
    _still(offer, today)
    return replace(offer, state="published"), [_changed(offer)]


def end(offer: Offer, state: State, now: datetime) -> Result:
    """`state` is filled, closed or expired. Raises NoLongerOpen when it has ended already, NotInThisState for a draft that would expire."""
    if state not in ENDED:
        raise ValueError(f"{state} is no end")
    if offer.state in ENDED:
        raise NoLongerOpen(f"the offer is {offer.state} already")
    if offer.state == "draft":
        if state != "closed":
            raise NotInThisState("a draft can only be closed")
        thrown_away = replace(offer, state=state, closed_at=now, closing_reason=REASONS[state])
        return thrown_away, [_changed(offer)]
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
    return end(offer, "filled", now) if left == 0 else (replace(offer, open_places=left), [_changed(offer)])


def reopen(
    offer: Offer, company: Company, today: date, *, places: int | None = None, expires_on: date | None = None
) -> Result:
    """A filled or expired offer opens again with `places` and a last day. Raises NotInThisState, NotLetIn, Invalid."""
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
    return _publish(renewed, company, today)


def _publish(offer: Offer, company: Company, today: date) -> Result:
    if not company.may_publish:
        raise NotLetIn(f"the company is {company.registration.standing}")
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


def _changed(offer: Offer) -> OfferChanged:
    return OfferChanged(offer_id=offer.id, company_id=offer.company_id)
