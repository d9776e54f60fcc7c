"""What a municipality has switched on, as the rules see it. A slate keeps the policy under which it was made."""

from dataclasses import dataclass
from datetime import date

from services.matching.engine.explore import WHOLE
from services.matching.offer import Offer
from shared.tenancy import Tenant

PUSHED_AT_MOST = 100
"""Points that all declared pushes together may add to one offer."""


@dataclass(frozen=True)
class Push:
    """Work the municipality speaks for, until the end of the day `until` (Asia/Tokyo)."""

    name: str
    points: int
    industries: tuple[str, ...]
    tags: tuple[str, ...]
    until: date

    def concerns(self, offer: Offer, today: date) -> bool:
        tagged = not set(self.tags).isdisjoint(offer.tags)
        return today <= self.until and (tagged or self.names(offer.industry_code))

    def names(self, industry: str | None) -> bool:
        """An industry is named by its code or the beginning of it."""
        return bool(industry) and (industry or "").startswith(self.industries)


@dataclass(frozen=True)
class Policy:
    """Everything off. `exploration` in ten-thousandths, `exposure` in points."""

    learning: bool = False
    exploration: int = 0
    exposure: int = 0
    reciprocal: bool = False
    pushes: tuple[Push, ...] = ()


EVERYTHING_OFF = Policy()


def policy_of(tenant: Tenant) -> Policy:
    """As the municipality declares it."""
    declared = tenant.spec.matching
    return Policy(
        learning=declared.learning,
        exploration=round(declared.exploration * WHOLE),
        exposure=declared.exposure,
        reciprocal=declared.reciprocal,
        pushes=tuple(Push(p.name, p.points, p.industries, p.tags, p.until) for p in declared.pushes),
    )
