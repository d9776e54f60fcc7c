"""What was promised: every request that was acknowledged, by resident."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Promised:
    """One resident's acknowledged requests. `taps` are acknowledged webhooks that asked for a link.

    `appointments`: id -> the state that the last acknowledged request left it in.
    """

    tenant: str
    resident_id: str
    line_user: str | None = None
    taps: int = 0
    questionnaires: int = 0
    slates: list[str] = field(default_factory=list)
    appointments: dict[str, str] = field(default_factory=dict)
    confirmed: set[str] = field(default_factory=set)
    referrals: list[str] = field(default_factory=list)


@dataclass
class Ledger:
    """Of all journeys; `figures` counts requests and what came back."""

    residents: list[Promised] = field(default_factory=list)
    figures: Counter[str] = field(default_factory=Counter)
    waits: list[float] = field(default_factory=list)
    """Seconds from the first try of each request to its acknowledgement."""
