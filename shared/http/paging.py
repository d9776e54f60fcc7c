"""Cursor paging: `{data, next}`. `next` is opaque; it carries the sort value and the id of the last item."""

import base64
import binascii
import json
import math
from typing import Annotated, Any, Generic, TypeVar

from fastapi import Query
from pydantic import BaseModel, Field

from shared.errors import Invalid

T = TypeVar("T")
Limit = Annotated[int, Query(ge=1, le=100)]
Cursor = Annotated[str | None, Query(max_length=500, description="`next` of the page before")]


class Page(BaseModel, Generic[T]):
    """One page; `next` is null on the last one."""

    data: list[T]
    next: str | None = Field(default=None, description="Pass as `cursor` to get the next page")


def encode_cursor(*values: Any) -> str:
    """Values of the last item by which the list is sorted (strings and numbers)."""
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def decode_cursor(cursor: str, kinds: tuple[type, ...]) -> list[Any]:
    """The values again, checked against `kinds`. Raises Invalid for anything that `encode_cursor` did not make."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        values = json.loads(raw)
    except (ValueError, RecursionError, binascii.Error) as error:
        raise Invalid("cursor", "not a cursor of this list") from error
    fits = isinstance(values, list) and len(values) == len(kinds)
    if not fits or not all(_is(value, kind) for value, kind in zip(values, kinds, strict=True)):
        raise Invalid("cursor", "not a cursor of this list")
    return list(values)


def _is(value: Any, kind: type) -> bool:
    """Whether `value` is of `kind` and one that the database can compare with."""
    if type(value) is not kind:
        return False
    if isinstance(value, str):
        return "\0" not in value and not any("\ud800" <= letter <= "\udfff" for letter in value)
    if isinstance(value, int):
        return -(2**63) <= value < 2**63
    return not isinstance(value, float) or math.isfinite(value)
