"""Residents as a municipality's own system makes them, patiently: it asks again with the same key until it has an answer."""

import asyncio
import time
from typing import Any

import httpx

from deploy.local.demo.expecting import answered
from shared.ids import new_ulid

PATIENCE_SECONDS = 60.0


async def insist(
    client: httpx.AsyncClient, method: str, path: str, body: Any = None, **headers: str
) -> httpx.Response:
    """Ask until the answer is no 5xx and no lost connection, always with the same Idempotency-Key."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    headers = {"Idempotency-Key": new_ulid(), **headers}
    while True:
        try:
            answer = await client.request(method, path, json=body, headers=headers)
            if answer.status_code < 500:
                return answer
            why: object = answer.status_code
        except httpx.TransportError as error:
            why = error
        if time.monotonic() > deadline:
            raise AssertionError(f"{method} {path} had no answer within {PATIENCE_SECONDS} s: {why!r}")
        await asyncio.sleep(0.1)


async def register(staff: httpx.AsyncClient) -> str:
    """A new resident's id."""
    answer = await insist(staff, "POST", "/intake/v1/residents", {"channel": "web"})
    return str(answered(answer, "register", 201)["id"])


async def session(staff: httpx.AsyncClient, resident_id: str) -> str:
    """A session token for the resident."""
    answer = await insist(staff, "POST", f"/intake/v1/residents/{resident_id}/session")
    return str(answered(answer, "session", 201)["token"])
