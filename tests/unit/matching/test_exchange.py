"""Lists of companies and offers, carried in and out."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.company import Company
from services.matching.exchange import (
    COMPANIES,
    OFFERS,
    changed_company,
    changed_offer,
    company_row,
    offer_of_row,
    offer_row,
)  # fmt: skip
from services.matching.exchange_csv import Table, read_csv, read_json, write_csv, write_json
from services.matching.hours import Window
from services.matching.inheriting import Answers
from services.matching.offer import Offer
from services.matching.registration import Registration
from services.matching.table_faults import NoTable
from shared.errors import Invalid
from tests.unit.matching.builders import NOW, whole_offers

COMPANY = Company("com_1", "見本製作所", "991007", "jobs@sample.example", NOW)
ROW = {
    "source_id": "A-1", "company_key": "K1", "kind": "job", "title": "見本の仕事", "municipality_code": "991007",
    "hours": "月水金 22:00-26:00; 土9:00～12:30", "hourly_wage_yen": "1,200", "values": "achievement=0.5; balance=1",
}  # fmt: skip


def sheet(*rows: dict[str, str], encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode(encoding)


def faults(table: Table) -> list[tuple[int, str, str]]:
    return [(e.row, e.column, e.code) for e in table.errors]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932"])
def test_a_row_becomes_a_draft(encoding: str) -> None:
    table = read_csv(sheet(ROW, encoding=encoding), OFFERS, {"K1"})
    assert table.errors == ()
    offer = offer_of_row(table.rows[0].values, "ofr_1", COMPANY, NOW)
    assert (offer.state, offer.source, offer.source_id, offer.hourly_wage_yen) == (
        "draft",
        "csv",
        "A-1",
        1200,
    )
    assert offer.hours == (Window((0, 2, 4), 1320, 1560), Window((5,), 540, 750))
    assert (offer.own.values, offer.own.count) == ({"achievement": 0.5, "balance": 1.0}, 1)


def test_japanese_headings_in_any_order_say_the_same() -> None:
    names = {column.name: column.japanese for column in OFFERS}
    japanese = {names[name]: ROW[name] for name in reversed(ROW)}
    assert read_csv(sheet(japanese), OFFERS).rows == read_csv(sheet(ROW), OFFERS).rows


@pytest.mark.parametrize(
    ("column", "text", "code"),
    [
        ("title", "", "missing"), ("title", "あ" * 101, "too_long"), ("kind", "war", "unknown_word"),
        ("municipality_code", "991008", "unreadable"), ("hours", "月 26:00-22:00", "unreadable"),
        ("hours", "月 22:00-31:00", "unreadable"), ("hourly_wage_yen", "-5", "unreadable"),
        ("values", "achievement=2", "unreadable"), ("values", "achievement=nan", "unreadable"),
        ("values", "age=1", "unknown_word"), ("company_key", "K9", "unknown_company"),
    ],
)  # fmt: skip
def test_a_wrong_cell_is_named_by_row_and_column_and_harms_no_other_row(
    column: str, text: str, code: str
) -> None:
    table = read_csv(sheet(ROW, {**ROW, "source_id": "A-2", column: text}), OFFERS, {"K1"})
    assert faults(table) == [(3, column, code)]
    assert [row.values["source_id"] for row in table.rows] == ["A-1"]


def test_a_number_that_comes_twice_counts_once() -> None:
    table = read_csv(sheet(ROW, ROW), OFFERS)
    assert (len(table.rows), faults(table)) == (1, [(3, "source_id", "twice")])


@pytest.mark.parametrize("body", [b"", b"\x81", b"title\nx\n", b'source_id\n"x'])
def test_a_file_that_is_no_such_list_is_refused_as_a_whole(body: bytes) -> None:
    with pytest.raises(Invalid):
        read_csv(body, OFFERS)


@pytest.mark.parametrize(
    ("read", "body", "said"),
    [
        (read_csv, b"", "中身"),
        (read_csv, b'source_id\nA\n"x', "3行目"),
        (read_csv, b"title\nx\n", "「求人番号」"),
        (read_csv, b"\x81", "UTF-8"),
        (read_json, b'[\n{"a": 1},\n{"b": }\n]', "3行目"),
        (read_json, b"{}", "一覧"),
    ],
)
def test_what_is_wrong_with_a_whole_file_is_said_with_its_line_or_column(
    read: Callable[..., Table], body: bytes, said: str
) -> None:
    with pytest.raises(NoTable) as refused:
        read(body, OFFERS)
    assert said in refused.value.japanese


@given(st.binary(max_size=300))
def test_no_file_does_worse_than_invalid(body: bytes) -> None:
    for read in (read_csv, read_json):
        for start in (
            b"",
            b"source_id,company_key,kind,title,municipality_code,hours,values,lat,expires_on\n",
        ):
            try:
                read(start + body, OFFERS)
            except Invalid:
                pass


anything: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(anything)
def test_any_json_is_read_without_harm(found: Any) -> None:
    try:
        read_json(json.dumps(found).encode(), OFFERS)
    except Invalid:
        pass


def test_half_a_character_is_left_out() -> None:
    (row,) = read_json(json.dumps([{**ROW, "title": "見本\ud800の仕事"}]).encode(), OFFERS).rows
    assert row.values["title"] == "見本の仕事"


@given(whole_offers)
def test_what_is_carried_out_and_in_again_changes_nothing(offer: Offer) -> None:
    row = offer_row(offer, "K1")
    for table in (
        read_csv(write_csv([row], OFFERS), OFFERS, {"K1"}),
        read_json(write_json([row]), OFFERS, {"K1"}),
    ):
        assert table.errors == ()
        assert changed_offer(offer, table.rows[0].values) is None


def test_a_change_of_one_cell_changes_one_field_and_missing_columns_none() -> None:
    offer = offer_of_row(read_csv(sheet(ROW), OFFERS).rows[0].values, "ofr_1", COMPANY, NOW)
    few = {name: ROW[name] for name in ("source_id", "company_key", "kind", "municipality_code")}
    (row,) = read_csv(sheet({**few, "title": "別の名前"}), OFFERS).rows
    assert changed_offer(offer, row.values) == replace(offer, title="別の名前")


def test_companies_go_the_same_way() -> None:
    row = company_row(replace(COMPANY, about="見本を作ります", registration=Registration("paused")), "K1")
    (back,) = read_csv(write_csv([row], COMPANIES), COMPANIES).rows
    assert (back.values["about"], back.values["standing"]) == ("見本を作ります", "paused")
    assert changed_company(COMPANY, back.values) == replace(COMPANY, about="見本を作ります")
    (back,) = read_csv(write_csv([company_row(COMPANY, "K1")], COMPANIES), COMPANIES).rows
    assert changed_company(COMPANY, back.values) is None
    assert changed_company(replace(COMPANY, name="前の名前"), back.values) == COMPANY


@pytest.mark.parametrize("text", ["=1+1", "+81", "-1", "@x", "＝1", "'=1", "''+1"])
def test_no_cell_that_is_written_is_a_formula_and_each_is_read_as_it_was(text: str) -> None:
    row = {**company_row(COMPANY, "K1"), "name": text}
    body = write_csv([row], COMPANIES)
    cells = next(iter(list(csv.reader(io.StringIO(body.decode("utf-8-sig"))))[1:]))
    assert cells[1] == f"'{text}"
    assert read_csv(body, COMPANIES).rows[0].values["name"] == text


def test_an_empty_list_is_still_a_list() -> None:
    assert json.loads(write_json([])) == []
    assert read_csv(write_csv([], OFFERS), OFFERS) == Table((), ())


def test_what_a_row_says_of_values_is_one_answer_and_the_same_again_leaves_the_answers_of_before() -> None:
    offer = replace(
        offer_of_row(read_csv(sheet(ROW), OFFERS).rows[0].values, "ofr_1", COMPANY, NOW),
        own=Answers({"achievement": 0.5, "balance": 1.0}, count=4),
    )
    (same,) = read_csv(sheet(ROW), OFFERS).rows
    assert changed_offer(offer, same.values) is None
    (other,) = read_csv(sheet({**ROW, "values": "achievement=1"}), OFFERS).rows
    changed = changed_offer(offer, other.values)
    assert changed is not None
    assert changed.own == Answers({"achievement": 1.0}, count=1)
