"""One sortable string per document: lists page over it with a single range on one index."""

from datetime import datetime


def order_of(at: datetime, document_id: str) -> str:
    """Sorts by instant (milliseconds), then by id."""
    return f"{int(at.timestamp() * 1000):013d}{document_id}"
