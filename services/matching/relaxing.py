"""What a person's own wishes hide: how many offers more there would be without one of them, all others staying as they are."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Literal, get_args

from services.matching.questionnaire import Wishes
from services.matching.seeker import Seeker

Wish = Literal[
    "areas",
    "hours",
    "wage_floor",
    "max_km",
    "days_a_week",
    "licences",
    "accommodations",
    "kinds",
    "employment_forms",
    "remote_only",
]
WISHES: tuple[Wish, ...] = get_args(Wish)
_NOTHING = Wishes()


def hidden_by(seeker: Seeker, count: Callable[[Seeker], int]) -> Mapping[Wish, int]:
    """For each wish that hides offers, how many; the one that hides most first. `count` says how many offers a seeker could be proposed.

    An offer that two wishes hide is counted for neither: giving up one of them would not bring it.
    """
    present = count(seeker)
    more = {wish: count(without(seeker, wish)) - present for wish in WISHES if is_made(seeker.wishes, wish)}
    return {wish: n for wish, n in sorted(more.items(), key=lambda entry: -entry[1]) if n > 0}


def is_made(wishes: Wishes, wish: Wish) -> bool:
    return bool(getattr(wishes, wish) != getattr(_NOTHING, wish))


def without(seeker: Seeker, wish: Wish) -> Seeker:
    """The same person without one wish."""
    return replace(seeker, wishes=replace(seeker.wishes, **{wish: getattr(_NOTHING, wish)}))
