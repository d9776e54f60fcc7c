"""What the pages around the centre draw and understand: months, bars, days, digits."""

from datetime import UTC, date, datetime

import pytest

from services.matching.assessment.axes import AXIS_OF, HIGHEST, LOWEST
from services.matching.assessment.growth import Growth
from services.matching.assessment.record import Assessment, Kind, Said
from services.matching.orders.assignment import Assignment, DayShare, State
from services.matching.orders.capability import Knowledge
from services.matching.orders.check import EVERY_UNIT
from services.matching.orders.plan_record import PlanRecord, Proposal
from services.matching.orders.problem import Hand
from services.matching.pages.assess_form import AssessForm, form_of, month_in, sent_form
from services.matching.pages.growth_chart import BOTTOM, MONTHS, TICKS, TOP, apart, panels
from services.matching.pages.growth_view import growth_view
from services.matching.pages.order_views import due_at_of, due_day, hours_text, known_of, loads
from services.matching.pages.sent import number

NOW = datetime(2026, 12, 3, 1, tzinfo=UTC)


def seen(period: date, kind: Kind, value: int) -> Assessment:
    said = Said(dict.fromkeys(AXIS_OF, value), NOW, "x")
    return Assessment(f"ass_{period}{kind}", "res_one", period, kind, (said,))


def test_the_picture_holds_the_latest_year_and_the_same_figures_as_its_table() -> None:
    months = [date(2025, n, 1) for n in range(6, 13)] + [date(2026, n, 1) for n in range(1, 13)]
    growth = Growth("t", "res_one", tuple(seen(m, "self", LOWEST + n % 5) for n, m in enumerate(months)))
    for panel in panels(growth):
        assert [row.month for row in panel.rows] == months[-MONTHS:]
        assert [row.own for row in panel.rows] == [point.value for point in panel.own]
        assert panel.staff == ()
        assert len(panel.ticks) <= TICKS
        heights = {point.value: point.y for point in panel.own}
        assert (heights[HIGHEST], heights[LOWEST]) == (TOP, BOTTOM)
        assert [p.x for p in panel.own] == sorted({p.x for p in panel.own})
    assert panels(Growth("t", "res_one")) == []


def test_what_differs_is_told_of_the_latest_month_that_both_have_seen() -> None:
    both = [seen(date(2026, 11, 1), "self", 2), seen(date(2026, 11, 1), "staff", 4)]
    month, found = apart(Growth("t", "res_one", (*both, seen(date(2026, 12, 1), "self", 5))))
    assert month == date(2026, 11, 1)
    assert {(one.own, one.staff) for one in found} == {(2, 4)}


def test_a_form_says_what_was_chosen_and_needs_one_answer() -> None:
    form = sent_form({"habits-1": ["4"], "habits-2": [""], "habits-3": ["9"], "other-1": ["5"]})
    said = form.said("x", NOW)
    assert (dict(said.answers), form.problems) == ({"habits-1": 4}, {})
    assert form_of(said).chosen == {"habits-1": "4"}
    assert AssessForm({"habits-1": ""}).problems


@pytest.mark.parametrize("text", ["2027-01", "2025-11", "x", "", "2026-13", "0000-01"])
def test_a_month_that_cannot_be_looked_at_is_this_one(text: str) -> None:
    assert month_in(text, NOW) == date(2026, 12, 1)


def test_due_on_a_day_is_the_end_of_that_day_in_japan() -> None:
    assert due_at_of("2026-12-10") == datetime(2026, 12, 10, 15, tzinfo=UTC)
    assert due_day(due_at_of("2026-12-10")) == date(2026, 12, 10)
    for text in ("", "0001-01-01", "9999-12-31", "2026-02-30"):
        with pytest.raises(ValueError, match=r"."):
            due_at_of(text)


def test_numbers_are_read_as_people_type_them_and_nothing_else_is() -> None:
    assert [number({"n": [text]}, "n", 100) for text in ("12", "１２", "101", "-1", "1.5", "x", "")] == [
        12, 12, None, None, None, None, None,
    ]  # fmt: skip
    assert [hours_text(minutes) for minutes in (0, 45, 60, 90, 85)] == [
        "0分", "45分", "1時間", "1.5時間", "1.4時間",
    ]  # fmt: skip


def test_a_plans_own_requests_do_not_count_as_taken_from_it_and_who_was_replaced_is_not_asked_for_time() -> (
    None
):
    share = (DayShare(date(2026, 12, 4), 60),)
    who = ("res_a", "res_a", "res_b", "res_d")
    proposals = tuple(Proposal("tsk_1", "ord_1", one, 1, 60, share, False, ()) for one in who)
    plan = PlanRecord("pln_1", NOW, "x", date(2026, 12, 4), proposals, (), 0, None, None, 0, "greedy", 0, 3)

    def asked(resident_id: str, minutes: int, state: State) -> Assignment:
        return Assignment(
            "asg_1", "ord_1", "tsk_1", resident_id, "entry", 1, 60, minutes, share, NOW, EVERY_UNIT, NOW, "x", state=state
        )  # fmt: skip

    present = {
        0: asked("res_a", 60, "accepted"),
        1: asked("res_a", 60, "declined"),
        3: asked("res_c", 30, "proposed"),
    }
    hands = {"res_a": Hand("res_a", (60, 60)), "res_c": Hand("res_c", (0,))}
    found = {load.resident_id: (load.planned, load.free) for load in loads(plan, hands, present)}
    assert found == {"res_a": (120, 180), "res_b": (60, 0), "res_c": (30, 30)}


def test_both_sides_see_the_same_of_how_work_goes_and_each_its_own_months() -> None:
    this, last = date(2026, 12, 1), date(2026, 11, 1)
    growth = Growth("t", "res_one", (seen(last, "staff", 4), seen(last, "self", 2), seen(this, "self", 3)))
    own, staff = (growth_view(growth, kind, NOW) for kind in ("self", "staff"))
    assert (set(own.pop("own")), set(staff.pop("own"))) == ({this, last}, {last})
    assert own == staff
    assert (own["recent"], own["both"], len(own["apart"])) == ((this, last), last, 4)
    assert [month for month, _ in own["months"]] == [this, last]


def test_a_record_that_says_little_says_so() -> None:
    unknown = known_of("res_a", Knowledge((), NOW).ability("res_a", "any"))
    assert unknown.words == "まだ記録がありません"
    assert unknown.lower < unknown.mean < unknown.upper <= 1
