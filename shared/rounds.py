"""Looking at every municipality in turn, as timers do."""

from collections.abc import Awaitable, Callable

import structlog

from shared.registry import Registry

log = structlog.get_logger()


async def tenant_by_tenant(registry: Registry, failed: str, look: Callable[[str], Awaitable[int]]) -> int:
    """The sum of what `look` returns. What fails for one, told in the log as `failed`, keeps no other waiting: it stays due, and the next
    round tries again."""
    count = 0
    for tenant in list(registry.tenants):
        try:
            count += await look(tenant)
        except Exception as error:
            log.warning(failed, tenant=tenant, error=type(error).__name__)
    return count
