"""No plan asks anybody for more than they can do in time, for what they lack the skill for, or against what staff have said; and none is worse than the quick one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from pytest import approx

from services.matching.orders.assignment import Assignment, DayShare
from services.matching.orders.capability import Ability
from services.matching.orders.capacity import Capacity, due_of, first_day, hand_of, release_of
from services.matching.orders.check import EVERY_UNIT
from services.matching.orders.explaining import reasons, unplaced
from services.matching.orders.greedy import points
from services.matching.orders.plan_record import record_of
from services.matching.orders.planning import make_plan
from services.matching.orders.problem import Hand, Piece, Problem
from services.matching.orders.quality import Quality
from services.matching.orders.schedule import Job, fits, schedule
from services.matching.orders.speed import Speed
from services.matching.orders.wording import REASONS, WHY, WORKER_REASONS, reason_text

MONDAY = date(2026, 12, 7)
GOOD = Ability(Quality(95, 5), Speed(0.0, 0.0), 9)
NEW = Ability(Quality(7.2, 0.8), Speed(0.0, 0.0))
PIECE = Piece("t1", 0, "o1", "entry", 60, 1.0, 0, 6, 60, 0.8)
HAND = Hand("ann", (60, 0, 60, 0, 60, 0, 0))


def a_problem(
    pieces: list[Piece],
    hands: list[Hand],
    abilities: Mapping[str, Ability] | None = None,
    share: float = 0.1,
) -> Problem:
    of = abilities or {}
    kinds = {piece.type for piece in pieces}
    known = {(hand.resident_id, kind): of.get(hand.resident_id, GOOD) for hand in hands for kind in kinds}
    return Problem(MONDAY, tuple(pieces), tuple(hands), known, share)


def planned(problem: Problem) -> dict[str, str]:
    made = make_plan(problem, 2.0)
    return {
        problem.pieces[one.piece].task_id: problem.hands[one.hand].resident_id for one in made.plan.placements
    }


def why(problem: Problem) -> dict[str, str]:
    return {one.task_id: one.why for one in unplaced(make_plan(problem, 2.0))}


@st.composite
def problems(draw: st.DrawFn) -> Problem:
    days, skills = 7, ["kana", "sheet"]
    hands = [
        Hand(
            f"w{n}",
            tuple(draw(st.lists(st.sampled_from((0, 60, 120)), min_size=days, max_size=days))),
            frozenset(draw(st.sets(st.sampled_from(skills)))),
            draw(st.booleans()),
        )
        for n in range(draw(st.integers(0, 5)))
    ]
    who = [hand.resident_id for hand in hands] or ["nobody"]
    pieces = [
        Piece(
            task_id=f"t{n}",
            number=0,
            order_id=f"o{n % 3}",
            type=draw(st.sampled_from(("entry", "proof"))),
            quantity=(quantity := draw(st.integers(1, 200))),
            unit_minutes=1.0,
            release=draw(st.integers(0, 8)),
            due=draw(st.integers(-1, days - 1)),
            looked_at=draw(st.sampled_from((0, quantity))),
            bar=0.8,
            critical=draw(st.booleans()),
            skills=frozenset(draw(st.sets(st.sampled_from(skills), max_size=1))),
            barred=frozenset(draw(st.sets(st.sampled_from(who), max_size=2))),
            familiar=frozenset(draw(st.sets(st.sampled_from(who), max_size=2))),
            pinned=draw(st.none() | st.sampled_from(who)),
        )
        for n in range(draw(st.integers(0, 12)))
    ]
    abilities = {
        (hand.resident_id, kind): Ability(
            draw(st.sampled_from((Quality(95, 5), Quality(7, 1), Quality(30, 20)))),
            Speed(draw(st.floats(-0.5, 0.5)), 0.05),
            draw(st.integers(0, 3)),
        )
        for hand in hands
        for kind in ("entry", "proof")
    }
    return Problem(MONDAY, tuple(pieces), tuple(hands), abilities, draw(st.sampled_from((0.0, 0.1, 1.0))))


@settings(max_examples=60, deadline=None)
@given(problems())
def test_no_rule_is_ever_broken_and_the_plan_is_never_worse_than_the_quick_one(problem: Problem) -> None:
    made = make_plan(problem, 2.0)
    plan, used = made.plan, {n: [0] * len(hand.free) for n, hand in enumerate(problem.hands)}
    stretched = 0
    for one in plan.placements:
        piece, hand = problem.pieces[one.piece], problem.hands[one.hand]
        ability = problem.abilities[hand.resident_id, piece.type]
        assert piece.skills <= hand.skills
        assert hand.resident_id not in piece.barred
        assert piece.pinned in (None, hand.resident_id)
        assert sum(one.days.values()) == one.minutes
        assert one.minutes >= piece.quantity * ability.speed.upper - 1
        assert all(piece.release <= day <= piece.due for day in one.days)
        for day, minutes in one.days.items():
            used[one.hand][day] += minutes
        if ability.quality.lower < piece.bar and piece.pinned is None:
            assert not piece.critical
            assert piece.looked_at == piece.quantity
            stretched += 1
        assert all(reason_text(reason) for reason in reasons(made, one))
    for n, hand in enumerate(problem.hands):
        assert all(given <= free for given, free in zip(used[n], hand.free, strict=True))
    assert stretched <= problem.stretch_quota
    assert len({one.piece for one in plan.placements}) == len(plan.placements)
    assert plan.objective >= plan.greedy - 1e-6
    assert plan.objective <= plan.bound + 1e-6
    assert plan.objective == approx(points(made.field, {one.piece: one.hand for one in plan.placements}))
    placed = {problem.pieces[one.piece].task_id for one in plan.placements}
    assert {one.task_id for one in unplaced(made)} == {piece.task_id for piece in problem.pieces} - placed


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4), st.integers(1, 90)), max_size=6),
    st.lists(st.integers(0, 90), min_size=5, max_size=5),
)
def test_jobs_fit_exactly_when_every_interval_has_room(
    asked: list[tuple[int, int, int]], free: list[int]
) -> None:
    jobs = [Job(n, min(a, b), max(a, b), minutes) for n, (a, b, minutes) in enumerate(asked)]
    roomy = all(
        sum(job.minutes for job in jobs if first <= job.release and job.due <= last)
        <= sum(free[first : last + 1])
        for first in range(5)
        for last in range(first, 5)
    )
    assert fits(jobs, free) == roomy
    if (found := schedule(jobs, free)) is not None:
        assert all(sum(found[job.key].values()) == job.minutes for job in jobs)


def test_the_plan_is_deterministic() -> None:
    problem = a_problem(
        [replace(PIECE, task_id=f"t{n}", quantity=20 + n) for n in range(6)],
        [HAND, replace(HAND, resident_id="ben", wishes_more=True)],
    )
    first, second = make_plan(problem, 2.0).plan, make_plan(problem, 2.0).plan
    assert first.placements == second.placements


def test_hours_go_first_to_those_who_wish_for_more_and_not_all_to_one_of_them() -> None:
    pieces = [replace(PIECE, task_id=f"t{n}", quantity=30) for n in range(4)]
    cat = replace(HAND, resident_id="cat", wishes_more=True)
    found = planned(a_problem(pieces, [HAND, replace(HAND, resident_id="ben", wishes_more=True), cat]))
    assert sorted(found.values()) == ["ben", "ben", "cat", "cat"]


def test_somebody_new_grows_by_what_is_looked_at_within_the_quota_and_never_by_critical_work() -> None:
    pieces = [replace(PIECE, task_id=f"t{n}", quantity=10, looked_at=10) for n in range(10)]
    only_new = {"ann": NEW}
    assert len(planned(a_problem(pieces, [HAND], only_new))) == 1
    assert set(why(a_problem(pieces, [HAND], only_new)).values()) == {"quota"}
    assert len(planned(a_problem(pieces, [HAND], only_new, share=1.0))) == 10
    critical = [replace(piece, critical=True) for piece in pieces]
    assert set(why(a_problem(critical, [HAND], only_new, share=1.0)).values()) == {"bar"}
    made = make_plan(a_problem(pieces[:1], [HAND], only_new), 2.0)
    (one,) = made.plan.placements
    assert one.stretch
    assert [reason.code for reason in reasons(made, one)][:2] == ["growth", "new"]


def test_staffs_word_is_kept_and_lifts_the_bar_but_not_the_clock() -> None:
    ben = replace(HAND, resident_id="ben")
    pinned = replace(PIECE, pinned="ben", critical=True)
    made = make_plan(a_problem([pinned], [HAND, ben], {"ben": NEW}), 2.0)
    (one,) = made.plan.placements
    assert made.field.problem.hands[one.hand].resident_id == "ben"
    assert reasons(made, one)[0].code == "pinned"
    assert planned(a_problem([replace(PIECE, barred=frozenset({"ann"}))], [HAND, ben])) == {"t1": "ben"}
    assert why(a_problem([replace(pinned, quantity=500)], [HAND, ben])) == {"t1": "room"}
    assert why(a_problem([replace(pinned, pinned="zoe")], [HAND, ben])) == {"t1": "pinned"}


def test_why_nobody_was_found_is_said_rule_by_rule() -> None:
    assert why(a_problem([PIECE], [])) == {"t1": "nobody"}
    assert why(a_problem([replace(PIECE, skills=frozenset({"kana"}))], [HAND])) == {"t1": "skill"}
    assert why(a_problem([replace(PIECE, barred=frozenset({"ann"}))], [HAND])) == {"t1": "barred"}
    assert why(a_problem([replace(PIECE, looked_at=5)], [HAND], {"ann": NEW})) == {"t1": "bar"}
    assert why(a_problem([replace(PIECE, due=-1)], [HAND])) == {"t1": "room"}
    both = [replace(PIECE, quantity=150), replace(PIECE, task_id="t2", quantity=150, critical=True)]
    assert why(a_problem(both, [HAND])) == {"t1": "busy"}
    two = [HAND, replace(HAND, resident_id="ben", skills=frozenset({"kana"}))]
    (found,) = unplaced(
        make_plan(a_problem([replace(PIECE, quantity=500, skills=frozenset({"kana"}))], two), 1)
    )
    assert found.counts == {"skill": 1, "room": 1}
    assert set(WHY) >= {"nobody", "skill", "pinned", "barred", "bar", "room", "quota", "busy"}
    assert set(REASONS) == set(WORKER_REASONS)


def test_when_there_is_no_time_for_the_solver_the_quick_plan_stands_and_no_gap_is_claimed() -> None:
    problem = a_problem([replace(PIECE, task_id=f"t{n}", quantity=9) for n in range(8)], [HAND])
    made = make_plan(problem, -1.0)
    assert (made.plan.method, made.plan.objective) == ("greedy", made.plan.greedy)
    record = record_of(made, "pln_1", "staff:a", datetime(2026, 12, 6, tzinfo=UTC), 0)
    assert (record.gap is None) == (record.bound is None)


def test_days_are_those_that_lie_wholly_between_begin_and_due_in_tokyo() -> None:
    now = datetime(2026, 12, 6, 16, tzinfo=UTC)  # the 7th in Tokyo
    first = first_day(now)
    assert first == date(2026, 12, 8)
    assert due_of(datetime(2026, 12, 9, 15, tzinfo=UTC), first) == 1  # midnight after the 9th
    assert (
        due_of(datetime(2026, 12, 9, 8, tzinfo=UTC), first) == 0
    )  # on the 9th at 17:00: the 8th is the last whole day
    assert due_of(datetime(2026, 12, 7, 8, tzinfo=UTC), first) == -2 + 0
    assert release_of(datetime(2026, 12, 8, 15, tzinfo=UTC), first) == 1
    assert release_of(datetime(2026, 12, 9, 0, tzinfo=UTC), first) == 2
    assert release_of(None, first) == 0


def test_what_somebody_is_asked_for_already_takes_their_time() -> None:
    first = date(2026, 12, 8)
    capacity = Capacity("res_1", "cen_1", {first: 120, date(2026, 12, 9): 120, date(2026, 12, 1): 500})
    open_one = Assignment(
        "asg_1", "ord_1", "tsk_1", "res_1", "entry", 20, 3.0, 100, (DayShare(date(2026, 12, 7), 30), DayShare(first, 50)),
        datetime(2026, 12, 20, tzinfo=UTC), EVERY_UNIT, datetime(2026, 12, 1, tzinfo=UTC), "staff:a",
    )  # fmt: skip

    def free(assignment: Assignment) -> tuple[int, ...]:
        return hand_of(capacity, [assignment], first).free[:2]

    assert free(open_one) == (40, 120)  # 50 as planned, and the 30 of a day that went by
    assert free(replace(open_one, state="in_progress")) == (70, 120)
    for over in ("recorded", "completed", "declined", "withdrawn"):
        assert free(replace(open_one, state=over)) == (120, 120)


def test_what_fits_into_the_weeks_but_not_before_it_is_due_is_not_given() -> None:
    hand = replace(HAND, free=(120, 0, 0, 0, 0, 0, 120))
    early = [replace(PIECE, task_id=f"t{n}", quantity=100, due=0) for n in range(2)]
    assert len(planned(a_problem(early, [hand]))) == 1
    late = [replace(piece, due=6, release=1) for piece in early]
    assert len(planned(a_problem(late, [hand]))) == 1
    assert len(planned(a_problem([early[0], late[1]], [hand]))) == 2


def test_the_bound_is_what_the_minutes_are_worth_if_work_could_be_cut_anywhere() -> None:
    pieces = [replace(PIECE, task_id=f"t{n}") for n in range(3)]
    made = make_plan(a_problem(pieces, [replace(HAND, free=(90, 0, 0, 0, 0, 0, 0))]), 2.0)
    assert made.plan.objective == approx(float(made.field.value[0, 0]))
    assert made.plan.bound == approx(1.5 * float(made.field.value[0, 0]))
    assert made.plan.gap == approx(1 / 3)
