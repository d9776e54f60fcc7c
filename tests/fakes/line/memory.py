"""What the mock platform remembers: friendships, chats, reply tokens, accepted requests, sent webhooks.

Every change is a record; records are appended to a JSON-lines journal, and reading the journal again rebuilds the
same memory. So a restart forgets no accepted retry key and no used reply token.
"""

import json
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

Record = dict[str, Any]
Friendship = Literal["friend", "blocked"]


@dataclass
class ReplyToken:
    """Permission to answer one webhook event once, until `expires` (POSIX seconds, the platform's own clock)."""

    tenant: str
    user: str
    expires: float
    used: bool = False


@dataclass
class Accepted:
    """A send request that LINE took. `at` is POSIX seconds of the first acceptance."""

    tenant: str
    request_id: str
    at: float
    retry_key: str | None
    via: str
    recipients: list[str]
    sent: list[dict[str, str]]


@dataclass
class Memory:
    """State of the platform; change it only through `note`."""

    journal: Path | None = None
    friends: dict[tuple[str, str], Friendship] = field(default_factory=dict)
    chats: dict[tuple[str, str], list[Record]] = field(default_factory=dict)
    tokens: dict[str, ReplyToken] = field(default_factory=dict)
    accepted: list[Accepted] = field(default_factory=list)
    by_retry_key: dict[tuple[str, str], Accepted] = field(default_factory=dict)
    events: dict[str, tuple[str, Record]] = field(default_factory=dict)
    used_quota: Counter[tuple[str, str]] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        if self.journal is not None and self.journal.exists():
            for line in self.journal.read_text(encoding="utf-8").splitlines():
                self._apply(json.loads(line))

    def note(self, kind: str, **values: Any) -> None:
        """Apply a change and append it to the journal."""
        record = {"kind": kind, **values}
        self._apply(record)
        if self.journal is not None:
            with self.journal.open("a", encoding="utf-8") as out:
                out.write(json.dumps(record, ensure_ascii=False) + "\n")

    def _apply(self, record: Record) -> None:
        values = {key: value for key, value in record.items() if key != "kind"}
        getattr(self, f"_on_{record['kind']}")(**values)

    def _on_user(self, tenant: str, user: str, state: Friendship) -> None:
        self.friends[tenant, user] = state

    def _on_webhook(self, tenant: str, user: str, event: Record, token_expires: float) -> None:
        self.events[event["webhookEventId"]] = (tenant, event)
        if "replyToken" in event:
            self.tokens[event["replyToken"]] = ReplyToken(tenant, user, token_expires)
        self.chats.setdefault((tenant, user), []).append({"from": "user", "event": event})

    def _on_accepted(
        self,
        month: str,
        messages: list[Record],
        delivered_to: list[str],
        reply_token: str | None,
        **values: Any,
    ) -> None:
        request = Accepted(**values)
        self.accepted.append(request)
        if request.retry_key:
            self.by_retry_key[request.tenant, request.retry_key] = request
        if reply_token is None:
            self.used_quota[request.tenant, month] += len(request.recipients)
        else:
            self.tokens[reply_token].used = True
        for user in delivered_to:
            for sent, message in zip(request.sent, messages, strict=True):
                self.chats.setdefault((request.tenant, user), []).append(
                    _delivery(request, sent["id"], message)
                )

    def inbox(self, tenant: str, user: str) -> list[Record]:
        """Messages that reached the user, oldest first: `{message_id, request_id, retry_key, via, at, message}`."""
        return [
            {key: value for key, value in entry.items() if key != "from"}
            for entry in self.chats.get((tenant, user), [])
            if entry["from"] == "bot"
        ]


def _delivery(request: Accepted, message_id: str, message: Record) -> Record:
    return {
        "from": "bot",
        "message_id": message_id,
        "request_id": request.request_id,
        "retry_key": request.retry_key,
        "via": request.via,
        "at": datetime.fromtimestamp(request.at, UTC).isoformat(),
        "message": message,
    }
