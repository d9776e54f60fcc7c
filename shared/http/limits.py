"""Rate limits per tenant and per caller, with the `RateLimit-*` headers (draft-ietf-httpapi-ratelimit-headers, older field form).

Counted per process: the Ingress in front spreads callers over replicas, so a tenant's true ceiling is replicas x quota. One municipality over
its quota is told so before it costs the others anything.
"""

import math
import time
from dataclasses import dataclass

from limits import RateLimitItemPerMinute
from limits.aio.storage import MemoryStorage
from limits.aio.strategies import SlidingWindowCounterRateLimiter

from shared.errors import TooMany
from shared.tenancy import Tenant


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


class RateLimits:
    def __init__(self) -> None:
        self._limiter = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def spend(self, tenant: Tenant, caller: str, *, anonymous: bool) -> Allowance:
        """Count one request. Raises TooMany when the tenant or the caller is over its limit."""
        quotas = tenant.spec.quotas
        per_caller = quotas.anonymous_per_minute if anonymous else quotas.requests_per_minute_per_caller
        await self._hit(quotas.requests_per_minute, tenant.id, "tenant")
        return await self._hit(per_caller, tenant.id, caller)

    async def _hit(self, per_minute: int, tenant: str, who: str) -> Allowance:
        item = RateLimitItemPerMinute(per_minute)
        allowed = await self._limiter.hit(item, tenant, who)
        stats = await self._limiter.get_window_stats(item, tenant, who)
        reset = max(1, math.ceil(stats.reset_time - time.time()))
        if not allowed:
            raise TooMany(f"more than {per_minute} requests a minute", retry_after=reset)
        return Allowance(per_minute, max(0, stats.remaining), reset)
