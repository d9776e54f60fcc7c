"""A request that is sent twice is done once.

The key and the body's fingerprint live inside the document that the request makes or changes, so that remembering the request and
doing it are one atomic write. A creation derives its id from the key: the second insert meets the first. The answer to a repeated
request is the present state of what the first one made.

Source of the header: draft-ietf-httpapi-idempotency-key-header.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.errors import IdempotencyConflict
from shared.ids import derived_id

KEPT_PER_DOCUMENT = 20


@dataclass(frozen=True)
class Command:
    """One request: `key` is derived from tenant, actor, operation and Idempotency-Key; `fingerprint` from the body."""

    key: str
    fingerprint: str

    def new_id(self, prefix: str) -> str:
        """The id of what this request creates, e.g. `res_k3…`: the same request always gives the same id."""
        return derived_id(prefix, self.key)

    def seen_in(self, document: Mapping[str, Any]) -> bool:
        """Whether `document` already carries the effect of this request. Raises IdempotencyConflict for another body."""
        for done in document.get("commands", ()):
            if done["key"] == self.key:
                if done["fingerprint"] != self.fingerprint:
                    raise IdempotencyConflict("the Idempotency-Key was used with another body")
                return True
        return False

    def made(self, document_id: str) -> bool:
        """Whether the id is one that this request gives: it remembers the request longer than the list of commands does."""
        return document_id == self.new_id(document_id.partition("_")[0])

    def as_document(self) -> dict[str, str]:
        return {"key": self.key, "fingerprint": self.fingerprint}
