"""What a cell of a list of companies or offers may say, and how it is written. Readers raise Wrong.

hours       月水金 22:00-26:00; 土 9:00-12:30          weekdays may be 毎日; nothing: by agreement
scores      achievement=0.5; balance=1                 0 to 1
words       with ; between them (a ; within a word is written ；)
yes or no   1 or 0
"""

import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Literal

from services.matching.hours import Window, minute_of, time_text
from shared.tenancy import check_municipality_code

Code = Literal["missing", "too_long", "unreadable", "unknown_word", "twice", "unknown_company", "cells"]
WEEKDAYS = "月火水木金土日"
MOST_WORDS = 20
_WINDOW = re.compile(rf"(毎日|[{WEEKDAYS}]+)(\d{{1,2}}:\d\d)-(\d{{1,2}}:\d\d)")


class Wrong(ValueError):
    """What a cell says is no value of its column."""

    def __init__(self, code: Code) -> None:
        super().__init__(code)
        self.code: Code = code


def words(text: str) -> tuple[str, ...]:
    """Without repetition, in order."""
    found = tuple(dict.fromkeys(word for part in text.split(";") if (word := part.strip())))
    if len(found) > MOST_WORDS or any(len(word) > 100 for word in found):
        raise Wrong("too_long")
    return found


def words_text(said: Iterable[str]) -> str:
    """As `words` reads it."""
    return "; ".join(word.replace(";", "；") for word in said)


def one_of(*known: str) -> Callable[[str], str | None]:
    """One of the `known` words, None for nothing."""

    def read(text: str) -> str | None:
        if text and text not in known:
            raise Wrong("unknown_word")
        return text or None

    return read


def several_of(*known: str) -> Callable[[str], tuple[str, ...]]:
    """Some of the `known` words."""

    def read(text: str) -> tuple[str, ...]:
        found = words(text)
        if not set(found) <= set(known):
            raise Wrong("unknown_word")
        return found

    return read


def whole(least: int, most: int) -> Callable[[str], int | None]:
    """A whole number within the ends, None for nothing."""

    def read(text: str) -> int | None:
        said = unicodedata.normalize("NFKC", text).replace(",", "")
        if not said:
            return None
        if not re.fullmatch(r"\d{1,9}", said, re.ASCII) or not least <= int(said) <= most:
            raise Wrong("unreadable")
        return int(said)

    return read


def degrees(furthest: float) -> Callable[[str], float | None]:
    """A latitude or longitude, None for nothing."""

    def read(text: str) -> float | None:
        return _number(text, -furthest, furthest) if text else None

    return read


def _number(text: str, least: float, most: float) -> float:
    try:
        found = float(unicodedata.normalize("NFKC", text))
    except ValueError:
        raise Wrong("unreadable") from None
    if not (math.isfinite(found) and least <= found <= most):
        raise Wrong("unreadable")
    return found


def yes(text: str) -> bool:
    """1 or 0; nothing is no."""
    if text not in ("", "0", "1"):
        raise Wrong("unreadable")
    return text == "1"


def day(text: str) -> date | None:
    """2026-12-01 or 2026/12/1, None for nothing."""
    if not text:
        return None
    found = re.fullmatch(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", unicodedata.normalize("NFKC", text), re.ASCII)
    try:
        return date(*(int(part) for part in found.groups())) if found else _unreadable()
    except ValueError:
        raise Wrong("unreadable") from None


def _unreadable() -> date:
    raise Wrong("unreadable")


def municipality(text: str) -> str:
    """Six digits with a right check digit. A spreadsheet may have eaten the nought before them."""
    said = unicodedata.normalize("NFKC", text)
    try:
        return check_municipality_code(said.zfill(6) if len(said) == 5 else said)
    except ValueError:
        raise Wrong("unreadable") from None


def hours(text: str) -> tuple[Window, ...]:
    """月水金 22:00-26:00; 土 9:00-12:30"""
    return tuple(_window(part) for part in text.split(";") if part.strip())


def _window(text: str) -> Window:
    said = re.sub(r"\s", "", unicodedata.normalize("NFKC", text)).replace("~", "-")
    found = _WINDOW.fullmatch(said)
    if found is None:
        raise Wrong("unreadable")
    days = range(7) if found[1] == "毎日" else sorted({WEEKDAYS.index(sign) for sign in found[1]})
    try:
        start, end = minute_of(found[2]), minute_of(found[3])
    except ValueError:
        raise Wrong("unreadable") from None
    if start >= end:
        raise Wrong("unreadable")
    return Window(tuple(days), start, end)


def hours_text(windows: Iterable[Window]) -> str:
    """As `hours` reads it."""
    return "; ".join(
        f"{''.join(WEEKDAYS[d] for d in w.weekdays)} {time_text(w.start)}-{time_text(w.end)}" for w in windows
    )


def scores(*known: str) -> Callable[[str], dict[str, float]]:
    """achievement=0.5; balance=1"""

    def read(text: str) -> dict[str, float]:
        found: dict[str, float] = {}
        for part in words(text):
            name, _, value = (side.strip() for side in part.partition("="))
            if name not in known:
                raise Wrong("unknown_word")
            found[name] = _number(value, 0, 1)
        return found

    return read


def scores_text(said: Mapping[str, float]) -> str:
    """As `scores` reads it."""
    return "; ".join(f"{name}={value!r}" for name, value in said.items())


def or_nothing(value: object) -> str:
    """Nothing for None."""
    return "" if value is None else str(value)


def occupation(text: str) -> str | None:
    """033-01, None for nothing."""
    said = unicodedata.normalize("NFKC", text)
    if said and not re.fullmatch(r"\d{3}-\d{2}", said, re.ASCII):
        raise Wrong("unreadable")
    return said or None


def industry(text: str) -> str | None:
    """E09, None for nothing."""
    said = unicodedata.normalize("NFKC", text)
    if said and not re.fullmatch(r"[A-T]\d{0,4}", said, re.ASCII):
        raise Wrong("unreadable")
    return said or None


def email(text: str) -> str | None:
    """None for nothing."""
    if text and not re.fullmatch(r"[^@\s]{1,64}@[^@\s]{1,189}", text):
        raise Wrong("unreadable")
    return text or None
