"""Hard conditions. An offer that meets an obstacle is never proposed, whatever its score; every obstacle is recorded."""

from typing import Literal

from services.matching.hours import overlap_minutes
from services.matching.offer import Offer
from services.matching.seeker import Seeker

Obstacle = Literal["closed", "area", "hours", "wage", "wage_unknown", "not_interested"]


def obstacles(offer: Offer, seeker: Seeker) -> tuple[Obstacle, ...]:
    """Why the offer cannot be proposed to the person; empty when it can.

    closed           no longer open
    area             neither remote nor in an area the person can (or wishes to) go to
    hours            not one minute of it within the hours wished for
    wage             below the wage floor
    wage_unknown     there is a wage floor and the offer names no wage
    not_interested   the person has put it aside
    """
    found: list[Obstacle] = []
    if offer.state != "published":
        found.append("closed")
    if not offer.remote and offer.municipality_code not in seeker.areas:
        found.append("area")
    if seeker.wishes.hours and offer.hours and not overlap_minutes(offer.hours, seeker.wishes.hours):
        found.append("hours")
    if seeker.wishes.wage_floor:
        if offer.hourly_wage_yen is None:
            found.append("wage_unknown")
        elif offer.hourly_wage_yen < seeker.wishes.wage_floor:
            found.append("wage")
    if offer.id in seeker.dismissed:
        found.append("not_interested")
    return tuple(found)
