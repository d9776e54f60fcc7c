"""A client as the API asks clients to be: on a 5xx or a lost connection it asks again with the same Idempotency-Key."""

import asyncio
import time
from typing import Any

import httpx

from shared.ids import new_ulid
from tests.chaos.ledger import Ledger

PATIENCE_SECONDS = 90.0
PAUSE_SECONDS = 0.2
TRY_SECONDS = 10.0


class Unanswered(Exception):
    """A request had no answer for so long that something is broken for good."""


class PromiseBroken(Exception):
    """An answer that cannot be, after what was acknowledged before."""


class Patient:
    """Asks through `client` and notes in the ledger what it took."""

    def __init__(self, client: httpx.AsyncClient, ledger: Ledger) -> None:
        self.client = client
        self.ledger = ledger

    async def ask(
        self, method: str, path: str, body: Any = None, *, form: dict[str, str] | None = None
    ) -> httpx.Response:
        """The first answer below 500. Raises Unanswered."""
        began = time.monotonic()
        headers = {"Idempotency-Key": new_ulid()}
        while True:
            try:
                answer = await self.client.request(
                    method, path, json=body, data=form, headers=headers, timeout=TRY_SECONDS
                )
                if answer.status_code < 500:
                    self.ledger.figures["requests acknowledged"] += 1
                    self.ledger.waits.append(time.monotonic() - began)
                    return answer
                self.ledger.figures[f"answers {answer.status_code}"] += 1
            except httpx.TimeoutException:
                self.ledger.figures["no answer in time"] += 1
            except httpx.TransportError:
                self.ledger.figures["connections lost"] += 1
            if time.monotonic() - began > PATIENCE_SECONDS:
                raise Unanswered(f"{method} {path}")
            await asyncio.sleep(PAUSE_SECONDS)

    async def asked(self, method: str, path: str, body: Any = None, *statuses: int) -> Any:
        """The JSON of an answer with one of `statuses` (200 and 201 by default); anything else is a broken promise."""
        answer = await self.ask(method, path, body)
        if answer.status_code not in (statuses or (200, 201)):
            raise PromiseBroken(f"{method} {path} gave {answer.status_code}: {answer.text[:300]}")
        return {"status": answer.status_code, **answer.json()}
