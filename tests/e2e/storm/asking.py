"""A client as the API asks clients to be: it asks again with the same key, another process if need be, until it is decided."""

import asyncio
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import httpx

PATIENCE_SECONDS = 100.0
"""A process that is killed inside a transaction holds its documents until the database lets go of them, after 60 s."""
TRY_SECONDS = 30.0
PAUSE_SECONDS = 0.1


class Undecided(Exception):
    """A request had no answer for so long that something is broken for good."""


class Insistent:
    """`figures` counts what came back on the way."""

    def __init__(self, http: httpx.AsyncClient, bases: Sequence[str]) -> None:
        self.http, self.bases = http, bases
        self.figures: Counter[str] = Counter()
        self._next = 0

    async def ask(
        self, method: str, path: str, body: Any, key: str, headers: Mapping[str, str]
    ) -> httpx.Response:
        """The first answer below 500. A 503 must say when to come again. Raises Undecided."""
        began = time.monotonic()
        while time.monotonic() - began < PATIENCE_SECONDS:
            base = self.bases[self._next % len(self.bases)]
            self._next += 1
            try:
                answer = await self.http.request(
                    method,
                    f"{base}/booking/v1{path}",
                    json=body,
                    headers={"Idempotency-Key": key, **headers},
                    timeout=TRY_SECONDS,
                )
            except httpx.TimeoutException:
                self.figures["no answer in time"] += 1
            except httpx.TransportError:
                self.figures["connection lost"] += 1
            else:
                if answer.status_code < 500:
                    return answer
                self.figures[str(answer.status_code)] += 1
                assert answer.status_code == 503, answer.text
                assert int(answer.headers["Retry-After"]) >= 1
            await asyncio.sleep(PAUSE_SECONDS)
        raise Undecided(f"{method} {path}")
