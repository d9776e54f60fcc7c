"""The public keys that staff tokens are signed with: a JWKS file, or the `https://` address of an OpenID provider.

A provider's keys are fetched beside the requests and kept: no request waits for the provider, a token with a made-up key id costs nobody
a call, and a provider that is away for a while locks nobody out.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import aiohttp
import jwt
import structlog

from shared.errors import Unavailable

log = structlog.get_logger()

RENEW_EVERY = 300.0
ASK_AT_MOST_EVERY = 5.0
TIMEOUT = aiohttp.ClientTimeout(total=10)


class StaffKeys:
    """`source` is a path or an https address; `fetch` gets the document of an address."""

    def __init__(self, source: str, fetch: Callable[[str], Awaitable[Any]] | None = None) -> None:
        self.source = source
        self.remote = source.startswith("https://")
        self._fetch = fetch or _get
        self._known: jwt.PyJWKSet | None = None
        self._missed = asyncio.Event()

    def key(self, key_id: str) -> Any:
        """The key. Raises KeyError for one that is not known (it is asked for soon), Unavailable before any is, OSError for a missing file."""
        if not self.remote:
            return jwt.PyJWKSet.from_json(Path(self.source).read_text())[key_id].key
        if self._known is None:
            raise Unavailable("the keys of the staff's sign-in are not known yet")
        try:
            return self._known[key_id].key
        except KeyError:
            self._missed.set()
            raise

    async def follow(self, stop: asyncio.Event) -> None:
        """Keep the provider's keys current until `stop`: every five minutes, sooner for an unknown key id or after a failure."""
        while not stop.is_set():
            self._missed.clear()
            try:
                self._known = jwt.PyJWKSet.from_dict(await self._fetch(self.source))
                wait = RENEW_EVERY
            except (aiohttp.ClientError, jwt.PyJWTError, TimeoutError, ValueError, AttributeError) as error:
                log.warning("staff_keys_not_fetched", error=type(error).__name__)
                wait = ASK_AT_MOST_EVERY
            if await _first(stop, None, ASK_AT_MOST_EVERY):
                return
            await _first(stop, self._missed, wait - ASK_AT_MOST_EVERY)


async def _first(stop: asyncio.Event, other: asyncio.Event | None, seconds: float) -> bool:
    """Wait for either event, at most so long; whether it is time to stop."""
    waits = [asyncio.ensure_future(event.wait()) for event in (stop, other) if event]
    await asyncio.wait(waits, timeout=max(seconds, 0), return_when=asyncio.FIRST_COMPLETED)
    for wait in waits:
        wait.cancel()
    return stop.is_set()


async def _get(address: str) -> Any:
    async with aiohttp.ClientSession(timeout=TIMEOUT) as http, http.get(address) as answer:
        answer.raise_for_status()
        return await answer.json(content_type=None)
