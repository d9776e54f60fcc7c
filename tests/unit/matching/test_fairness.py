"""Rows of the fairness page."""

from datetime import date

from services.matching.engine.exposure import Seen
from services.matching.fairness import fairness_of, pushes_of
from services.matching.policy import Push
from tests.unit.matching.builders import an_offer


def test_companies_are_set_side_by_side_with_what_is_done_for_them() -> None:
    offers = [
        an_offer("a", company_id="x", company_name="大"),
        an_offer("b", company_id="y", company_name="小"),
    ]
    seen = {"x": Seen(1, 30.0, 3.0), "y": Seen(1, 10.0, 0.0)}
    found = fairness_of(offers, seen, ["a", "a", "b", "unknown"], 100)
    assert [(r.name, r.share, r.views, r.interest) for r in found.rows] == [
        ("大", 0.75, 2, 3),
        ("小", 0.25, 1, 0),
    ]
    assert found.gini == 0.25
    assert found.never_shown == 0
    none = fairness_of(offers, {"x": Seen(1, 0.0, 0.0)}, [], 100)
    assert (none.rows[0].share, none.rows[0].points, none.gini, none.never_shown) == (0.0, 0, 0.0, 1)


def test_a_push_is_told_with_what_it_adds_to_and_what_was_proposed_with_it_until_its_last_day() -> None:
    care = Push("介護", 50, ("P",), (), date(2026, 11, 22))
    farms = Push("畑", 20, (), ("農",), date(2026, 11, 21))
    offers = [
        an_offer("a", industry_code="P85"),
        an_offer("b", industry_code="P85"),
        an_offer("c", industry_code="P85", state="paused"),
        an_offer("d", tags=("農",)),
    ]
    pushed = [("a", "介護、畑"), ("a", "畑、介護")]
    rows = pushes_of((care, farms), offers, {"b"}, pushed, date(2026, 11, 22))
    assert [(r.push.name, r.running, r.offers, r.lifted, r.times) for r in rows] == [
        ("介護", True, 1, 1, 2),
        ("畑", False, 0, 1, 2),
    ]
