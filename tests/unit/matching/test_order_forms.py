"""Forms of staff about orders: there and back without loss, and every mistake named at its field."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.matching.orders.check import QualityCheck
from services.matching.orders.order import Order
from services.matching.orders.task import Terms
from services.matching.orders.task_type import TaskType
from services.matching.pages.order_form import OrderForm, form_of_order, read_due
from services.matching.pages.task_type_form import NEW, form_of_type, read_type
from services.matching.pages.terms_form import TermsForm, form_of_terms, problem_of, read_terms, sent_terms
from shared.errors import Invalid

SAMPLE = QualityCheck("sample", 3)
KIND = TaskType("proofreading", "文字の確認", "頁", 10 / 3, 0.855, SAMPLE)
FINE = datetime(2026, 12, 10, 8, 30, tzinfo=UTC)
TERMS = Terms("proofreading", 12, 10 / 3, FINE, FINE.replace(day=4), SAMPLE, ("excel", "typing"), 4)
TYPED = TermsForm("proofreading", "１２", "", "2.5", "2026-12-04", "2026-12-10", "none", "", ("excel",))


def test_what_nobody_touches_stays_as_exact_as_it_was() -> None:
    plain = replace(TERMS, earliest_at=None, batch=None, check=QualityCheck("none"), skills=())
    for terms in (TERMS, plain):
        assert read_terms(form_of_terms(terms), KIND, terms) == (terms, {})
    assert read_type(form_of_type(KIND), KIND.code, KIND) == (KIND, {})
    order = Order("ord_1", "com_1", "見本", FINE, FINE)
    assert read_due(form_of_order(order), order) == (FINE, {})


def test_days_are_whole_days_in_japan_and_what_is_left_open_is_as_the_kind_says() -> None:
    terms, problems = read_terms(replace(TYPED, unit_minutes="", check=""), KIND)
    assert problems == {}
    assert terms == Terms(
        "proofreading", 12, 10 / 3, datetime(2026, 12, 10, 15, tzinfo=UTC),
        datetime(2026, 12, 3, 15, tzinfo=UTC), SAMPLE, ("excel",),
    )  # fmt: skip
    moved, _ = read_terms(replace(form_of_terms(TERMS), due="2026-12-11", unit_minutes="２．５"), KIND, TERMS)
    assert moved == replace(TERMS, due_at=datetime(2026, 12, 11, 15, tzinfo=UTC), unit_minutes=2.5)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("quantity", "0"), ("quantity", "x"), ("batch", "0"), ("unit_minutes", "0"), ("unit_minutes", "601"),
        ("unit_minutes", "1e2"), ("earliest", "0001-01-01"), ("due", ""), ("due", "2026-02-30"),
    ],
)  # fmt: skip
def test_a_mistake_is_named_at_its_field(field: str, typed: str) -> None:
    sent = {"type": [KIND.code], "quantity": ["12"], "due": ["2026-12-10"], field: [typed]}
    terms, problems = read_terms(sent_terms(sent), KIND)
    assert terms is None
    assert list(problems) == [field]


def test_a_sample_needs_its_number_and_a_task_its_kind() -> None:
    assert list(read_terms(replace(TYPED, check="sample"), KIND)[1]) == ["sample"]
    assert read_terms(replace(TYPED, check="sample", sample="3"), KIND)[1] == {}
    assert list(read_terms(TYPED, None)[1]) == ["type"]


def test_skills_are_codes_each_once_and_not_more_than_a_task_may_ask_for() -> None:
    assert sent_terms({"skills": ["excel", "excel", "Ｘ", "<b>"]}).skills == ("excel",)
    many = sent_terms({"skills": [f"skill_{n}" for n in range(30)]}).skills
    assert list(read_terms(replace(TYPED, skills=many), KIND)[1]) == ["skills"]


def test_a_kind_is_declared_with_all_that_it_needs() -> None:
    wanted, problems = read_type(replace(NEW, name="見本の入力", unit_minutes="3"), "entry")
    assert (wanted, problems) == (TaskType("entry", "見本の入力", "件", 3, 0.8), {})
    wrong = replace(NEW, unit="あ" * 11, bar="100", check="sample")
    assert set(read_type(wrong, "Entry")[1]) == {"name", "code", "unit", "unit_minutes", "bar", "sample"}


def test_an_order_needs_a_name_and_a_day() -> None:
    assert set(read_due(OrderForm())[1]) == {"title", "due"}
    assert read_due(OrderForm("見本", "2026-12-10"))[0] == datetime(2026, 12, 10, 15, tzinfo=UTC)


def test_a_rules_refusal_is_told_at_the_forms_field() -> None:
    assert list(problem_of(Invalid("check.sample", ""))) == ["sample"]
    assert "5より" in problem_of(Invalid("quantity", ""), used=5)["quantity"]
