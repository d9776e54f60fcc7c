"""Lists of companies and offers as CSV and as JSON: reading what a company or a city brings, writing what is held.

CSV is read as UTF-8 (with or without BOM) or CP932 and written as UTF-8 with BOM. Columns are found by name, in English or Japanese, in any
order; others are passed over. JSON is a list of objects with the English names, every value a text as in the CSV.

A cell that a spreadsheet would run as a formula gets an apostrophe before it when written, and loses it when read (CWE-1236).
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.matching.cells import Wrong
from services.matching.exchange import CellError, Column
from services.matching.table_faults import NoTable

MOST_ROWS = 20_000
_FORMULA = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_GUARDED = re.compile(r"''*[=+\-@\t\r＝＋－＠]")


@dataclass(frozen=True)
class Row:
    """`number` as a spreadsheet counts. `values`: what the columns that the file has say."""

    number: int
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Table:
    """Good rows, and what is wrong with the others."""

    rows: tuple[Row, ...]
    errors: tuple[CellError, ...]


def read_csv(body: bytes, columns: Sequence[Column], known: Collection[str] | None = None) -> Table:
    """The first column is the key of a row. `known`: company keys that an offer may name.

    Raises NoTable when the file as a whole cannot be read.
    """
    reader = csv.reader(io.StringIO(_text(body), newline=""), strict=True)
    try:
        lines = list(reader)
    except csv.Error as error:
        raise NoTable("not_csv", line=reader.line_num) from error
    if not lines:
        raise NoTable("empty")
    names = {_fold(name): column.name for column in columns for name in (column.name, column.japanese)}
    header = [names.get(_fold(cell)) for cell in lines[0]]
    rows = [
        (number, _row(header, cells), len(cells) > len(header) and any(cells[len(header) :]))
        for number, cells in enumerate(lines[1:], start=2)
        if any(cell.strip() for cell in cells)
    ]
    return _table(rows, columns, {name for name in header if name}, known)


def read_json(body: bytes, columns: Sequence[Column], known: Collection[str] | None = None) -> Table:
    """As `read_csv`; the first object counts as row 2. Raises NoTable."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NoTable("not_json", line=getattr(error, "lineno", 1)) from error
    if not isinstance(found, list):
        raise NoTable("not_a_list")
    names = {column.name for column in columns}
    rows: list[tuple[int, dict[str, str], bool]] = []
    for number, one in enumerate(found, start=2):
        said = one if isinstance(one, dict) else {}
        texts = {n: _clean(text) for n, text in said.items() if n in names and isinstance(text, str)}
        rows.append((number, texts, texts.keys() != said.keys() & names or not isinstance(one, dict)))
    needed = {column.name for column in columns if column.needed}
    return _table(rows, columns, needed, known)


class CsvText:
    """A CSV file, some rows at a time: UTF-8 with BOM, lines ending in CR LF."""

    def __init__(self, columns: Sequence[Column]) -> None:
        self.names = [column.name for column in columns]

    def begin(self) -> bytes:
        return "\ufeff".encode() + _line(self.names)

    def some(self, rows: Iterable[Mapping[str, str]]) -> bytes:
        return b"".join(_line([_guard(row[name]) for name in self.names]) for row in rows)

    def end(self) -> bytes:
        return b""


class JsonText:
    """A JSON list of objects, one to a line, some at a time."""

    def __init__(self) -> None:
        self._before = "[\n"

    def begin(self) -> bytes:
        return b""

    def some(self, rows: Iterable[Mapping[str, str]]) -> bytes:
        lines = [json.dumps(dict(row), ensure_ascii=False) for row in rows]
        if not lines:
            return b""
        before, self._before = self._before, ",\n"
        return (before + ",\n".join(lines)).encode("utf-8", "replace")

    def end(self) -> bytes:
        return b"[]\n" if self._before == "[\n" else b"\n]\n"


def write_csv(rows: Iterable[Mapping[str, str]], columns: Sequence[Column]) -> bytes:
    """The whole file."""
    text = CsvText(columns)
    return text.begin() + text.some(rows) + text.end()


def write_json(rows: Iterable[Mapping[str, str]]) -> bytes:
    """The whole list."""
    text = JsonText()
    return text.begin() + text.some(rows) + text.end()


def cells_line(cells: Sequence[str]) -> bytes:
    """A line of a CSV file none of whose cells a spreadsheet runs."""
    return _line([_guard(cell) for cell in cells])


def _table(
    rows: Sequence[tuple[int, Mapping[str, str], bool]],
    columns: Sequence[Column],
    present: Collection[str],
    known: Collection[str] | None,
) -> Table:
    missing = [column for column in columns if column.needed and column.name not in present]
    if missing:
        japanese = "".join(f"「{column.japanese}」" for column in missing)
        raise NoTable("no_column", names=", ".join(column.name for column in missing), japanese=japanese)
    if len(rows) > MOST_ROWS:
        raise NoTable("too_many_rows", most=MOST_ROWS)
    good: list[Row] = []
    errors: list[CellError] = []
    seen: set[str] = set()
    for number, texts, misshapen in rows:
        values, wrong = _read(number, texts, columns)
        key = texts.get(columns[0].name, "")
        wrong += [CellError(number, "", "cells")] if misshapen else []
        wrong += [CellError(number, columns[0].name, "twice")] if key and key in seen else []
        if known is not None and (company := texts.get("company_key")) and company not in known:
            wrong.append(CellError(number, "company_key", "unknown_company"))
        seen.add(key)
        errors += wrong
        good += [] if wrong else [Row(number, values)]
    return Table(tuple(good), tuple(errors))


def _read(
    number: int, texts: Mapping[str, str], columns: Sequence[Column]
) -> tuple[dict[str, Any], list[CellError]]:
    values: dict[str, Any] = {}
    wrong: list[CellError] = []
    for column in columns:
        text = texts.get(column.name)
        if column.needed and not text:
            wrong.append(CellError(number, column.name, "missing"))
        elif text is not None and len(text) > column.longest:
            wrong.append(CellError(number, column.name, "too_long"))
        elif text is not None:
            try:
                values[column.name] = column.read(text)
            except Wrong as error:
                wrong.append(CellError(number, column.name, error.code))
    return values, wrong


def _row(header: Sequence[str | None], cells: Sequence[str]) -> dict[str, str]:
    return {name: _clean(_unguard(cell.strip())) for name, cell in zip(header, cells, strict=False) if name}


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out).writerow(cells)
    return out.getvalue().encode("utf-8", "replace")


def _guard(text: str) -> str:
    text = _clean(text)
    return f"'{text}" if _FORMULA.match(text) else text


def _unguard(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text


def _clean(text: str) -> str:
    """One kind of line end, no blanks around it, no nul, nothing that UTF-8 cannot hold."""
    text = text.encode(errors="ignore").decode()
    return text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _fold(name: str) -> str:
    return re.sub(r"\s", "", unicodedata.normalize("NFKC", name)).casefold()


def _text(body: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoTable("not_text")
