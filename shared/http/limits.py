"""Rate limits per tenant and per caller, with the `RateLimit-*` headers (draft-ietf-httpapi-ratelimit-headers, older field form).

Counted per process: the Ingress in front spreads callers over replicas, so a tenant's true ceiling is replicas x quota. One municipality over
its quota is told so before it costs the others anything.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from shared.errors import TooMany
from shared.pools import Pool
from shared.tenancy import Tenant

MINUTE = 60.0


@dataclass(frozen=True)
class Allowance:
    """What is left: `limit` per minute, `remaining`, and `reset` in seconds."""

    limit: int
    remaining: int
    reset: int

    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(self.remaining),
            "RateLimit-Reset": str(self.reset),
        }


@dataclass
class Count:
    """Requests of one minute and of the one before it."""

    minute: int
    this: int = 0
    before: int = 0


@dataclass
class Windows:
    """Sliding windows: the minute before now holds this minute's requests, and of the last minute's the share that is still in it.

    Costs a dictionary entry per caller of the last two minutes and no work beside the requests themselves.
    """

    _counts: dict[tuple[str, str], Count] = field(default_factory=dict)
    _minute: int = 0

    def used(self, key: tuple[str, str], now: float) -> float:
        """Requests in the minute before `now` (seconds of any steady clock)."""
        count = self._at(key, now)
        return count.this + count.before * (1 - now % MINUTE / MINUTE)

    def add(self, key: tuple[str, str], now: float) -> None:
        self._at(key, now).this += 1

    def _at(self, key: tuple[str, str], now: float) -> Count:
        minute = int(now // MINUTE)
        if minute != self._minute:
            self._minute = minute
            self._counts = {k: c for k, c in self._counts.items() if c.minute >= minute - 1}
        count = self._counts.get(key)
        if count is None:
            count = self._counts[key] = Count(minute)
        elif count.minute != minute:
            count.minute, count.this, count.before = minute, 0, count.this
        return count


class RateLimits:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._windows = Windows()

    def spend(self, tenant: Tenant | Pool, caller: str, *, anonymous: bool) -> Allowance:
        """Count one request. Raises TooMany, and counts nothing, when the tenant or the caller is over its limit."""
        now = self._clock()
        quotas = tenant.spec.quotas
        per_caller = quotas.anonymous_per_minute if anonymous else quotas.requests_per_minute_per_caller
        whole, own = (tenant.id, ""), (tenant.id, caller)
        self._room(whole, quotas.requests_per_minute, now)
        left = self._room(own, per_caller, now)
        self._windows.add(whole, now)
        self._windows.add(own, now)
        return Allowance(per_caller, left, _reset(now))

    def _room(self, key: tuple[str, str], per_minute: int, now: float) -> int:
        """How many more after this one. Raises TooMany when there is no room for it."""
        left = math.floor(per_minute - self._windows.used(key, now)) - 1
        if left < 0:
            raise TooMany(f"more than {per_minute} requests a minute", retry_after=_reset(now))
        return left


def _reset(now: float) -> int:
    """Whole seconds until the next minute of the count begins."""
    return max(1, math.ceil(MINUTE - now % MINUTE))
