"""The outermost ASGI layer: correlation id in and out, metrics, security headers. Plain ASGI: it costs microseconds."""

import re
import time
from collections.abc import Mapping

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import trace
from shared.http.problems import unexpected
from shared.ids import new_ulid
from shared.metrics import REQUEST_SECONDS, REQUESTS

ACCEPTED_ID = re.compile(rb"^[A-Za-z0-9._-]{8,64}$")
TRACEPARENT = re.compile(rb"^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
SECURITY_HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
]
MAX_BODY = 5 * 1024 * 1024


class Correlation:
    """Binds the trace of each request; answers with `X-Request-Id`, also to a bug; cuts off bodies beyond 5 MiB.

    `larger`: paths at which a body may have another number of bytes. What is there never takes a body into memory as a whole.
    """

    def __init__(self, app: ASGIApp, larger: Mapping[str, int] | None = None) -> None:
        self.app = app
        self.larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers: dict[bytes, bytes] = dict(scope["headers"])
        given = headers.get(b"x-request-id", b"")
        correlation_id = given.decode() if ACCEPTED_ID.match(given) else new_ulid()
        parent = headers.get(b"traceparent", b"")
        traceparent = parent.decode() if TRACEPARENT.match(parent) else None
        started = time.perf_counter()
        status, answering = 500, False

        async def tagged(message: Message) -> None:
            nonlocal status, answering
            if message["type"] == "http.response.start":
                status, answering = message["status"], True
                message["headers"] = [
                    *message["headers"],
                    (b"x-request-id", correlation_id.encode()),
                    *SECURITY_HEADERS,
                ]
            await send(message)

        with trace.tracing(trace.Trace(correlation_id, None, traceparent, "anonymous")):
            try:
                await self.app(scope, _bounded(receive, self.larger.get(scope["path"], MAX_BODY)), tagged)
            except Exception as error:
                # here and not outside, so that the log and the answer carry the correlation id
                problem = unexpected(Request(scope), error)
                if answering:
                    raise
                await problem(scope, receive, tagged)
            finally:
                route = _route(scope)
                REQUESTS.labels(scope["method"], route, status).inc()
                REQUEST_SECONDS.labels(route).observe(time.perf_counter() - started)


def _bounded(receive: Receive, most: int) -> Receive:
    """Cut off a body that grows beyond the limit, whatever length was announced."""
    total = 0

    async def bounded() -> Message:
        nonlocal total
        message = await receive()
        total += len(message.get("body", b""))
        if total > most:
            from starlette.exceptions import HTTPException

            raise HTTPException(413)
        return message

    return bounded


def _route(scope: Scope) -> str:
    """The route's template, not the path: ids would make a metric of their own each."""
    route = scope.get("route")
    return getattr(route, "path", None) or "unmatched"
