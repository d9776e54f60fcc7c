"""Rows of the fairness page."""

from services.matching.engine.exposure import Seen
from services.matching.fairness import fairness_of
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
