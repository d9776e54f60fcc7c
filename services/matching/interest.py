"""What a resident says to an offer, and taking it back.

`not_interested` is the resident's own affair: it hides the offer from later slates and is published to nobody.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Literal, get_args

from services.matching.engine.interactions import Deed
from services.matching.offer import NoLongerOpen, Offer
from shared.events.envelope import Payload
from shared.events.matching.proposals import InterestExpressed, InterestWithdrawn

Positive = Literal["save", "ask", "experience", "apply"]
Kind = Literal["save", "ask", "experience", "apply", "not_interested"]
POSITIVE: frozenset[str] = frozenset(get_args(Positive))
DEED_OF: Mapping[Positive, Deed] = MappingProxyType(
    {"save": "save", "ask": "ask", "experience": "book", "apply": "apply"}
)
"""What each of them counts as when something is learned from it."""
HANDED_ON: frozenset[str] = frozenset({"ask", "experience", "apply"})
"""What somebody of the desk answers."""


@dataclass(frozen=True)
class Interest:
    """`tags` are those of the offer at the time. `answered_at`: when somebody of the desk saw to it."""

    id: str
    resident_id: str
    offer_id: str
    kind: Kind
    tags: tuple[str, ...]
    created_at: datetime
    state: Literal["active", "withdrawn"] = "active"
    answered_at: datetime | None = None

    @property
    def waits(self) -> bool:
        """Whether somebody of the desk has still to see to it."""
        return self.kind in HANDED_ON and self.state == "active" and self.answered_at is None


def express(
    interest_id: str, resident_id: str, offer: Offer, kind: Kind, now: datetime, *, test: bool = False
) -> tuple[Interest, list[Payload]]:
    """Say something to an offer; `test`: who says it was registered with a test key. Raises NoLongerOpen for interest in an offer that is closed."""
    if kind in POSITIVE and offer.state not in ("published", "paused"):
        raise NoLongerOpen("the offer is closed")
    interest = Interest(interest_id, resident_id, offer.id, kind, offer.tags, now)
    if kind == "not_interested":
        return interest, []
    return interest, [InterestExpressed(resident_id=resident_id, offer_id=offer.id, kind=kind, test=test)]


def withdraw(interest: Interest) -> tuple[Interest, list[Payload]]:
    """Take it back; nothing happens when it already was."""
    if interest.state == "withdrawn":
        return interest, []
    withdrawn = replace(interest, state="withdrawn")
    if interest.kind == "not_interested":
        return withdrawn, []
    event = InterestWithdrawn(
        resident_id=interest.resident_id, offer_id=interest.offer_id, kind=interest.kind
    )
    return withdrawn, [event]


def settle(interest: Interest, now: datetime) -> tuple[Interest, list[Payload]]:
    """Somebody of the desk has seen to it; nothing happens when it does not wait."""
    return (replace(interest, answered_at=now) if interest.waits else interest), []


def latest(interests: Iterable[Interest]) -> dict[str, Interest]:
    """What the resident last said to each offer and has not taken back, by offer id."""
    active = [interest for interest in interests if interest.state == "active"]
    return {i.offer_id: i for i in sorted(active, key=lambda i: (i.created_at, i.id))}
