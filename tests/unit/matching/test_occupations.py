"""Occupation profiles, and how a company's own answers weigh against them."""

import os
from datetime import date
from itertools import permutations
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.occupations import Occupation, blended, read_occupations, standings
from services.matching.values import SCALES, Scale
from shared.errors import Invalid

HELD = Path(os.environ.get("BANSO_OCCUPATIONS", "absent"))
COLUMNS = (
    "職業名",
    "厚生労働省職業分類",
    "職業興味_現実的",
    "仕事価値観_達成感",
    "仕事価値観_社会的認知・地位",
)
CELLS = ("見本の仕事", "12_072-01", "3.000", "5.0", "2")


@pytest.mark.parametrize("order", list(permutations(range(5)))[::17])
@pytest.mark.parametrize("encoding", ["cp932", "utf-8", "utf-8-sig"])
def test_columns_are_found_by_name_in_any_order_and_encoding(order: tuple[int, ...], encoding: str) -> None:
    lines = [",".join(row[n] for n in order) for row in (COLUMNS, CELLS)]
    found, faults = read_occupations("\r\n".join(lines).encode(encoding))
    assert faults == []
    one = found.by_code["072-01"]
    assert one.title == "見本の仕事"
    assert one.interests == {"realistic": 0.5}
    assert one.values == {"achievement": 1.0, "recognition": 0.25}


def test_lines_before_the_header_are_passed_over() -> None:
    found, _ = read_occupations(("見本のファイル\n\n" + ",".join(COLUMNS) + "\n" + ",".join(CELLS)).encode())
    assert list(found.by_code) == ["072-01"]


def test_what_is_missing_stays_unknown_and_what_is_no_number_is_reported() -> None:
    body = "code,title,達成感,自律性,専門性\n072-01,見本,,-,七\n072-02,見本,6,3,3\nなし,見本,3,3,3\n"
    found, faults = read_occupations(body.encode())
    assert found.by_code["072-01"].values == {}
    assert found.by_code["072-02"].values == {"autonomy": 0.5, "expertise": 0.5}
    assert [(f.row, f.column) for f in faults] == [(2, "専門性"), (3, "達成感"), (4, "code")]


def test_occupations_of_one_code_are_averaged_over_those_that_say_something() -> None:
    found, _ = read_occupations("code,title,達成感,自律性\n072-01,甲,1,\n072-01,乙,5,3\n".encode())
    one = found.by_code["072-01"]
    assert (one.title, one.merged, one.values) == ("甲・乙", 2, {"achievement": 0.5, "autonomy": 0.5})


@pytest.mark.parametrize("body", [b"", b"a,b\n1,2\n", b"code\n072-01\n", b"\x81", b"a" * 200_000])
def test_a_file_without_code_and_scale_is_refused(body: bytes) -> None:
    with pytest.raises(Invalid):
        read_occupations(body)


@given(st.binary(max_size=200))
def test_no_file_does_worse_than_invalid(body: bytes) -> None:
    try:
        read_occupations(b"code,achievement\n" + body)
    except Invalid:
        pass


def test_the_source_is_named_with_the_day_of_the_download() -> None:
    found, _ = read_occupations(b"code,achievement\n", date(2026, 11, 3), "v7")
    assert "JILPT" in found.attribution
    assert "job tag" in found.attribution
    assert "2026年11月03日" in found.attribution


def test_standings_have_mean_nought_and_spread_one() -> None:
    every = [Occupation(f"00{n}-01", "", {"safety": n / 4}, {}) for n in range(5)]
    z = [row["safety"] for row in standings(every).values()]
    assert sum(z) == pytest.approx(0)
    assert sum(v * v for v in z) / 5 == pytest.approx(1)
    alike = [Occupation(f"00{n}-01", "", {"safety": 0.3}, {}) for n in range(3)]
    assert {row["safety"] for row in standings(alike).values()} == {0.0}


profiles = st.dictionaries(st.sampled_from(SCALES), st.floats(0, 1))


@given(profiles, profiles, st.integers(0, 1000), st.floats(0.1, 100))
def test_a_blend_lies_between_the_two_and_speaks_of_all_that_either_does(
    own: dict[Scale, float], profile: dict[Scale, float], n: int, k: float
) -> None:
    mixed = blended(own, profile, n, k)
    assert mixed.keys() == profile.keys() | (own.keys() if n else set())
    for scale, value in mixed.items():
        ends = [p[scale] for p in (own if n else {}, profile) if scale in p]
        assert min(ends) - 1e-9 <= value <= max(ends) + 1e-9


def test_the_weight_of_own_answers_is_n_of_n_plus_k() -> None:
    assert blended({"safety": 1.0}, {"safety": 0.0}, 5, 5) == {"safety": 0.5}
    assert blended({"safety": 1.0}, {"safety": 0.0}, 15, 5) == {"safety": 0.75}
    assert blended({"safety": 1.0}, {"safety": 0.0}, 0, 5) == {"safety": 0.0}


@pytest.mark.skipif(not HELD.exists(), reason="BANSO_OCCUPATIONS names no file of occupations")
def test_the_whole_file_is_read() -> None:
    found, faults = read_occupations(HELD.read_bytes())
    assert faults == []
    assert len(found.by_code) > 200
    assert all(
        0 <= v <= 1 for one in found.by_code.values() for v in (*one.values.values(), *one.interests.values())
    )
    assert any(len(one.values) == 11 and len(one.interests) == 6 for one in found.by_code.values())
