"""Quotas of a shared pool: what is one's own, what is lent, and that nobody eats a floor."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.quota import (
    NotAMember,
    PoolQuotaUsed,
    PoolReserved,
    Row,
    Share,
    Terms,
    Use,
    ask,
    ask_own,
    is_released,
    left,
    shares_of,
)
from shared.errors import Conflict
from tests.harness import a_pool

BIG, SMALL, KEEN = Share(600, 120, False), Share(300, 60, False), Share(300, 0, True)
SHARES = {"big": BIG, "small": SMALL, "keen": KEEN}


def terms(capacity: int = 1200, *, released: bool = False, shares: Mapping[str, Share] = SHARES) -> Terms:
    return Terms(shares, capacity, released)


def book(rows: dict[str, Row], member: str, minutes: int, **given: Any) -> str:
    """Ask and write down, as the ledger does; returns the code."""
    granted = ask(terms(**given), rows, member, minutes)
    keep(rows, member, minutes, granted.secured)
    return granted.code


def keep(rows: dict[str, Row], member: str, minutes: int, secured: Mapping[str, int]) -> None:
    for other in {member, *secured}:
        row = rows.get(other, Row())
        used = row.used + minutes if other == member else row.used
        rows[other] = Row(used, secured.get(other, row.secured))


def test_a_quota_is_given_without_a_look_at_anybody_else() -> None:
    assert ask_own(terms(), Row(540), "big", 60) is not None
    assert ask_own(terms(), Row(541), "big", 60) is None
    assert not ask(terms(), {}, "big", 600).common


def test_beyond_the_quota_is_for_who_may_borrow() -> None:
    rows: dict[str, Row] = {}
    assert book(rows, "small", 300) == "own"
    with pytest.raises(PoolQuotaUsed) as caught:
        book(rows, "small", 60)
    assert caught.value.params["extra"] == {"quota": 300, "used": 300, "asked": 60}


def test_before_the_release_nobody_borrows_from_a_quota() -> None:
    rows: dict[str, Row] = {}
    assert book(rows, "keen", 300, capacity=1260) == "own"
    assert book(rows, "keen", 60, capacity=1260) == "borrowed"  # 1260 minutes are open, 1200 are promised
    with pytest.raises(PoolReserved) as caught:
        book(rows, "keen", 15, capacity=1260)
    assert caught.value.params["extra"] == {"used": 360, "asked": 15, "left": 0}
    assert book(rows, "big", 600, capacity=1260) == book(rows, "small", 300, capacity=1260) == "own"


def test_after_the_release_all_but_the_floors_can_be_borrowed() -> None:
    rows: dict[str, Row] = {}
    assert book(rows, "keen", 1020, released=True) == "borrowed"  # 1200 less the floors of 120 and 60
    with pytest.raises(PoolReserved):
        book(rows, "keen", 15, released=True)
    assert book(rows, "big", 120, released=True) == "own"
    assert book(rows, "small", 60, released=True) == "own"
    with pytest.raises(PoolReserved):
        book(rows, "small", 15, released=True)


def test_what_was_lent_for_a_near_date_cannot_be_had_again_for_a_far_one_of_the_same_week() -> None:
    rows: dict[str, Row] = {}
    book(rows, "keen", 900, released=True)
    with pytest.raises(PoolReserved):
        book(rows, "big", 300, released=False)  # small's floor of 60 is still small's
    assert book(rows, "big", 120) == "own"


def test_a_quota_that_nobody_needed_stays_its_members_own_after_the_release() -> None:
    rows: dict[str, Row] = {}
    assert book(rows, "keen", 300, capacity=2000) == "own"
    assert book(rows, "keen", 60, capacity=2000, released=True) == "borrowed"
    assert rows["big"].secured == BIG.quota
    assert book(rows, "big", 600, capacity=2000, released=True) == "own"


def test_within_the_quota_but_after_others_took_of_it_is_told_apart() -> None:
    rows: dict[str, Row] = {}
    book(rows, "keen", 700, released=True)  # 700 + 600 + 300 > 1200: big's and small's release is needed
    assert rows["big"].secured == BIG.floor
    assert book(rows, "big", 300, released=True) == "released"


def test_when_leave_leaves_too_little_floors_hold_and_the_rest_is_first_come_first_served() -> None:
    rows: dict[str, Row] = {}
    assert book(rows, "big", 340, capacity=400) == "released"
    with pytest.raises(PoolReserved):
        book(rows, "keen", 15, capacity=400)
    assert book(rows, "small", 60, capacity=400) == "own"


def test_a_member_who_left_the_pool_still_has_used_what_it_used() -> None:
    rows = {"gone": Row(600, 600)}
    with pytest.raises(PoolReserved):
        ask(terms(released=True), rows, "keen", 500)
    assert ask(terms(released=True), rows, "keen", 420).code == "borrowed"


def test_a_quota_that_was_lowered_secures_no_more_than_it_says() -> None:
    assert ask_own(terms(), Row(300, 900), "small", 15) is None


def test_only_members_ask() -> None:
    with pytest.raises(NotAMember):
        ask(terms(), {}, "stranger", 15)


def test_a_date_is_released_when_it_is_nearer_than_the_pools_days() -> None:
    pool = a_pool(release_days=3)
    today = date(2026, 12, 2)
    assert [is_released(pool, date(2026, 12, d), today) for d in (1, 2, 4, 5)] == [True, True, True, False]
    assert shares_of(pool)["sample-a"] == Share(600, 0, False)
    assert Use("sample-pool", "sample-a", date(2026, 12, 6), 60).week == date(2026, 11, 30)


members = st.sampled_from(["a", "b", "c", "d"])
quarters = st.integers(0, 16).map(lambda n: n * 15)
a_share = st.builds(lambda f, more, borrow: Share(f + more, f, borrow), quarters, quarters, st.booleans())
asks = st.tuples(members, st.integers(-8, 24).map(lambda n: n * 15), st.booleans())


@settings(max_examples=300, deadline=None)
@given(
    st.fixed_dictionaries(dict.fromkeys("abcd", a_share)),
    st.integers(0, 64).map(lambda n: n * 15),
    st.lists(asks, max_size=60),
)
def test_in_any_order_floors_are_there_and_the_capacity_holds(
    shares: dict[str, Share], spare: int, commands: list[tuple[str, int, bool]]
) -> None:
    capacity = sum(share.floor for share in shares.values()) + spare
    rows: dict[str, Row] = {}
    for member, minutes, released in commands:
        now = Terms(shares, capacity, released)
        used = rows.get(member, Row()).used
        if minutes <= 0:
            rows[member] = Row(max(0, used + minutes), rows.get(member, Row()).secured)
            continue
        could = left(now, rows, member)
        try:
            granted = ask(now, rows, member, minutes)
        except Conflict:
            assert minutes > could and used + minutes > shares[member].floor
            continue
        assert minutes <= could
        assert used + minutes <= shares[member].quota or shares[member].borrow
        keep(rows, member, minutes, granted.secured)
        taken = {m: rows.get(m, Row()).used for m in shares}
        assert sum(taken.values()) <= capacity
        assert sum(max(taken[m], share.floor) for m, share in shares.items()) <= capacity
        escrow = sum(max(taken[m], now.secured(m, rows.get(m, Row()))) for m in shares)
        assert escrow <= capacity
