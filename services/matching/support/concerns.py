"""What staff should look at in a rule set, day by day: conditions whose time is over, or nearly, and sources nobody has looked at for long."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from services.matching.support.rules import Rules

SOON: Final = timedelta(days=60)
OLD: Final = timedelta(days=365)
Concern = Literal["expired", "not_yet", "soon", "source_old"]


@dataclass(frozen=True)
class Look:
    """`on`: the day the concern is about: the last or first day of validity, or when the source was last checked."""

    programme: str
    condition: str
    concern: Concern
    on: date


def looks_of(rules: Rules, today: date) -> Iterator[Look]:
    """In the order of the rule set; a condition may give two."""
    for programme in rules.programmes:
        for condition in programme.conditions:
            standing = condition.standing(today)
            if standing == "expired":
                yield Look(programme.name, condition.text, "expired", condition.valid_until)
            elif standing == "not_yet":
                yield Look(programme.name, condition.text, "not_yet", condition.valid_from)
            elif condition.valid_until - today <= SOON:
                yield Look(programme.name, condition.text, "soon", condition.valid_until)
            if today - condition.source.checked_on > OLD:
                yield Look(programme.name, condition.text, "source_old", condition.source.checked_on)
