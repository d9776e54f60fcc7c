"""Changing one document by a pure rule: load, apply, write at the version that was loaded; again when somebody was faster."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from shared.changing import settled
from shared.errors import StaleVersion
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.mongo import Document
from shared.outbox import Outbox

S = TypeVar("S")
Rule = Callable[[S], tuple[S, list[Payload]]]


async def change(
    outbox: Outbox,
    collection: str,
    tenant: str,
    document_id: str,
    rule: Rule[S],
    *,
    read: Callable[[Document], S],
    write: Callable[[S], Mapping[str, Any]],
    command: Command,
    at: Callable[[S, int], S] = lambda state, version: state,
    expected: int | None = None,
) -> S:
    """The new state; the present one when `command` has been done before or the rule changes nothing. `at` gives it its new version.

    Raises NotFound, what the rule raises, StaleVersion unless it is at the `expected` version (of any, when None), and Conflict when
    others are faster again and again.
    """

    async def attempt() -> S:
        document = await outbox.fetch(collection, tenant, document_id)
        state = read(document)
        if command.seen_in(document):
            return state
        must_be(expected, document["version"])
        changed, events = rule(state)
        if changed == state:
            return state
        version = await outbox.update(
            collection, tenant, document_id, document["version"], write(changed), events, command=command
        )
        return at(changed, version)

    return await settled(attempt, expected=expected)


def must_be(expected: int | None, version: int) -> None:
    """Raises StaleVersion when somebody has read another version than the present one."""
    if expected is not None and expected != version:
        raise StaleVersion(f"it is at version {version} now")
