"""Fetching the employment service's lists (求人情報提供 API 2.0): token, lists, pages, and the token given back whatever happened.

What may pass by itself (no answer, 429, 5xx, a body that is cut off, the page of before once more) is asked again after a pause that
doubles. Neither id, password nor token is ever logged or part of an error.
"""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TypeVar

import aiohttp
import structlog

from services.matching.hellowork.reading import Record, Unreadable, records
from services.matching.hellowork.session import Token, is_open, lists_of, token_of
from shared.clock import Clock
from shared.secrets import MissingSecret, Secrets

log = structlog.get_logger()

T = TypeVar("T")
TIMEOUT = aiohttp.ClientTimeout(total=120, connect=10)
LARGEST = 64 * 1024 * 1024
"""Bytes of one answer: a thousand records have a few million."""
TRIES = 5
LONGEST_PAUSE = 60.0
ID, PASSWORD = "hellowork_id", "hellowork_password"
"""Names of the tenant's secrets."""


class Refused(Exception):
    """The service knows neither this id nor its token."""


class Unreachable(Exception):
    """The service gave no answer that can be used, again and again."""


class _Again(Exception):
    """This answer is none, the next one may be. `unreadable`: it came, and was not what it should be."""

    def __init__(self, reason: str, *, unreadable: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.unreadable = unreadable


class _Expired(Exception):
    """The token is no longer good."""


@dataclass(frozen=True)
class Fetched:
    """A page: its records, numbered from 1, and the digest of its body."""

    records: list[Record]
    digest: str


class Fetching:
    """`url`: where the service is, empty where there is none. `pause`: seconds before the second try."""

    def __init__(self, url: str, secrets: Secrets, clock: Clock, pause: float) -> None:
        self.url = url.rstrip("/")
        self.secrets = secrets
        self.clock = clock
        self.pause = pause

    def is_open(self) -> bool:
        """May the service be asked now?"""
        return is_open(self.clock.now())

    def set_up(self, tenant: str) -> bool:
        """Whether the municipality has access."""
        try:
            return bool(self.url and self._credentials(tenant))
        except MissingSecret:
            return False

    @asynccontextmanager
    async def session(self, tenant: str) -> AsyncIterator["Session"]:
        """A session with a token, which is given back. Raises MissingSecret, Refused, Unreachable, Unreadable."""
        async with aiohttp.ClientSession(timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()) as http:
            session = Session(self, http, *self._credentials(tenant))
            try:
                await session.begin()
                yield session
            finally:
                await session.end()

    def _credentials(self, tenant: str) -> tuple[str, str]:
        return self.secrets.text(tenant, ID), self.secrets.text(tenant, PASSWORD)


class Session:
    def __init__(self, fetching: Fetching, http: aiohttp.ClientSession, user: str, password: str) -> None:
        self.fetching = fetching
        self.http = http
        self._user = user
        self._password = password
        self._token: Token | None = None

    async def begin(self) -> None:
        """Get a token. Raises Refused, Unreachable, Unreadable."""

        async def ask() -> Token:
            status, body = await self._post("auth/getToken", {"id": self._user, "pass": self._password})
            if status != 200:
                raise Refused
            return token_of(body, self.fetching.clock.now())

        self._token = await self._patiently(ask)

    async def end(self) -> None:
        """Give the token back; what stands against it ends with the day by itself."""
        if self._token is not None:
            try:
                await self._post("auth/delToken", {"token": self._token.text})
            except (_Again, _Expired) as error:
                log.warning("hellowork_token_kept", reason=type(error).__name__)

    async def lists(self) -> tuple[str, ...]:
        """Ids of what may be fetched. Raises as `page`."""

        async def ask() -> tuple[str, ...]:
            return lists_of(await self._with_token("kyujin") or b"")

        return await self._patiently(ask)

    async def page(self, list_id: str, number: int, before: str) -> Fetched | None:
        """A page of a list, None behind the last one. `before`: digest of the page before.

        Raises Refused, Unreachable, Unreadable when it is broken at every try.
        """

        async def ask() -> Fetched | None:
            body = await self._with_token(f"kyujin/{list_id}/{number}")
            if body is None:
                return None
            digest = hashlib.sha256(body).hexdigest()
            found = await asyncio.to_thread(lambda: list(records([body])))
            if found and digest == before:
                raise _Again("page_of_before", unreadable=True)
            return Fetched(found, digest)

        return await self._patiently(ask)

    async def _with_token(self, path: str) -> bytes | None:
        """None for what is not there. A token that has run out is renewed once."""
        for renewed in (False, True):
            token = self._token
            if token is None or not token.good(self.fetching.clock.now()):
                await self.begin()
            try:
                status, body = await self._post(path, {"token": self._token.text if self._token else ""})
            except _Expired:
                if renewed:
                    raise Refused from None
                self._token = None
            else:
                return body if status == 200 else None
        raise Refused

    async def _post(self, path: str, form: dict[str, str]) -> tuple[int, bytes]:
        """Status (200 or 404) and body. Raises _Again, _Expired."""
        url = f"{self.fetching.url}/{path}"
        try:
            async with self.http.post(url, data=form, allow_redirects=False) as response:
                if response.status in (401, 403):
                    raise _Expired
                if response.status not in (200, 404):
                    raise _Again(f"status_{response.status}")
                body = bytearray()
                async for chunk in response.content.iter_chunked(64 * 1024):
                    body += chunk
                    if len(body) > LARGEST:
                        raise _Again("too_large", unreadable=True)
                return response.status, bytes(body)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise _Again(type(error).__name__) from None

    async def _patiently(self, ask: Callable[[], Awaitable[T]]) -> T:
        unreadable: Unreadable | None = None
        for turn in range(TRIES):
            if turn:
                await asyncio.sleep(min(self.fetching.pause * 2 ** (turn - 1), LONGEST_PAUSE))
            try:
                return await ask()
            except Unreadable as error:
                unreadable = error
                log.warning("hellowork_asked_again", reason="unreadable", turn=turn)
            except _Again as again:
                unreadable = Unreadable(again.reason) if again.unreadable else None
                log.warning("hellowork_asked_again", reason=again.reason, turn=turn)
            except _Expired:
                raise Refused from None
        raise unreadable or Unreachable()
