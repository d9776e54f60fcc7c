"""One keep-alive HTTP/1.1 connection that costs the sender tens of microseconds, so that on two cores the load is not what is measured."""

import asyncio
from typing import Self, cast
from uuid import uuid4


class Connection(asyncio.Protocol):
    """Sends one request at a time; understands answers with a Content-Length, which is all that the measured routes give."""

    def __init__(self, host: str) -> None:
        self.host = host
        self._buffer = b""
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    @classmethod
    async def open(cls, host: str, port: int) -> Self:
        loop = asyncio.get_running_loop()
        _, connection = await loop.create_connection(lambda: cls(f"{host}:{port}"), host, port)
        return connection

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # uvloop's does not inherit from asyncio's

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError("the server closed the connection"))

    async def post(self, path: str, head: str, body: bytes) -> tuple[int, bytes]:
        """(status, body) of the answer. `head` are further header lines, each ended by CRLF; each request gets an Idempotency-Key."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        lines = (
            f"POST {path} HTTP/1.1\r\nHost: {self.host}\r\nContent-Type: application/json\r\n"
            f"Idempotency-Key: {uuid4().hex}\r\n{head}Content-Length: {len(body)}\r\n\r\n"
        )
        self._transport.write(lines.encode() + body)
        return await self._answer

    async def get(self, path: str, head: str) -> tuple[int, bytes]:
        """(status, body) of the answer."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(f"GET {path} HTTP/1.1\r\nHost: {self.host}\r\n{head}\r\n".encode())
        return await self._answer

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head, ended, rest = self._buffer.partition(b"\r\n\r\n")
        if not ended:
            return
        length = _content_length(head)
        if len(rest) < length:
            return
        self._buffer = rest[length:]
        assert self._answer is not None
        self._answer.set_result((int(head[9:12]), rest[:length]))

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()


def _content_length(head: bytes) -> int:
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.lower() == b"content-length":
            return int(value)
    raise ValueError("an answer without Content-Length")
