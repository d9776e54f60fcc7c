"""Municipalities, their names and distances."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.area import Areas, read_areas
from shared.errors import Invalid

HEADER = "pid,pref,cid,city,citykana,lat,lng,url,phrase,lgcode"
SAMPLE = "\n".join(
    [
        HEADER,
        "99,見本県,1,さくら市,,35.0,135.0,,,991007",
        "99,見本県,2,さくら市 北区,,35.1,135.0,,,992038",
        "99,見本県,4,もも村,,36.0,139.0,,,011002",
        "99,見本県,3,みほん郡うめ町,,35.0,136.0,,,990019",
    ]
)
HELD = Path(os.environ.get("BANSO_MUNICIPALITIES", "absent"))


def sample() -> Areas:
    areas, faults = read_areas(SAMPLE)
    assert faults == []
    return areas


@pytest.mark.parametrize(
    ("address", "code"),
    [
        ("見本県さくら市本町1-2", "991007"),
        ("見本県 さくら市 北区北町", "992038"),
        ("見本県うめ町", "990019"),
        ("見本県みほん郡うめ町字うめ", "990019"),
        ("見本県べつ郡もも村", "011002"),
        ("さくら市", None),
        ("", None),
    ],
)
def test_an_address_begins_with_its_municipality(address: str, code: str | None) -> None:
    found = sample().named(address)
    assert (found.code if found else None) == code


def test_a_ward_counts_as_its_city_where_the_tenant_declares_the_city() -> None:
    areas = sample()
    ward = areas.by_code["992038"]
    assert ward.city == "991007"
    assert areas.in_reach(ward, frozenset({"991007"})) == "991007"
    assert areas.in_reach(ward, frozenset({"992038", "991007"})) == "992038"
    assert areas.in_reach(ward, frozenset({"990019"})) is None


def test_a_degree_of_latitude_is_111_km_and_the_nearest_come_first() -> None:
    areas = sample()
    assert areas.km("991007", "992038") == pytest.approx(11.12, abs=0.01)
    assert [one.code for _, one in areas.within("991007", 50)] == ["991007", "992038"]
    assert [one.code for _, one in areas.within("991007", 100)] == ["991007", "992038", "990019"]


def test_what_is_not_in_the_list_has_no_distance() -> None:
    assert sample().km("991007", "011011") is None
    assert sample().within("011011", 100) == []


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("99,見本県,4,なし市,,91,135,,,011011", "lat"),
        ("99,見本県,4,なし市,,35,nan,,,011011", "lng"),
        ("99,見本県,4,もも市,,35,135,,,011003", "lgcode"),
        ("99,見本県,4,もも市,,35,135,,,991007", "lgcode"),
        ("99,見本県,4,,,35,135,,,011011", "city"),
        ("99,見本県", "city"),
    ],
)
def test_a_wrong_row_is_named_and_left_out(row: str, column: str) -> None:
    areas, faults = read_areas(f"{SAMPLE}\n{row}")
    assert [(fault.row, fault.column) for fault in faults] == [(6, column)]
    assert len(areas.by_code) == 4


def test_a_list_without_a_needed_column_is_refused() -> None:
    with pytest.raises(Invalid, match="lgcode"):
        read_areas("pref,city,lat,lng\n")


@given(st.text(max_size=40))
def test_any_address_is_looked_up_without_harm(address: str) -> None:
    found = sample().named(address)
    assert found is None or found.prefecture == "見本県"


@pytest.mark.skipif(not HELD.exists(), reason="BANSO_MUNICIPALITIES names no list of municipalities")
def test_the_whole_list_is_read_and_every_name_leads_back_to_its_code() -> None:
    areas, faults = read_areas(HELD.read_text("utf-8"))
    assert faults == []
    assert len(areas.by_code) > 1700
    assert all(areas.named(one.prefecture + one.name) == one for one in areas.by_code.values())
