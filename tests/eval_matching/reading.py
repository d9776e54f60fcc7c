"""Interaction files: `user, item[, rating][, time]` per line, separated by commas, tabs, semicolons, `::` or blanks.

A first line whose names are known is a heading. Times are seconds since 1970 or ISO 8601. A folder holds
`train.*` and `test.*`; whatever split the holder made is kept.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

NAMES = {"user", "user_id", "userid", "uid", "resident", "item", "item_id", "itemid", "iid", "offer"}
SEPARATORS = ("::", "\t", ";", ",")
ENDINGS = (".csv", ".tsv", ".txt", ".dat", ".inter")


@dataclass(frozen=True)
class Row:
    """`rating` is 1 where the file names none; `at` in seconds, None where it names none."""

    user: str
    item: str
    rating: float
    at: float | None


class Unreadable(ValueError):
    """Says the file and the line."""


def find(folder: Path, name: str) -> Path:
    """The file `train.*` or `test.*`. Raises Unreadable when there is none."""
    for ending in ENDINGS:
        if (path := folder / f"{name}{ending}").is_file():
            return path
    raise Unreadable(f"{folder}: no {name} file ({', '.join(ENDINGS)})")


def read(path: Path, least: float | None = None) -> list[Row]:
    """Its rows; with `least`, those rated at least so high. Raises Unreadable."""
    return [row for row in _rows(path) if least is None or row.rating >= least]


def _rows(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            parts = _split(line)
            if number == 1 and _is_heading(parts):
                continue
            try:
                yield _row(parts)
            except (ValueError, IndexError) as error:
                raise Unreadable(f"{path.name}, line {number}: {error}") from error


def _split(line: str) -> list[str]:
    for separator in SEPARATORS:
        if separator in line:
            return [part.strip() for part in line.strip().split(separator)]
    return line.split()


def _is_heading(parts: list[str]) -> bool:
    return bool({re.sub(r":.*", "", part).strip().lower() for part in parts[:2]} & NAMES)


def _row(parts: list[str]) -> Row:
    if len(parts) < 2 or not parts[0] or not parts[1]:
        raise ValueError("neither user nor item")
    rating = float(parts[2]) if len(parts) > 2 and parts[2] else 1.0
    return Row(parts[0], parts[1], rating, _time(parts[3]) if len(parts) > 3 and parts[3] else None)


def _time(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp()
