"""Rule sets for tests: one written by hand, and small ones of any shape, over facts with few answers, so that every completion can be tried."""

import itertools
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from hypothesis import strategies as st

from services.matching.support.rules import Rules

TODAY = date(2026, 12, 1)
SOURCE = {"title": "見本の要綱", "url": "https://sample-a.example/rules", "checked_on": "2026-10-01"}
YEAR = {"valid_from": "2026-04-01", "valid_until": "2027-03-31"}
INCOME = {"what": "gross_income", "of": "household", "per": "month"}
OTHER = {"what": "taxable_income", "of": "household", "per": "year"}
PEOPLE = {"unit": "people"}
HIGHEST = 4
FACTS: list[dict[str, Any]] = [
    {"id": "lost_job", "ask": "yes_no", "question": "仕事をやめましたか"},
    {"id": "alone", "ask": "yes_no", "question": "ひとりぐらしですか"},
    {"id": "home", "ask": "choice", "question": "住まいは", "options": [
        {"id": "rented", "text": "借りている"}, {"id": "owned", "text": "持ち家"}, {"id": "none", "text": "ない"}]},
    {"id": "income", "ask": "amount", "question": "収入は", "highest": HIGHEST, **INCOME},
    {"id": "gift", "ask": "amount", "question": "ほかの収入は", "highest": HIGHEST, **INCOME},
    {"id": "people", "ask": "count", "question": "何人ですか", "lowest": 1, "highest": 3, **PEOPLE},
]  # fmt: skip
NAMES = [fact["id"] for fact in FACTS]
DOMAINS: Mapping[str, list[Any]] = {
    "lost_job": [True, False],
    "alone": [True, False],
    "home": ["rented", "owned", "none"],
    "income": list(range(HIGHEST + 1)),
    "gift": list(range(HIGHEST + 1)),
    "people": [1, 2, 3],
}


def amount(yen: int, **kind: Any) -> dict[str, Any]:
    return {"amount": yen, **INCOME, **kind}


def a_condition(when: Any, **changes: Any) -> dict[str, Any]:
    return {"id": "one", "text": "見本の条件", "when": when, "source": SOURCE, **YEAR, **changes}


def a_programme(*conditions: dict[str, Any], **changes: Any) -> dict[str, Any]:
    numbered = [{**condition, "id": f"c{n}"} for n, condition in enumerate(conditions)]
    return {
        "id": "sample",
        "name": "見本の支援",
        "summary": "見本です",
        "conditions": numbered,
        **changes,
    }


def plain_rules(*programmes: dict[str, Any], facts: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"name": "見本の制度", "sample": True, "facts": facts or FACTS, "programmes": list(programmes)}


def rules_for(*whens: Any) -> Rules:
    """A programme for each expression."""
    made = [a_programme(a_condition(when), id=f"p{n}") for n, when in enumerate(whens)]
    return Rules.model_validate(plain_rules(*made))


def completions(known: Mapping[str, Any], names: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Every way in which what is unknown could turn out."""
    missing = [name for name in names or NAMES if name not in known]
    for values in itertools.product(*(DOMAINS[name] for name in missing)):
        yield {**known, **dict(zip(missing, values, strict=True))}


literals = st.integers(0, 2 * HIGHEST).map(amount)
tables = st.builds(
    lambda values, beyond: {
        "table": "people",
        "rows": [{"up_to": n + 1, "value": value} for n, value in enumerate(values)],
        "as": INCOME,
        **({} if beyond is None else {"beyond": beyond}),
    },
    st.lists(st.integers(0, 6), min_size=1, max_size=3),
    st.none() | st.integers(0, 6),
)
amounts = st.recursive(
    st.sampled_from([{"fact": "income"}, {"fact": "gift"}]) | literals | tables,
    lambda inner: (
        st.builds(lambda parts: {"sum": parts}, st.lists(inner, min_size=2, max_size=3))
        | st.builds(lambda times, value: {"times": times, "value": value}, st.integers(1, 3), inner)
    ),
    max_leaves=4,
)
counts = st.just({"fact": "people"}) | st.integers(0, 4).map(lambda n: {"count": n, **PEOPLE})
relations = st.sampled_from(["below", "at_most", "above", "at_least", "equal"])


def comparing(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(lambda a, how, b: {"compare": a, "is": how, "to": b}, values, relations, values)


leaves = (
    st.sampled_from([{"fact": "lost_job"}, {"fact": "alone"}])
    | st.lists(st.sampled_from(DOMAINS["home"]), min_size=1, unique=True).map(
        lambda options: {"choice": "home", "one_of": options}
    )
    | comparing(amounts)
    | comparing(counts)
)
expressions = st.recursive(
    leaves,
    lambda inner: (
        st.builds(lambda part: {"not": part}, inner)
        | st.builds(
            lambda name, parts: {name: parts},
            st.sampled_from(["all", "any"]),
            st.lists(inner, min_size=1, max_size=3),
        )
        | st.lists(inner, min_size=1, max_size=3).flatmap(
            lambda parts: st.integers(1, len(parts)).map(lambda count: {"at_least": count, "of": parts})
        )
    ),
    max_leaves=6,
)
situations = st.fixed_dictionaries(
    {}, optional={name: st.sampled_from(domain) for name, domain in DOMAINS.items()}
)
