"""A walk through every operation of the API by its rightful owner, recorded, so that somebody else can try the very same requests."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

ID = re.compile(r"\b[a-z]{3}_[a-z2-7]{26}\b")
METHODS = frozenset({"get", "post", "put", "patch", "delete"})


@dataclass(frozen=True)
class Step:
    """One request as it was made: `operation` is (service, METHOD, path template)."""

    operation: tuple[str, str, str]
    path: str
    who: str
    sent: Mapping[str, Any]

    @property
    def ids(self) -> set[str]:
        """Ids of the owner's things that the request names."""
        return set(ID.findall(self.text))

    @property
    def text(self) -> str:
        return f"{self.path} {json.dumps(self.sent, default=str)}"

    def exchanged(self, old: str, new: str) -> "Step":
        sent = {
            k: json.loads(json.dumps(v).replace(old, new)) if k in ("json", "params") else v
            for k, v in self.sent.items()
        }
        return replace(self, path=self.path.replace(old, new), sent=sent)


def hybrids(owner: Step, stranger: Step) -> list[Step]:
    """The stranger's own request with one id of it exchanged for the owner's, one at a time."""
    theirs, ours = ID.findall(owner.text), ID.findall(stranger.text)
    assert len(theirs) == len(ours), owner.operation
    return [
        stranger.exchanged(mine, foreign) for mine, foreign in dict(zip(ours, theirs, strict=True)).items()
    ]


@dataclass
class Walk:
    """Makes requests as the owner. `clients` by service, `credentials` (headers) by who asks."""

    clients: Mapping[str, httpx.AsyncClient]
    credentials: dict[str, Mapping[str, str]]
    host: str
    steps: list[Step] = field(default_factory=list)
    ids: set[str] = field(default_factory=set)

    async def go(
        self, who: str, method: str, template: str, values: Mapping[str, str] | None = None, **sent: Any
    ) -> Any:
        """Make one request, which must succeed; returns its JSON (or its text)."""
        service = template.split("/")[1]
        path = template.format(**(values or {}))
        headers = {**self.credentials[who], "Host": self.host, **sent.pop("headers", {})}
        answer = await self.clients[service].request(method, path, headers=headers, **sent)
        assert answer.is_success, f"{method} {path} by {who}: {answer.status_code} {answer.text}"
        self.steps.append(Step((service, method, template), path, who, sent))
        self.ids |= set(ID.findall(answer.text))
        return (
            answer.json()
            if answer.content and "json" in answer.headers.get("content-type", "")
            else answer.text
        )


def operations(service: str, document: Mapping[str, Any]) -> set[tuple[str, str, str]]:
    """Every operation of an OpenAPI document."""
    return {
        (service, method.upper(), path)
        for path, methods in document["paths"].items()
        for method in methods
        if method in METHODS
    }
