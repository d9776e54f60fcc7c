"""Lists that are one range on one index, over a sort key of ASCII text."""

from shared.errors import Invalid
from shared.http.paging import decode_cursor

LAST = "~"
"""Sorts after every key: keys begin with a date."""


def after(cursor: str | None) -> str:
    """The key that a page begins after. Raises Invalid for a cursor of another list."""
    key = str(decode_cursor(cursor, (str,))[0]) if cursor else ""
    if not key.isascii():
        raise Invalid("cursor", "not a cursor of this list")
    return key
