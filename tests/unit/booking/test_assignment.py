"""Who is asked to take an appointment: conditions, continuity, own before pool, and turns that come round fairly."""

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.assignment import CREDIT, Load, Standing, deficits_of, in_order
from services.booking.counsellor import Counsellor
from services.booking.wish import Wish

DAY = date(2026, 12, 3)


def a_standing(name: str = "cou_a", *weeks: Load, **given: Any) -> Standing:
    about = {k: given.pop(k) for k in ("pool", "on_day", "last") if k in given}
    fields = {"languages": ("ja",), "channels": ("online",), "weekly_hours": (), **given}
    return Standing(Counsellor(name, name, **fields), weeks=weeks or (Load(600, 0),), **about)


def a_wish(**given: Any) -> Wish:
    return Wish(None, "online", DAY, 600, 60, **given)


def order(wish: Wish, *standings: Standing) -> list[str]:
    return [a.counsellor_id for a in in_order(standings, wish, 0)]


@pytest.mark.parametrize(
    ("wish", "wrong"),
    [
        (a_wish(language="en"), a_standing()),
        (a_wish(skills=("debt", "care")), a_standing(skills=("debt",))),
        (a_wish(gender="female", gender_required=True), a_standing(gender="male")),
        (a_wish(gender="female", gender_required=True), a_standing()),
        (a_wish(anew=True), a_standing(last=True)),
        (replace(a_wish(), channel="telephone"), a_standing()),
        (replace(a_wish(), counsellor_id="cou_b"), a_standing()),
        (a_wish(), a_standing(daily_cap=2, on_day=2)),
        (a_wish(), a_standing(active=False)),
    ],
    ids=["language", "skills", "gender", "gender unknown", "anew", "channel", "another", "full day", "away"],
)
def test_who_misses_a_condition_is_not_asked(wish: Wish, wrong: Standing) -> None:
    assert in_order([wrong], wish, 0) == []


def test_the_same_counsellor_as_last_time_comes_first_even_from_the_pool_and_with_more_work() -> None:
    known = a_standing("cou_k", Load(600, 300), pool="sample-pool", last=True)
    first, second = in_order([a_standing("cou_a"), known], a_wish(), 0)
    assert (first.counsellor_id, first.code, first.pool) == ("cou_k", "continuity", "sample-pool")
    assert (second.counsellor_id, second.code, second.considered) == ("cou_a", "only", 2)


def test_whose_it_is_already_comes_before_the_counsellor_of_last_time() -> None:
    mine, before, free = a_standing("cou_m", Load(600, 300)), a_standing("cou_b", last=True), a_standing()
    found = in_order([before, free, mine], a_wish(rather="cou_m"), 0)
    assert [(a.counsellor_id, a.code) for a in found] == [
        ("cou_m", "present"),
        ("cou_b", "continuity"),
        ("cou_a", "only"),
    ]
    assert found[0].matched == ("present", "own")
    assert order(a_wish(rather="cou_gone"), free, before) == ["cou_b", "cou_a"]


def test_a_preferred_gender_comes_before_own_and_turn_but_keeps_nobody_out() -> None:
    own, theirs = a_standing("cou_a", gender="male"), a_standing("cou_b", gender="female", pool="p")
    found = in_order([own, theirs], a_wish(gender="female"), 0)
    assert [(a.counsellor_id, a.code) for a in found] == [("cou_b", "preference"), ("cou_a", "only")]
    assert found[0].matched == ("gender",)
    assert found[1].matched == ("own",)


def test_own_counsellors_come_before_the_pools() -> None:
    busy, pooled = a_standing("cou_b", Load(600, 300)), a_standing("cou_a", Load(600, 0), pool="p")
    assert in_order([pooled, busy], a_wish(), 0)[0].code == "own"
    assert order(a_wish(), pooled, busy) == ["cou_b", "cou_a"]


def test_whose_turn_it_is_has_the_greatest_deficit_in_proportion_to_weight_and_hours() -> None:
    full = a_standing("cou_full", Load(1200, 240))
    half = a_standing("cou_half", Load(600, 60))
    double = a_standing("cou_double", Load(600, 180), weight=2.0)
    found = in_order([full, half, double], a_wish(), 0)
    # of 480 minutes: 1200 and 600 and 2 x 600 open make shares of 192, 96 and 192
    assert [(a.counsellor_id, a.deficit_minutes) for a in found] == [
        ("cou_half", 36),
        ("cou_double", 12),
        ("cou_full", -48),
    ]
    assert found[0].as_json() == {
        "code": "turn",
        "considered": 3,
        "deficit_minutes": 36,
        "matched": ["own"],
        "pool": None,
        "language": None,
    }


def test_at_equal_turns_the_quieter_day_decides_and_then_nothing() -> None:
    found = in_order([a_standing("cou_b"), a_standing("cou_a", on_day=1), a_standing("cou_c")], a_wish(), 0)
    assert [(a.counsellor_id, a.code) for a in found] == [
        ("cou_b", "even"),
        ("cou_c", "quiet-day"),
        ("cou_a", "only"),
    ]


def test_whoever_was_asked_for_is_the_only_one() -> None:
    wish = replace(a_wish(), counsellor_id="cou_b")
    (chosen,) = in_order([a_standing("cou_a"), a_standing("cou_b")], wish, 0)
    assert (chosen.counsellor_id, chosen.code, chosen.considered) == ("cou_b", "chosen", 1)


class Office:
    """Counsellors over many weeks: wishes come for this week and the next three, everybody is free at every wished time."""

    def __init__(self, names: str, seed: int, **weights: float) -> None:
        self.names = names
        self.weights = weights
        self.chance = random.Random(seed)
        self.open: dict[tuple[str, int], int] = {}
        self.assigned: dict[tuple[str, int], int] = {}
        self.chosen: list[tuple[str, int, float]] = []

    def standings(self, now: int) -> list[Standing]:
        return [
            a_standing(
                name,
                *(
                    Load(self.open.get((name, w), 2400), self.assigned.get((name, w), 0))
                    for w in range(now - 4, now + 5)
                ),
                weight=self.weights.get(name, 1.0),
            )
            for name in self.names
        ]

    def week(self, now: int, wishes: int) -> None:
        for _ in range(wishes):
            ahead = self.chance.choice((0, 0, 1, 1, 2, 3))
            self.wish(now, ahead)

    def wish(self, now: int, ahead: int) -> None:
        standings = [s for s in self.standings(now) if s.weeks[4 + ahead].open]
        name = in_order(standings, a_wish(), 4 + ahead)[0].counsellor_id
        week = now + ahead
        whole = sum(self.assigned.get((s.counsellor.id, week), 0) for s in standings)
        offered = {s.counsellor.id: s.counsellor.weight * s.weeks[4 + ahead].open for s in standings}
        fair = whole * offered[name] / sum(offered.values())
        had = self.assigned.get((name, week), 0)
        self.assigned[name, week] = had + 60
        self.chosen.append((name, week, had - fair))

    def shares(self, weeks: range) -> Mapping[str, float]:
        of = {n: sum(self.assigned.get((n, w), 0) for w in weeks) for n in self.names}
        return {name: minutes / sum(of.values()) for name, minutes in of.items()}


def test_in_the_long_run_shares_are_the_weights() -> None:
    office = Office("abcd", 7, a=1.0, b=1.0, c=2.0, d=0.5)
    for week in range(40):
        office.week(week, 30)
    shares = office.shares(range(5, 40))
    for name, weight in office.weights.items():
        assert shares[name] == pytest.approx(weight / 4.5, abs=0.01)


def test_somebody_back_from_leave_is_not_flooded() -> None:
    office = Office("abcde", 11)
    office.open |= {("e", week): 0 for week in range(4, 10)}
    for week in range(4, 10):
        office.week(week, 40)
    before = office.shares(range(10, 13))
    office.chosen.clear()
    for week in range(10, 14):
        office.week(week, 40)
    back = sum(name == "e" for name, *_ in office.chosen)
    assert before["e"] > 0  # the weeks after the leave were open for wishes, too
    assert back / len(office.chosen) == pytest.approx(0.2, abs=0.04)


def test_somebody_who_joins_catches_up_with_nobodys_past_and_stands_hardly_above_the_others() -> None:
    office = Office("abcde", 13)
    office.open |= {("e", week): 0 for week in range(-4, 40)}
    for week in range(8):
        office.week(week, 40)
    for week in range(8, 40):  # joins in week 8: the weeks ahead are partly booked already
        office.open.pop(("e", week))
    office.chosen.clear()
    for week in range(8, 12):
        office.week(week, 40)
    assert max(above for name, _, above in office.chosen if name == "e") <= CREDIT
    assert office.shares(range(8, 12))["e"] <= 0.21


loads = st.builds(Load, st.sampled_from([0, 600, 1200, 2400]), st.integers(0, 40).map(lambda n: n * 30))


@settings(deadline=None)
@given(
    st.integers(1, 5).flatmap(lambda n: st.lists(st.lists(loads, min_size=5, max_size=5), min_size=n)),
    st.integers(0, 4),
    st.randoms(use_true_random=False),
)
def test_whoever_gets_the_turn_is_hardly_above_their_fair_share(
    weeks: list[list[Load]], week: int, chance: random.Random
) -> None:
    standings = [
        a_standing(f"cou_{n}", *loads, weight=chance.choice((0.5, 1.0, 2.0))) for n, loads in enumerate(weeks)
    ]
    first = in_order(standings, a_wish(), week)[0]
    taken = next(s for s in standings if s.counsellor.id == first.counsellor_id)
    offered = sum(s.counsellor.weight * s.weeks[week].open for s in standings)
    if offered:
        whole = sum(s.weeks[week].assigned for s in standings)
        fair = whole * taken.counsellor.weight * taken.weeks[week].open / offered
        assert taken.weeks[week].assigned <= fair + 2 * CREDIT + 0.1
    assert max(deficits_of(standings, week).values()) == pytest.approx(first.deficit_minutes, abs=0.51)
