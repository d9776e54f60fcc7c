"""The catalogue CSV, and what an import changes."""

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.programme import COLUMNS, Programme, compare, programme_id
from services.intake.programme_csv import JAPANESE, read_day, read_sheet
from shared.errors import Invalid
from shared.events.intake import ProgrammePublished, ProgrammeRetired


def table(header: tuple[str, ...], *rows: tuple[str, ...]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows([header, *rows])
    return out.getvalue().encode()


def test_there_are_24_columns_with_a_name_in_both_languages() -> None:
    assert len(COLUMNS) == len(JAPANESE) == len(set(COLUMNS)) == len(set(JAPANESE)) == 24


@pytest.mark.parametrize("header", [COLUMNS, JAPANESE, tuple(name.upper() for name in COLUMNS)])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_both_languages_and_encodings_give_the_same_rows(header: tuple[str, ...], encoding: str) -> None:
    row = tuple(
        "2026/4/1" if "date" in c else "https://city.example/" if c == "detail_url" else f"値{n}"
        for n, c in enumerate(COLUMNS)
    )
    sheet = read_sheet(table(header, row).decode().encode(encoding))
    assert sheet.errors == []
    assert sheet.rows[0]["application_close_date"] == "2026-04-01"
    assert (sheet.rows[0]["service_id"], sheet.rows[0]["issue_type"]) == ("値0", "値23")


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-04-01", date(2026, 4, 1)),
        ("2026/4/1", date(2026, 4, 1)),
        ("20260401", date(2026, 4, 1)),
        ("２０２６年４月１日", date(2026, 4, 1)),
        ("2026-02-30", None),
        ("4月1日", None),
        ("随時", None),
    ],
)
def test_days_are_read_as_they_are_written(text: str, day: date | None) -> None:
    assert read_day(text) == day


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused(body: bytes) -> None:
    for prefix in (b"", b"service_id,name,detail_url\n"):
        try:
            read_sheet(prefix + body)
        except Invalid as refused:
            assert refused.field == "body"


def row(service_id: str, name: str = "名前") -> dict[str, str]:
    return dict.fromkeys(COLUMNS, "") | {"service_id": service_id, "name": name}


def present(*programmes: Programme) -> dict[str, Programme]:
    return {p.id: p for p in programmes}


def a_programme(service_id: str, state: str = "published") -> Programme:
    return Programme(programme_id("t", service_id), row(service_id), state, 3)  # type: ignore[arg-type]


def test_the_same_again_changes_nothing() -> None:
    assert compare("t", present(a_programme("A")), [row("A")], frozenset("A"), retire_missing=True) == []


def test_new_changed_and_retired_programmes_are_told_apart() -> None:
    changes = compare(
        "t",
        present(a_programme("A"), a_programme("B"), a_programme("C", "retired")),
        [row("A", "新しい名前"), row("C"), row("D")],
        frozenset("ACD"),
        retire_missing=True,
    )
    assert [(c.programme["service_id"], c.new, c.retires, c.programme.version) for c in changes] == [
        ("A", False, False, 3),
        ("C", False, False, 3),
        ("D", True, False, 1),
        ("B", False, True, 3),
    ]
    assert [type(c.events[0]) for c in changes] == [ProgrammePublished] * 3 + [ProgrammeRetired]


def test_a_programme_whose_row_was_refused_is_not_retired() -> None:
    assert compare("t", present(a_programme("A")), [], frozenset("A"), retire_missing=True) == []
    assert compare("t", present(a_programme("A")), [], frozenset(), retire_missing=False) == []
