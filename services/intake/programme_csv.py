"""Reading a programme catalogue CSV: English or Japanese column names, UTF-8 (with or without BOM) or CP932, row by row.

A row that is wrong is reported and left out; it harms no other row. Columns beyond the 24 (the municipal extension) are passed over.
"""

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from services.intake.programme import COLUMNS, DATES
from shared.errors import Invalid

JAPANESE = (
    "サービスID", "制度番号", "元制度番号", "制度変更区分", "制度所管組織", "都道府県", "市町村", "タイトル（制度名）",
    "概要", "支援内容", "対象者", "利用・申請方法", "受付開始日", "受付終了日",
    "詳細参照先", "お問い合わせ先", "公開日", "タグ", "テーマ", "タグ（カテゴリー）", "タグ（対象者）", "タグ（事業者分類）",
    "タグ（キーワード）", "タグ（テーマ）",
)  # fmt: skip
ALSO = {
    "制度名": "name",
    "タイトル": "name",
    "市区町村": "city_id",
    "問い合わせ先": "contact",
    "詳細URL": "detail_url",
}
LONGEST = {"service_id": 200, "name": 200}
LONGEST_TEXT = 10_000
DAY = re.compile(r"^(\d{4})(?:-|/|年)?(\d{1,2})(?:-|/|月)?(\d{1,2})日?$")


@dataclass(frozen=True)
class RowError:
    """`row` counts as a spreadsheet does: the header is row 1. `code` is a key of `MESSAGES`."""

    row: int
    service_id: str
    field: str
    code: str


MESSAGES: dict[str, dict[str, str]] = {
    "missing": {"ja": "必須の項目です", "en": "must not be empty"},
    "too_long": {"ja": "長すぎます", "en": "too long"},
    "not_a_date": {"ja": "日付（2026-12-01 の形）にしてください", "en": "not a date such as 2026-12-01"},
    "not_a_url": {"ja": "http:// か https:// で始まる URL にしてください", "en": "not an http or https URL"},
    "twice": {"ja": "同じ service_id の行が前にあります", "en": "an earlier row has this service_id"},
    "columns": {"ja": "見出しより列が多い行です", "en": "more cells than the header has"},
}


@dataclass(frozen=True)
class Sheet:
    """What a file says: good rows, every service id it names, and what is wrong with the other rows."""

    rows: Sequence[dict[str, str]] = ()
    seen: frozenset[str] = frozenset()
    errors: Sequence[RowError] = field(default_factory=list)


def read_sheet(body: bytes) -> Sheet:
    """Raises Invalid when the file as a whole cannot be read; rows that are wrong are in `errors`."""
    lines = _lines(_text(body))
    if not lines:
        raise Invalid("body", "the file is empty")
    columns = [_column(name) for name in lines[0]]
    missing = [name for name in ("service_id", "name") if name not in columns]
    if missing:
        raise Invalid("body", f"the header lacks {', '.join(missing)}")
    rows: dict[str, dict[str, str]] = {}
    errors: list[RowError] = []
    seen: set[str] = set()
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        row = {column: _clean(cell) for column, cell in zip(columns, cells, strict=False) if column}
        service_id = row.get("service_id", "")
        wrong = _check(row)
        if any(cell.strip() for cell in cells[len(columns) :]):
            wrong.append(("row", "columns"))
        if service_id and service_id in seen:
            wrong.append(("service_id", "twice"))
        seen.add(service_id)
        errors += [RowError(number, service_id[:200], name, code) for name, code in wrong]
        if not wrong:
            rows[service_id] = {column: _value(column, row.get(column, "")) for column in COLUMNS}
    return Sheet(list(rows.values()), frozenset(seen - {""}), errors)


def _text(body: bytes) -> str:
    for encoding in ("utf-8-sig", "cp932"):
        try:
            return body.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Invalid("body", "neither UTF-8 nor CP932 (Shift_JIS)")


def _lines(text: str) -> list[list[str]]:
    try:
        return list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        raise Invalid("body", f"not a CSV file: {error}") from error


def _fold(name: str) -> str:
    """Column names are met whatever their width, spaces and kind of middle dot."""
    return re.sub(r"[\s・•･]", "", unicodedata.normalize("NFKC", name)).casefold()


_KNOWN = {_fold(name): name for name in COLUMNS} | {
    _fold(japanese): column for japanese, column in [*zip(JAPANESE, COLUMNS, strict=True), *ALSO.items()]
}


def _column(name: str) -> str | None:
    return _KNOWN.get(_fold(name))


def _clean(cell: str) -> str:
    return cell.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip()


def _check(row: dict[str, str]) -> list[tuple[str, str]]:
    wrong = [(name, "missing") for name in ("service_id", "name") if not row.get(name)]
    wrong += [(name, "too_long") for name, text in row.items() if len(text) > LONGEST.get(name, LONGEST_TEXT)]
    wrong += [(name, "not_a_date") for name in DATES if row.get(name) and read_day(row[name]) is None]
    url = row.get("detail_url")
    if url and not re.match(r"^https?://[^\s<>\"]+$", url):
        wrong.append(("detail_url", "not_a_url"))
    return wrong


def _value(column: str, text: str) -> str:
    day = read_day(text) if column in DATES and text else None
    return day.isoformat() if day else text


def read_day(text: str) -> date | None:
    """2026-12-01, 2026/12/1, 20261201, 2026年12月1日; None for anything else."""
    match = DAY.match(unicodedata.normalize("NFKC", text).strip())
    if match is None:
        return None
    try:
        return date(*(int(part) for part in match.groups()))
    except ValueError:
        return None
