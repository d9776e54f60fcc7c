"""Answers, what another version changes, and what staff should look at."""

from datetime import date
from typing import Any

import pytest

from services.matching.support.answers import NOTHING, known, passed, put
from services.matching.support.comparing import differences, situations
from services.matching.support.concerns import looks_of
from services.matching.support.rules import Rules
from shared.errors import Invalid
from tests.unit.matching.support.made import (
    FACTS,
    TODAY,
    a_condition,
    a_programme,
    amount,
    plain_rules,
    rules_for,
)

ASKING_ALL = rules_for({"fact": "lost_job"}, {"fact": "alone"})


def test_not_knowing_and_not_saying_are_answers_that_leave_it_unknown() -> None:
    said = put(NOTHING, ASKING_ALL, {"income": 3, "people": 2}, not_known=["alone"], not_said=["lost_job"])
    assert known(said, ASKING_ALL) == {"income": 3, "people": 2}
    assert passed(said, ASKING_ALL) == {"alone", "lost_job"}
    changed = put(said, ASKING_ALL, {"alone": True}, take_back=["income", "lost_job"])
    assert (known(changed, ASKING_ALL), passed(changed, ASKING_ALL)) == (
        {"alone": True, "people": 2},
        frozenset(),
    )


@pytest.mark.parametrize(
    ("fact", "value"),
    [("nobody", 1), ("alone", 1), ("alone", None), ("income", True), ("income", 5), ("income", -1), ("people", 1.0),
     ("home", "castle"), ("home", ["rented"])],
)  # fmt: skip
def test_what_a_fact_does_not_admit_is_refused_by_name(fact: str, value: Any) -> None:
    with pytest.raises(Invalid) as caught:
        put(NOTHING, ASKING_ALL, {fact: value})
    assert caught.value.field == f"answers.{fact}"


def test_an_answer_about_another_kind_of_amount_says_nothing_and_is_not_kept() -> None:
    said = put(NOTHING, ASKING_ALL, {"income": 3})
    facts = [{**fact, "per": "year"} if fact["id"] == "income" else fact for fact in FACTS]
    yearly = Rules.model_validate(plain_rules(a_programme(a_condition({"fact": "alone"})), facts=facts))
    assert known(said, yearly) == {}
    assert put(said, yearly, {"alone": True}).keys() == {"alone"}


def test_a_version_that_changes_nothing_shows_no_difference() -> None:
    made = situations(ASKING_ALL, ASKING_ALL, 60, TODAY)
    assert made == situations(ASKING_ALL, ASKING_ALL, 60, TODAY)
    assert differences(ASKING_ALL, ASKING_ALL, made, TODAY) == ()


def test_a_higher_limit_shows_who_would_newly_fit() -> None:
    def limit(yen: int) -> Rules:
        return rules_for(
            {"compare": {"fact": "income"}, "is": "at_most", "to": amount(yen)}, {"fact": "alone"}
        )

    old, new = limit(1), limit(3)
    (found,) = differences(old, new, situations(old, new, 100, TODAY), TODAY)
    assert found.programme == "p0"
    assert set(found.counted) == {(False, True)}
    assert found.example is not None
    assert 1 < int(found.example["income"]) <= 3


def test_programmes_that_come_and_go_are_named() -> None:
    one, both = rules_for({"fact": "alone"}), rules_for({"fact": "alone"}, {"fact": "lost_job"})
    made = situations(one, both, 10, TODAY)
    assert [(d.programme, d.new, d.gone) for d in differences(one, both, made, TODAY)] == [
        ("p1", True, False)
    ]
    assert [(d.programme, d.new, d.gone) for d in differences(both, one, made, TODAY)] == [
        ("p1", False, True)
    ]
    assert [d.new for d in differences(None, one, made, TODAY)] == [True]


def test_staff_are_told_what_is_over_what_ends_soon_and_what_nobody_looked_at() -> None:
    old = {"title": "見本", "url": "https://sample.example", "checked_on": "2025-01-01"}
    conditions = [
        a_condition({"fact": "alone"}, valid_until="2026-11-30"),
        a_condition({"fact": "alone"}, valid_from="2026-12-02"),
        a_condition({"fact": "alone"}, valid_until="2027-01-30"),
        a_condition({"fact": "alone"}, source=old),
    ]
    rules = Rules.model_validate(plain_rules(a_programme(*conditions)))
    found = [(look.concern, look.on) for look in looks_of(rules, TODAY)]
    assert found == [
        ("expired", date(2026, 11, 30)),
        ("not_yet", date(2026, 12, 2)),
        ("soon", date(2027, 1, 30)),
        ("source_old", date(2025, 1, 1)),
    ]
