"""Hard conditions. An offer that meets an obstacle is never proposed, whatever its score; every obstacle is recorded.

What is not known is no obstacle, with one exception: a wage floor is a promise that an offer without a wage cannot keep.
"""

from collections.abc import Iterator
from datetime import date
from typing import Literal

from services.matching.distance import km_between
from services.matching.hours import days_within
from services.matching.offer import Offer
from services.matching.questionnaire import Wishes
from services.matching.seeker import Seeker

Obstacle = Literal[
    "closed",
    "paused",
    "expired",
    "places",
    "area",
    "commute",
    "hours",
    "days",
    "wage",
    "wage_unknown",
    "licence",
    "accommodation",
    "form",
    "not_interested",
    "shown",
]


def obstacles(offer: Offer, seeker: Seeker, today: date | None = None) -> tuple[Obstacle, ...]:
    """Why the offer cannot be proposed to the person on `today` (Asia/Tokyo); empty when it can.

    closed           no longer (or not yet) open
    paused           not open for the time being
    expired          its last day has passed
    places           no place is left
    area             neither remote nor in an area the person can (or wishes to) go to
    commute          further away than the person wishes to go
    hours            on no day a shift that lies within the hours wished for, with its every minute; where one chooses one's own hours
                     (`Offer.chosen`): on no day an hour of them
    days             on more days a week than wished for, or than there are days with such a shift
    wage             below the wage floor
    wage_unknown     there is a wage floor and the offer names no wage
    licence          needs a licence that the person, who has said which they hold, does not hold
    accommodation    does not give something that the person needs
    form             another kind of work or of contract than those wished for, or not from home when only that is wished for
    not_interested   the person has put it aside
    shown            on an earlier page of the same list
    """
    return (*_standing(offer, today), *_place(offer, seeker), *_terms(offer, seeker), *_person(offer, seeker))


def _standing(offer: Offer, today: date | None) -> Iterator[Obstacle]:
    over = offer.expires_on is not None and today is not None and offer.expires_on < today
    if offer.state == "expired" or (offer.state == "published" and over):
        yield "expired"
    elif offer.state == "paused":
        yield "paused"
    elif offer.state != "published":
        yield "closed"
    if offer.open_places == 0:
        yield "places"


def _place(offer: Offer, seeker: Seeker) -> Iterator[Obstacle]:
    if offer.remote:
        return
    if offer.municipality_code not in seeker.areas:
        yield "area"
    furthest, away = seeker.wishes.max_km, distance(offer, seeker)
    if furthest is not None and away is not None and away > furthest:
        yield "commute"


def _terms(offer: Offer, seeker: Seeker) -> Iterator[Obstacle]:
    wishes = seeker.wishes
    yield from _week(offer, wishes)
    if wishes.wage_floor:
        if offer.hourly_wage_yen is None:
            yield "wage_unknown"
        elif offer.hourly_wage_yen < wishes.wage_floor:
            yield "wage"


def _week(offer: Offer, wishes: Wishes) -> Iterator[Obstacle]:
    too_many = bool(wishes.days_a_week) and offer.days > (wishes.days_a_week or 0)
    if wishes.hours and offer.hours:
        fitting = days_within(offer.hours, wishes.hours, chosen=offer.chosen)
        if not fitting:
            yield "hours"
        too_many |= 0 < fitting < min(offer.days, offer.weekdays)
    if too_many:
        yield "days"


def _person(offer: Offer, seeker: Seeker) -> Iterator[Obstacle]:
    wishes = seeker.wishes
    if wishes.licences is not None and not set(offer.licences) <= set(wishes.licences):
        yield "licence"
    if not set(wishes.accommodations) <= set(offer.accommodations):
        yield "accommodation"
    of_kind = not wishes.kinds or offer.kind in wishes.kinds
    form = offer.employment_form
    of_form = not wishes.employment_forms or form is None or form in wishes.employment_forms
    of_place = offer.remote or not wishes.remote_only
    if not (of_kind and of_form and of_place):
        yield "form"
    if offer.id in seeker.dismissed:
        yield "not_interested"
    if offer.id in seeker.shown:
        yield "shown"


def distance(offer: Offer, seeker: Seeker) -> float | None:
    """Kilometres from where the person sets out; None when either place is not known."""
    if seeker.at is None or offer.lat is None or offer.lng is None:
        return None
    return km_between(seeker.at, (offer.lat, offer.lng))
