"""Who asked, and what followed from what: carried from the HTTP request through every event to the webhook.

The trace lives in a context variable, so that neither rules nor stores pass it along.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass

from structlog.contextvars import bind_contextvars, reset_contextvars

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


class Tracing:
    """See `tracing`. A class, because it is entered per request and per event, and two generators cost twice as much."""

    def __init__(self, trace: Trace, log_fields: Mapping[str, str]) -> None:
        self.trace = trace
        self.log_fields = log_fields

    def __enter__(self) -> None:
        self._before = _current.set(self.trace)
        self._fields_before = bind_contextvars(**self.log_fields)

    def __exit__(self, *_: object) -> None:
        reset_contextvars(**self._fields_before)
        _current.reset(self._before)


def tracing(trace: Trace, **log_fields: str | None) -> Tracing:
    """Bind `trace` (and log fields such as `tenant`) for the work inside a `with` block."""
    given = {name: value for name, value in log_fields.items() if value}
    return Tracing(trace, {"correlation_id": trace.correlation_id, **given})


def acting_as(actor: str) -> None:
    """Name the actor of the work in hand, once the credential is known, e.g. `staff:<sub>` or `resident:<id>`."""
    trace = current()
    _current.set(Trace(trace.correlation_id, trace.causation_id, trace.traceparent, actor))
