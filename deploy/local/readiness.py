"""When is a process ready? Each probe asks the process itself, in its own protocol."""

import socket
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any, Protocol

import pymongo
from pymongo.errors import PyMongoError

TIMEOUT_SECONDS = 2.0


class Probe(Protocol):
    """A question that is asked until it has a good answer."""

    def failure(self) -> str | None:
        """None when ready, else why not, in a few words. Never raises."""


@dataclass(frozen=True)
class HttpReady:
    """GET `url` answers 200."""

    url: str

    def failure(self) -> str | None:
        try:
            with urllib.request.urlopen(self.url, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 (our own loopback URL)
                return None if answer.status == 200 else f"{self.url} answers {answer.status}"
        except urllib.error.HTTPError as error:
            return f"{self.url} answers {error.code}: {error.read(300).decode(errors='replace')}"
        except (OSError, ValueError) as error:
            return f"{self.url}: {error}"


@dataclass(frozen=True)
class TcpReady:
    """Something listens on `host:port`."""

    host: str
    port: int

    def failure(self) -> str | None:
        try:
            with socket.create_connection((self.host, self.port), timeout=TIMEOUT_SECONDS):
                return None
        except OSError as error:
            return f"{self.host}:{self.port}: {error}"


@dataclass(frozen=True)
class NatsReady:
    """The server greets a client with its INFO line (the first line of the NATS protocol)."""

    host: str
    port: int

    def failure(self) -> str | None:
        try:
            with socket.create_connection((self.host, self.port), timeout=TIMEOUT_SECONDS) as connection:
                connection.settimeout(TIMEOUT_SECONDS)
                greeting = connection.recv(4096)
        except OSError as error:
            return f"{self.host}:{self.port}: {error}"
        return None if greeting.startswith(b"INFO ") else f"{self.host}:{self.port} is not a NATS server"


@dataclass(frozen=True)
class MongoReady:
    """The server answers `ping` and says that it takes writes."""

    url: str

    def failure(self) -> str | None:
        milliseconds = int(TIMEOUT_SECONDS * 1000)
        client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(
            self.url, serverSelectionTimeoutMS=milliseconds, socketTimeoutMS=milliseconds
        )
        try:
            writable = client.admin.command("hello").get("isWritablePrimary")
            return None if writable else "no writable primary yet"
        except PyMongoError as error:
            return str(error).split(", Timeout:")[0]
        finally:
            client.close()
