"""The XML as a stream."""

import itertools
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.hellowork.reading import LONGEST_RECORD, Reader, Record, Unreadable, in_pages, records
from tests.unit.matching.hellowork.samples import SAMPLE, data, xml

BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE root [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;">]>'
    b"<root><kyujin><data><kjno>&b;</kjno></data></kyujin></root>"
)
OUTSIDE = (
    b'<!DOCTYPE root [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    b"<root><kyujin><data><kjno>&x;</kjno></data></kyujin></root>"
)


def test_every_tag_of_every_record_is_kept_known_or_not() -> None:
    found = list(records([xml(SAMPLE, data(kjno="99010-00000261", atarashii_tag="新しい"))]))
    assert [record.number for record in found] == [1, 2]
    assert found[0].tags == SAMPLE
    assert found[1].tags["atarashii_tag"] == "新しい"


@given(st.lists(st.integers(1, 40), min_size=1), st.integers(1, 5))
def test_where_the_bytes_are_cut_makes_no_difference(cuts: list[int], count: int) -> None:
    body = xml(*[data(kjno=f"99010-{n:08d}") for n in range(count)])
    sizes = itertools.cycle(cuts)
    pieces, start = [], 0
    while start < len(body):
        size = next(sizes)
        pieces.append(body[start : start + size])
        start += size
    assert list(records(pieces)) == list(records([body]))


def test_empty_tags_are_left_out_and_repeated_and_nested_ones_kept() -> None:
    body = b"<root><kyujin><data><a> </a><b>1</b><b>2</b><c>x<d>3</d></c></data></kyujin></root>"
    assert [record.tags for record in records([body])] == [{"b": "1\n2", "c/d": "3"}]


def test_data_elsewhere_is_no_record() -> None:
    body = b"<root><count>1</count><other><data><kjno>1</kjno></data></other><kyujin/></root>"
    assert list(records([body])) == []


@pytest.mark.parametrize(
    "body", [BOMB, OUTSIDE, b'<!DOCTYPE root SYSTEM "http://sample.example/x.dtd"><root/>']
)
def test_a_document_type_is_refused_whatever_it_says(body: bytes) -> None:
    with pytest.raises(Unreadable, match="document type"):
        list(records([body]))


@pytest.mark.parametrize(
    "body",
    [
        b"", b"kjno,jgshmei", b"<html></html>", b"<root>&undefined;</root>", b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="x-nowhere"?><root/>', b"<root>" + b"<a>" * 50,
    ],
)  # fmt: skip
def test_what_is_no_such_xml_is_unreadable(body: bytes) -> None:
    with pytest.raises(Unreadable):
        list(records([body]))


@given(st.binary(max_size=200))
def test_no_bytes_do_worse_than_unreadable(body: bytes) -> None:
    try:
        assert all(isinstance(record, Record) for record in records([body]))
    except Unreadable:
        pass


def test_records_before_a_cut_are_given_and_the_cut_is_told_with_its_line() -> None:
    body = xml(data(), data(), data())
    seen: list[int] = []
    with pytest.raises(Unreadable) as caught:
        seen.extend(record.number for record in records([body[: len(body) - 200]]))
    assert seen == [1, 2]
    assert caught.value.line == 3


def test_a_monstrous_record_is_cut_and_says_so() -> None:
    (record,) = records([xml(data(shigoto_ny="あ" * (LONGEST_RECORD + 1)))])
    assert record.too_long
    assert sum(len(text) for text in record.tags.values()) <= LONGEST_RECORD


def test_pages_hold_at_most_a_thousand() -> None:
    found = [Record(n, {}) for n in range(2001)]
    assert [len(page) for page in in_pages(found)] == [1000, 1000, 1]
    assert list(in_pages([])) == []


def _many(count: int) -> Iterator[bytes]:
    yield b"<root><kyujin>"
    one = xml(data()).split(b"<kyujin>")[1].split(b"</kyujin>")[0]
    for _ in range(count):
        yield one
    yield b"</kyujin></root>"


def _peak(count: int) -> int:
    tracemalloc.start()
    try:
        assert sum(1 for _ in records(_many(count))) == count
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_number_of_records() -> None:
    assert _peak(4000) < 2 * _peak(400)


def test_a_reader_knows_whether_the_document_is_whole() -> None:
    reader = Reader()
    assert len(reader.feed(b"<root><kyujin><data></data>")) == 1
    with pytest.raises(Unreadable):
        reader.close()
