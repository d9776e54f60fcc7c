"""Structured logs: JSON lines, with a list of fields that may appear. Whatever is not on it is dropped, so that no name, address or message
ever reaches a log by accident."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

ALLOWED = frozenset(
    {
        "event", "level", "timestamp", "service", "exception", "error", "reason", "count", "seconds",
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


def configure(service: str, level: str = "info") -> None:
    """Set up logging for a process; standard-library loggers (uvicorn, nats) go through the same pipe."""
    chain: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _only_allowed,
    ]
    structlog.configure(
        processors=[*chain, structlog.processors.JSONRenderer(ensure_ascii=False)],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        logger_factory=structlog.WriteLoggerFactory(sys.stdout),
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=chain,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
