"""The order of things with 求人情報提供 API 2.0, as far as it is rules: token, list, pages, release.

    POST auth/getToken (id, pass)            -> a token, good for the day on which it was given
    POST kyujin (token)                      -> the ids of the lists that may be fetched
    POST kyujin/{data_id}/{page} (token)     -> at most 1,000 records; 404 after the last page
    POST auth/delToken (token)               -> the token is given back, whatever happened

Closed from 0 to 6 o'clock, Asia/Tokyo.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from xml.parsers import expat

from services.matching.hellowork.reading import PAGE, Unreadable, refuse_doctype
from shared.clock import TOKYO

OPENS = 6
_TOKEN = re.compile(r"[\x21-\x7e]{8,500}")
_DATA_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")
MOST_LISTS = 1000


@dataclass(frozen=True)
class Token:
    """`given_at` with a time zone."""

    text: str
    given_at: datetime

    def good(self, now: datetime) -> bool:
        """Until the end of its day, Asia/Tokyo."""
        return self.given_at.astimezone(TOKYO).date() == now.astimezone(TOKYO).date()


def is_open(now: datetime) -> bool:
    """May the service be asked now?"""
    return now.astimezone(TOKYO).hour >= OPENS


def opens_at(now: datetime) -> datetime:
    """`now` while it is open, otherwise six o'clock of this day."""
    here = now.astimezone(TOKYO)
    return now if is_open(now) else here.replace(hour=OPENS, minute=0, second=0, microsecond=0)


def token_of(body: bytes, now: datetime) -> Token:
    """Of `root/token`. Raises Unreadable; the reply itself is never part of the message."""
    found = [text for text in _texts(body, "token") if _TOKEN.fullmatch(text)]
    if len(found) != 1:
        raise Unreadable("the reply holds no token")
    return Token(found[0], now)


def lists_of(body: bytes) -> tuple[str, ...]:
    """Ids of the lists, each once, in their order. Raises Unreadable when one could not be part of an address."""
    found = tuple(dict.fromkeys(_texts(body, "data_id")))
    if len(found) > MOST_LISTS or not all(_DATA_ID.fullmatch(one) for one in found):
        raise Unreadable("the reply holds no ids of lists")
    return found


def was_last(records: int) -> bool:
    """A page with fewer records than fit has none after it."""
    return records < PAGE


def until_release(now: datetime) -> timedelta:
    """Time left until the token of today ends, at midnight Asia/Tokyo."""
    here = now.astimezone(TOKYO)
    return (here + timedelta(days=1)).replace(hour=0, minute=0, second=0, microsecond=0) - here


def _texts(body: bytes, tag: str) -> Iterator[str]:
    """What stands in every element of that name that has no elements within."""
    found: list[str] = []
    text: list[str] = []

    def end(name: str) -> None:
        if name == tag and (said := "".join(text).strip()):
            found.append(said)
        text.clear()

    parser = expat.ParserCreate()
    parser.StartElementHandler = lambda *_: text.clear()
    parser.EndElementHandler = end
    parser.CharacterDataHandler = text.append
    parser.StartDoctypeDeclHandler = refuse_doctype
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Unreadable("the reply is not well-formed XML") from error
    yield from found
