"""Who asked, and what followed from what: carried from the HTTP request through every event to the webhook.

The trace lives in a context variable, so that neither rules nor stores pass it along.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import structlog

from shared.ids import new_ulid


@dataclass(frozen=True)
class Trace:
    """`correlation_id` is one per outside request; `causation_id` is the event this work reacts to."""

    correlation_id: str
    causation_id: str | None = None
    traceparent: str | None = None
    actor: str = "system"


_current: ContextVar[Trace | None] = ContextVar("banso_trace", default=None)


def current() -> Trace:
    """The trace of the work in hand; work that nobody asked for (a timer) starts one of its own."""
    return _current.get() or Trace(correlation_id=new_ulid())


@contextmanager
def tracing(trace: Trace, **log_fields: str | None) -> Iterator[None]:
    """Bind `trace` (and log fields such as `tenant`) for the work inside the block."""
    token = _current.set(trace)
    fields = {"correlation_id": trace.correlation_id, **{k: v for k, v in log_fields.items() if v}}
    with structlog.contextvars.bound_contextvars(**fields):
        try:
            yield
        finally:
            _current.reset(token)


def acting_as(actor: str) -> None:
    """Name the actor of the work in hand, once the credential is known, e.g. `staff:<sub>` or `resident:<id>`."""
    trace = current()
    _current.set(Trace(trace.correlation_id, trace.causation_id, trace.traceparent, actor))
