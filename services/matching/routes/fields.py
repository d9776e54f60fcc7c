"""Parts that several requests and responses share: ids, hours, list parameters."""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any, Self, TypeVar

from fastapi import Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from services.matching.hours import LATEST, TIME_PATTERN, Window, minute_of, time_text
from services.matching.store.listing import Position
from shared.errors import Invalid
from shared.http.paging import Cursor, Limit, Page, decode_cursor, encode_cursor
from shared.ids import CODE, id_pattern

T = TypeVar("T")
V = TypeVar("V", bound=BaseModel)
_LATEST_CURSOR = 253_402_300_799_000  # the last millisecond MongoDB and Python agree on: the end of 9999


def _id(prefix: str) -> Any:
    return Path(pattern=id_pattern(prefix), description=f"`{prefix}_…`")


CompanyId = Annotated[str, _id("com")]
OfferId = Annotated[str, _id("ofr")]
SlateId = Annotated[str, _id("slt")]
InterestId = Annotated[str, _id("int")]
WorkplaceId = Annotated[str, _id("wpl")]

ClockTime = Annotated[
    str, Field(pattern=TIME_PATTERN, description="HH:MM of the day it starts on, up to 30:00"),
    AfterValidator(lambda text: time_text(minute_of(text))),
]  # fmt: skip


class Strict(BaseModel):
    """A request: nothing unknown is accepted."""

    model_config = ConfigDict(extra="forbid")


class Hours(Strict):
    """`{"weekdays": [4], "start": "22:00", "end": "26:00"}` is Friday 22:00 until Saturday 02:00. 0 is Monday."""

    weekdays: Annotated[list[Annotated[int, Field(ge=0, le=6)]], Field(min_length=1, max_length=7)]
    start: ClockTime
    end: ClockTime

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if minute_of(self.start) >= minute_of(self.end):
            raise ValueError(f"start comes before end, which may pass 24:00 (up to {LATEST // 60}:00)")
        return self

    def window(self) -> Window:
        return Window(tuple(sorted(set(self.weekdays))), minute_of(self.start), minute_of(self.end))

    @classmethod
    def of(cls, window: Window) -> "Hours":
        return cls(weekdays=list(window.weekdays), start=time_text(window.start), end=time_text(window.end))


HoursList = Annotated[list[Hours], Field(max_length=21)]


class ListQuery:
    """`limit` and `cursor` of a list that is newest first."""

    def __init__(
        self,
        limit: Limit = 50,
        cursor: Cursor = None,
    ) -> None:
        self.limit = limit
        self.after = _position(cursor) if cursor else None

    def page(self, found: Sequence[T], view: Callable[[T], V], at: Callable[[T], Position]) -> Page[V]:
        """A page of what was `found` with one more asked for than `limit`."""
        shown = found[: self.limit]
        following = None
        if len(found) > self.limit:
            created_at, last = at(shown[-1])
            following = encode_cursor(round(created_at.timestamp() * 1000), last)
        return Page(data=[view(one) for one in shown], next=following)


def _position(cursor: str) -> Position:
    millis, last = decode_cursor(cursor, (int, str))
    if not 0 <= millis <= _LATEST_CURSOR or not re.fullmatch(f"[a-z]{{3}}_{CODE}", last):
        raise Invalid("cursor", "not a cursor of this list")
    return datetime.fromtimestamp(millis // 1000, UTC).replace(microsecond=millis % 1000 * 1000), last
