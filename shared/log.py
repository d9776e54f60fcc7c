"""Structured logs: JSON lines, with a list of fields that may appear. Whatever is not on it is dropped, so that no name, address or message
ever reaches a log by accident."""

import logging
import sys
import traceback
from collections.abc import Iterator, MutableMapping
from typing import Any

import structlog

from shared.errors import BansoError

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "service", "logger", "exception", "error", "reason", "count", "seconds",
        "tenant", "correlation_id", "actor", "method", "route", "status",
        "durable", "stream", "event_id", "event_type", "delivery", "collection", "version", "role",
        "resident_id", "consultation_id", "programme_id", "consent_id", "referral_id", "agency_id",
        "company_id", "offer_id", "slate_id", "questionnaire_id",
        "counsellor_id", "appointment_id", "service_date",
        "message_id", "template", "provider", "attempt", "endpoint_id", "delivery_id", "request_id",
        "kind", "name", "url", "port", "state",
    }
)  # fmt: skip


def _only_allowed(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    dropped = [name for name in fields if name not in ALLOWED]
    for name in dropped:
        del fields[name]
    if dropped:
        fields["dropped_fields"] = sorted(dropped)
    return fields


def _frames_only(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """An exception as its type and the lines it passed. Its text is left out: a library's may quote what a person wrote."""
    info = fields.pop("exc_info", None)
    error = info if isinstance(info, BaseException) else sys.exc_info()[1] if info is True else None
    if isinstance(info, tuple):
        error = info[1]
    if error is not None:
        fields["exception"] = "\n".join(_told(error))
    return fields


def _told(error: BaseException) -> Iterator[str]:
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield from _told(cause)
    for frame in traceback.extract_tb(error.__traceback__):
        yield f"  {frame.filename}:{frame.lineno} {frame.name}"
    yield type(error).__name__ + (f": {error}" if isinstance(error, BansoError) else "")


def _first_line(_: Any, __: str, fields: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A library's message without what follows: asyncio, for one, adds the text of exceptions."""
    fields["event"] = str(fields["event"]).partition("\n")[0]
    return fields


def configure(service: str, level: str = "info") -> None:
    """Set up logging for a process; standard-library loggers (uvicorn, nats) go through the same pipe."""
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _frames_only,
    ]
    structlog.configure(
        processors=[*chain, _only_allowed, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[*chain, structlog.stdlib.add_logger_name, _first_line],
            processors=[
                # before the list: the formatter needs fields of its own until here
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _only_allowed,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
