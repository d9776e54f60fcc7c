"""Every reason that can be recorded has words for staff and for residents."""

from typing import get_args

import pytest

from services.booking import assignment, quota
from services.booking.assignment import Assignment
from services.booking.assignment_texts import (
    FOR_RESIDENTS,
    FOR_STAFF,
    QUOTA,
    for_resident,
    for_staff,
    with_quota,
)


@pytest.mark.parametrize("code", get_args(assignment.Code))
def test_every_code_of_an_assignment_is_said(code: assignment.Code) -> None:
    record = Assignment("cou_a", None, code, 4, -30, ("language", "own")).as_json()
    said = for_staff(record)
    assert "{" not in said and said.endswith("希望に合うもの：言語。")
    assert for_resident(record).endswith("。")
    assert "30" not in for_resident(record) and "4" not in for_resident(record)


@pytest.mark.parametrize(
    ("code", "matched", "said"),
    [
        ("only", ("continuity", "own"), "continuity"),
        ("turn", ("language", "own"), "preference"),
        ("continuity", ("present", "continuity"), "present"),
        ("own", ("own",), "own"),
    ],
)
def test_residents_are_told_of_whom_they_know_and_what_they_wished_first(
    code: assignment.Code, matched: tuple[str, ...], said: str
) -> None:
    record = Assignment("cou_a", None, code, 4, -30, matched).as_json()
    assert for_resident(record) == FOR_RESIDENTS[said]


def test_the_turn_tells_its_numbers_to_staff() -> None:
    said = for_staff(Assignment("cou_a", None, "turn", 4, 36).as_json())
    assert "候補4人" in said and "+36分" in said


def test_every_way_of_a_pools_time_is_said_and_nothing_else_is() -> None:
    assert set(QUOTA) == set(get_args(quota.Code))
    assert set(FOR_STAFF) == set(get_args(assignment.Code))
    assert for_staff(with_quota(None, "borrowed")) == FOR_STAFF["chosen"] + QUOTA["borrowed"]
    recorded = with_quota(Assignment("cou_a", "p", "only", 1, 0).as_json(), "own")
    assert (recorded["quota"], recorded["pool"]) == ("own", "p")
    assert QUOTA["own"] in for_staff(recorded)
