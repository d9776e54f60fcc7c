"""Probes, and the front of a process: `/livez`, `/readyz`, `/metrics`, everything else goes to the service.

Live: the event loop answers. Ready: MongoDB and NATS answer and tenants are known; three failures in a row make it unready, one success ready.
"""

import asyncio
import json

import structlog
from nats.aio.client import Client
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.types import ASGIApp, Receive, Scope, Send

from shared.errors import Unavailable
from shared.mongo import Database

log = structlog.get_logger()

CHECK_EVERY = 1.0
FAILURES_TO_UNREADY = 3


class Health:
    def __init__(self) -> None:
        self.ready = False
        self.started = False
        self.leaving = False
        self.parts: dict[str, bool] = {"mongo": False, "nats": False}
        self._failures = 0

    async def watch(self, db: Database, nc: Client) -> None:
        """Check both servers every second until cancelled."""
        while True:
            await self.check(db, nc)
            await asyncio.sleep(CHECK_EVERY)

    async def check(self, db: Database, nc: Client) -> None:
        try:
            await db.ping()
            self.parts["mongo"] = True
        except Exception as error:
            # whatever it is: a check that died would leave the process as ready as it was last
            self.parts["mongo"] = False
            if not isinstance(error, Unavailable):
                log.warning("health_check_failed", error=type(error).__name__)
        self.parts["nats"] = nc.is_connected
        if all(self.parts.values()):
            self._failures, self.ready = 0, True
            return
        self._failures += 1
        if self._failures >= FAILURES_TO_UNREADY:
            self.ready = False

    def report(self) -> tuple[int, dict[str, object]]:
        """(status, body) of `/readyz`."""
        ok = self.ready and self.started and not self.leaving
        return (200 if ok else 503), {"ready": ok, "leaving": self.leaving, **self.parts}


class Front:
    """The ASGI application that the server runs; `app` is set once the service is composed."""

    def __init__(self, health: Health) -> None:
        self.health = health
        self.app: ASGIApp | None = None
        self.refuse_new = False
        self._open = 0
        self._idle = asyncio.Event()
        self._idle.set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return
        path = scope["path"]
        if path == "/livez":
            await _answer(send, 200, "application/json", b'{"live":true}')
        elif path == "/readyz":
            status, body = self.health.report()
            await _answer(send, status, "application/json", json.dumps(body).encode())
        elif path == "/metrics":
            await _answer(send, 200, CONTENT_TYPE_LATEST, generate_latest())
        elif self.app is None or self.refuse_new:
            problem = b'{"type":"https://banso.example/problems/unavailable","title":"Not available now","status":503}'
            await _answer(send, 503, "application/problem+json", problem)
        else:
            await self._pass_on(self.app, scope, receive, send)

    async def _pass_on(self, app: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
        self._open += 1
        self._idle.clear()
        try:
            await app(scope, receive, send)
        finally:
            self._open -= 1
            if self._open == 0:
                self._idle.set()

    async def quiet(self, grace: float) -> None:
        """Wait until no request is in hand, at most `grace` seconds."""
        try:
            await asyncio.wait_for(self._idle.wait(), grace)
        except TimeoutError:
            pass


async def _answer(send: Send, status: int, content_type: str, body: bytes) -> None:
    headers = [(b"content-type", content_type.encode()), (b"content-length", str(len(body)).encode())]
    if status == 503:
        headers.append((b"retry-after", b"1"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
