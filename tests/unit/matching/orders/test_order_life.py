"""Orders, tasks and assignments: what may follow what, and that no unit is counted twice or lost."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.orders import assignment as work
from services.matching.orders import order as orders
from services.matching.orders import task as tasks
from services.matching.orders.assignment import Assignment, AssignmentNotThere, DayShare
from services.matching.orders.check import EVERY_UNIT, QualityCheck
from services.matching.orders.order import NEXT, OrderNotThere, OrderUnfinished
from services.matching.orders.task import Override, Task, TaskClosed, TaskTaken, Terms
from shared.errors import Invalid
from shared.events.envelope import Payload
from shared.events.matching.orders import (
    AssignmentAccepted,
    AssignmentCompleted,
    AssignmentDeclined,
    PromisedWeek,
    ReturnReason,
)

NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
DUE = NOW + timedelta(days=20)


def an_order(state: orders.State = "draft") -> orders.Order:
    order, _ = orders.receive("ord_1", "com_1", "見本の入力", DUE, False, "staff:a", NOW)
    return replace(order, state=state)


def a_task(quantity: int = 100, batch: int | None = 30, **terms: object) -> Task:
    asked = replace(Terms("entry", quantity, 3.0, DUE, batch=batch), **terms)  # type: ignore[arg-type]
    return Task("tsk_1", "ord_1", asked, NOW)


def an_assignment(check: QualityCheck = EVERY_UNIT, quantity: int = 30) -> Assignment:
    days = (DayShare(date(2026, 12, 4), 60), DayShare(date(2026, 12, 7), 40))
    return Assignment(
        "asg_1", "ord_1", "tsk_1", "res_1", "entry", quantity, 3.0, 100, days, DUE, check, NOW, "staff:a"
    )


def names(events: list[Payload]) -> list[str]:
    return [type(event).__name__ for event in events]


def test_an_order_takes_every_step_of_its_life_and_no_other() -> None:
    life: tuple[orders.State, ...] = (
        "draft", "accepted", "in_progress", "delivered", "returned", "in_progress", "delivered", "accepted_by_client",
    )  # fmt: skip
    for before, after in pairwise(life):
        assert orders.move(an_order(before), after, "staff:a", NOW)[0].steps[-1].state == after
    for state, allowed in NEXT.items():
        for other in set(NEXT) - allowed - {state}:
            with pytest.raises(OrderNotThere):
                orders.move(an_order(state), other, "staff:a", NOW)
    assert orders.move(an_order("accepted"), "accepted", "staff:a", NOW) == (an_order("accepted"), [])


def test_an_order_is_not_delivered_while_something_is_not_done() -> None:
    with pytest.raises(OrderUnfinished) as refused:
        orders.deliver(an_order("in_progress"), ["tsk_1"], "staff:a", NOW)
    assert refused.value.params["extra"] == {"tasks": ["tsk_1"]}
    assert orders.deliver(an_order("in_progress"), [], "staff:a", NOW)[0].state == "delivered"


def test_an_order_is_not_due_before_its_tasks_or_in_the_past() -> None:
    with pytest.raises(Invalid, match="must be after now"):
        orders.receive("ord_1", "com_1", "見本", NOW, False, "staff:a", NOW)
    with pytest.raises(Invalid, match="a task of the order is due later"):
        orders.change(an_order(), "見本", DUE - timedelta(days=1), False, DUE)


def test_the_same_units_are_given_away_once() -> None:
    task = tasks.hold(a_task(), "asg_1", 80)
    with pytest.raises(TaskTaken) as refused:
        tasks.hold(task, "asg_2", 30)
    assert refused.value.params["extra"] == {"left": 20}
    assert tasks.hold(task, "asg_2", 20).state == "held"
    with pytest.raises(TaskTaken):
        tasks.hold(tasks.hold(a_task(), "asg_1", 100), "asg_2", 0)
    with pytest.raises(Invalid, match="all of it goes to one person"):
        tasks.hold(a_task(batch=None), "asg_1", 50)


def test_who_declined_is_not_asked_again_unless_staff_name_them() -> None:
    task = tasks.give_back(tasks.hold(a_task(), "asg_1", 30), "asg_1", "res_1")
    assert (task.left, task.barred) == (100, frozenset({"res_1"}))
    pinned = tasks.override(task, Override("pin", "res_1", "staff:a", NOW))
    assert (pinned.pinned, pinned.barred) == ("res_1", frozenset())
    other = tasks.override(pinned, Override("pin", "res_2", "staff:b", NOW))
    assert (other.pinned, [o.resident_id for o in other.overrides]) == ("res_2", ["res_2"])
    assert tasks.override(task, Override("forbid", "res_3", "staff:a", NOW)).barred == {"res_1", "res_3"}


def test_a_task_keeps_what_is_under_way() -> None:
    task = tasks.hold(a_task(), "asg_1", 30)
    with pytest.raises(Invalid, match="30 are done or being worked on"):
        tasks.change(task, replace(task.terms, quantity=29, batch=10), DUE, NOW)
    with pytest.raises(TaskClosed):
        tasks.change(task, replace(task.terms, type="proof"), DUE, NOW)
    with pytest.raises(TaskClosed):
        tasks.cancel(task)
    with pytest.raises(Invalid, match="must not be after the order is due"):
        tasks.check_terms(task.terms, DUE - timedelta(days=1), NOW)


@given(st.lists(st.tuples(st.integers(1, 40), st.sampled_from(("done", "part", "back"))), max_size=12))
def test_no_unit_is_lost_or_counted_twice(steps: list[tuple[int, str]]) -> None:
    task, done = a_task(), 0
    for number, (quantity, ending) in enumerate(steps):
        name = f"asg_{number}"
        if quantity > task.left:
            with pytest.raises(TaskTaken):
                tasks.hold(task, name, quantity)
            continue
        task = tasks.hold(task, name, quantity)
        units = {"done": quantity, "part": quantity // 2, "back": 0}[ending]
        task = tasks.give_back(task, name) if ending == "back" else tasks.finish(task, name, units, "res_1")
        done += units
        assert (task.done, task.left, task.held) == (done, 100 - done, {})


def test_a_request_becomes_a_promise_of_its_weeks_and_leaves_the_minutes_that_were_used() -> None:
    promised, events = work.accept(an_assignment(), NOW)
    (accepted,) = events
    assert isinstance(accepted, AssignmentAccepted)
    monday, next_monday = date(2026, 11, 30), date(2026, 12, 7)
    assert accepted.weeks == (
        PromisedWeek(monday=monday, minutes=60),
        PromisedWeek(monday=next_monday, minutes=40),
    )
    assert work.accept(promised, NOW) == (promised, [])
    later = datetime(2026, 12, 8, 3, tzinfo=UTC)
    recorded, nothing = work.record(work.start(promised)[0], 30, 110, "resident:res_1", later)
    assert (recorded.state, nothing) == ("recorded", [])
    again, _ = work.record(recorded, 28, 110, "resident:res_1", later)
    done, events = work.check(again, 28, 27, 0, None, "tsk_9", "staff:a", later)
    (completed,) = events
    assert isinstance(completed, AssignmentCompleted)
    assert completed.weeks == (
        PromisedWeek(monday=monday, minutes=66),
        PromisedWeek(monday=next_monday, minutes=44),
    )
    assert (done.state, completed.done, completed.returned) == ("completed", 28, 0)
    early, events = work.record(promised, 30, 50, "resident:res_1", NOW)
    assert early.state == "recorded"


def test_units_that_come_back_are_a_task_of_their_own_with_a_reason() -> None:
    recorded, _ = work.record(work.accept(an_assignment(), NOW)[0], 30, 100, "staff:a", NOW)
    wrong: tuple[tuple[int, int, int, ReturnReason | None, str], ...] = (
        (29, 29, 0, None, "checked"),
        (30, 31, 0, None, "passed"),
        (30, 30, 31, "content", "returned"),
        (30, 28, 2, None, "reason"),
        (30, 30, 0, "content", "reason"),
    )
    for checked, passed, returned, reason, field in wrong:
        with pytest.raises(Invalid) as refused:
            work.check(recorded, checked, passed, returned, reason, "tsk_9", "staff:a", NOW)
        assert refused.value.field == field
    done, events = work.check(recorded, 30, 28, 2, "content", "tsk_9", "staff:a", NOW)
    assert names(events) == ["AssignmentCompleted", "AssignmentReturned"]
    again = tasks.rework(a_task(check=QualityCheck("none")), "tsk_9", 2, done.id, DUE, NOW)
    assert (again.terms.quantity, again.terms.check, again.rework_of) == (2, EVERY_UNIT, "asg_1")


def test_what_nobody_looks_at_is_complete_once_it_is_recorded() -> None:
    accepted, _ = work.accept(an_assignment(QualityCheck("none")), NOW)
    done, events = work.record(accepted, 10, 40, "resident:res_1", NOW)
    assert (done.state, names(events)) == ("completed", ["AssignmentCompleted"])
    sampled, _ = work.record(
        work.accept(an_assignment(QualityCheck("sample", 5)), NOW)[0], 10, 40, "staff:a", NOW
    )
    with pytest.raises(Invalid, match=r"5\.\.10"):
        work.check(sampled, 4, 4, 0, None, "tsk_9", "staff:a", NOW)


def test_no_reason_is_asked_and_a_promise_may_be_taken_back() -> None:
    declined, (event,) = work.decline(an_assignment(), NOW)
    assert isinstance(event, AssignmentDeclined)
    assert not event.after_acceptance
    assert set(AssignmentDeclined.model_fields) == {
        "resident_id", "assignment_id", "order_id", "task_id", "after_acceptance",
    }  # fmt: skip
    begun = work.start(work.accept(an_assignment(), NOW)[0])[0]
    _, (after,) = work.decline(begun, NOW)
    assert isinstance(after, AssignmentDeclined)
    assert after.after_acceptance
    with pytest.raises(AssignmentNotThere):
        work.accept(declined, NOW)
    with pytest.raises(AssignmentNotThere):
        work.accept(an_assignment(), DUE)
    recorded, _ = work.record(begun, 30, 100, "staff:a", NOW)
    for ending in (work.withdraw, lambda a: work.decline(a, NOW)):
        with pytest.raises(AssignmentNotThere):
            ending(recorded)
