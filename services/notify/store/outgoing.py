"""What due work and outgoing documents share in their stored form."""

from datetime import datetime

from shared.mongo import LONG_AGO, Document


def due_by(now: datetime) -> Document:
    """The condition on `due_at` of what is due at `now`; nothing is due that has none.

    The embedded database uses an index only for a range with both ends.
    """
    return {"$gt": LONG_AGO, "$lte": now}


def changed(old: Document, new: Document) -> Document:
    """The fields of `new` that are not as in `old`."""
    return {name: value for name, value in new.items() if old[name] != value}


def stored_trace(correlation_id: str, causation_id: str | None, traceparent: str | None) -> Document:
    return {"correlation_id": correlation_id, "causation_id": causation_id, "traceparent": traceparent}
