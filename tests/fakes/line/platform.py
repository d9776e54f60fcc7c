"""The running mock: its channels, its memory, its own clock and the faults it was told to show."""

import asyncio
import time
import uuid
from collections import deque
from dataclasses import dataclass, field
from typing import Any, Literal

import aiohttp
from aiohttp import web

from tests.fakes.line.channel import Channel
from tests.fakes.line.memory import Memory

HANG_SECONDS = 3600.0
Outcome = Literal["timeout"] | int


@dataclass
class Fault:
    """Next `count` send requests answer `status`; with `accepted` the message goes out all the same (a lost answer)."""

    status: Outcome
    count: int
    accepted: bool = False
    tenant: str | None = None


@dataclass
class Platform:
    """What the handlers share."""

    channels: dict[str, Channel]
    memory: Memory
    quota: dict[str, int | None] = field(default_factory=dict)
    faults: deque[Fault] = field(default_factory=deque)
    clock_offset: float = 0.0
    answers: dict[str, int] = field(default_factory=dict)
    http: aiohttp.ClientSession | None = None

    def now(self) -> float:
        """POSIX seconds of the platform's own clock, which a test may move."""
        return time.time() + self.clock_offset

    def channel_of_token(self, authorization: str) -> Channel | None:
        """The channel whose access token the request carries."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer" or not token:
            return None
        return next((channel for channel in self.channels.values() if channel.token == token), None)

    def take_fault(self, tenant: str) -> Fault | None:
        """The fault that this request must show, used up by one."""
        for fault in self.faults:
            if fault.tenant in (None, tenant):
                fault.count -= 1
                if fault.count <= 0:
                    self.faults.remove(fault)
                return fault
        return None

    def channel_for(self, user: str, asked: str | None) -> Channel:
        """The channel meant by a control request: named, or the only one the user is a friend of, or the only one."""
        if asked is not None:
            if asked in self.channels:
                return self.channels[asked]
            raise web.HTTPNotFound(text=f"no channel for tenant {asked}")
        known = {tenant for tenant, friend in self.memory.friends if friend == user} or set(self.channels)
        if len(known) != 1:
            raise web.HTTPBadRequest(text=f"say which tenant: {', '.join(sorted(self.channels))}")
        return self.channels[known.pop()]

    async def send_webhook(self, channel: Channel, events: list[dict[str, Any]]) -> dict[str, Any]:
        """Post a signed webhook; `{status, error}`, status None when no answer came within 10 seconds."""
        assert self.http is not None
        payload = aiohttp.JsonPayload({"destination": channel.destination, "events": events})
        body = payload.decode().encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "User-Agent": "LineBotWebhook/2.0",
            "X-Line-Signature": channel.signature(body),
        }
        try:
            timeout = aiohttp.ClientTimeout(total=10)
            async with self.http.post(channel.webhook, data=body, headers=headers, timeout=timeout) as answer:
                return {"status": answer.status, "error": None}
        except (aiohttp.ClientError, TimeoutError) as error:
            return {"status": None, "error": f"{type(error).__name__}: {error}"}


PLATFORM: web.AppKey[Platform] = web.AppKey("platform", Platform)


def new_request_id() -> str:
    """A value for X-Line-Request-Id."""
    return str(uuid.uuid4())


async def hang() -> None:
    """Keep a request unanswered until its client gives up."""
    await asyncio.sleep(HANG_SECONDS)
