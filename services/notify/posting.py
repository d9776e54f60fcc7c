"""Posting webhooks: only to public addresses, never along a redirect, never for longer than the timeout.

The address is checked when the connection is made, on the very addresses that are then connected to, so that a name that changes its
mind between a check and the connection (DNS rebinding) gains nothing.
"""

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from services.notify.address import ForbiddenAddress, is_public, literal
from services.notify.delivery import Answer

CONNECTIONS = 300


class PublicResolver(AbstractResolver):
    """Resolves names; raises ForbiddenAddress when any of a name's addresses is not public."""

    def __init__(self) -> None:
        self._inner = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        if not found or not all(is_public(result["host"]) for result in found):
            raise ForbiddenAddress(host)
        return found

    async def close(self) -> None:
        await self._inner.close()


class Poster:
    """One HTTP client for all endpoints, without cookies, proxies or redirects. Make it inside the running loop."""

    def __init__(self, timeout: float, *, allow_private: bool) -> None:
        self.allow_private = allow_private
        resolver = None if allow_private else PublicResolver()
        self.http = aiohttp.ClientSession(
            connector=aiohttp.TCPConnector(resolver=resolver, limit=CONNECTIONS, limit_per_host=8),
            cookie_jar=aiohttp.DummyCookieJar(),
            timeout=aiohttp.ClientTimeout(total=timeout),
            headers={"User-Agent": "Banso-Webhooks/1", "Content-Type": "application/json"},
        )

    async def close(self) -> None:
        await self.http.close()

    async def post(self, url: str, body: str, headers: dict[str, str]) -> Answer:
        """How the endpoint answered; its body is not read."""
        started = time.monotonic()

        def ended(status: int | None, error: str | None = None, wait: timedelta | None = None) -> Answer:
            return Answer(status, error, wait, round(time.monotonic() - started, 3))

        try:
            self._check_literal(url)
            async with self.http.post(
                url, data=body.encode(), headers=headers, allow_redirects=False
            ) as response:
                return ended(response.status, None, retry_after(response.headers.get("Retry-After", "")))
        except ForbiddenAddress:
            return ended(None, "forbidden_address")
        except TimeoutError:
            return ended(None, "timeout")
        except aiohttp.ClientConnectorCertificateError:
            return ended(None, "certificate")
        except aiohttp.InvalidURL:
            return ended(None, "invalid_url")
        except (aiohttp.ClientError, OSError):
            return ended(None, "connection")

    def _check_literal(self, url: str) -> None:
        """aiohttp asks no resolver for a host that is an address itself."""
        host = URL(url).host or ""
        address = literal(host)
        if not self.allow_private and address is not None and not is_public(address):
            raise ForbiddenAddress(host)


def retry_after(value: str) -> timedelta | None:
    """The header's seconds or date (RFC 9110, 10.2.3); None for anything else."""
    if value.isdigit() and len(value) < 8:
        return timedelta(seconds=int(value))
    try:
        until = parsedate_to_datetime(value)
    except (ValueError, TypeError):
        return None
    if until.tzinfo is None:
        return None
    return max(until - datetime.now(UTC), timedelta())
