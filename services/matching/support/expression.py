"""Conditions as data: expressions over facts. Truths are yes, no or unknown; values are whole numbers of one kind, or unknown.

{fact: lost_job}                                       a fact that is answered with yes or no
{choice: living, one_of: [rent, shared]}               a fact with options
{compare: VALUE, is: at_most, to: VALUE}               below 未満, at_most 以下, above 超, at_least 以上, equal
{all: [TRUTH, …]}  {any: [TRUTH, …]}  {not: TRUTH}  {at_least: 2, of: [TRUTH, …]}

{fact: income}  {amount: 138000, what: gross_income, of: household, per: month}  {count: 65, unit: years_old}
{sum: [VALUE, …]}  {times: 3, value: VALUE}
{table: people, rows: [{up_to: 1, value: 84000}, …], beyond: 211000, as: {what: …, of: …, per: …}}
"""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import Discriminator, Field, Tag

from services.matching.support.kinds import Kind, Money, Per, Strict, Unit, Whose

HIGHEST: Final = 1_000_000_000
FactId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
Comparison = Literal["below", "at_most", "above", "at_least", "equal"]
Whole = Annotated[int, Field(strict=True, ge=0, le=HIGHEST)]
Few = Annotated[int, Field(strict=True, ge=1, le=20)]


def _tag(parts: Mapping[str, str]) -> Any:
    """Which form something is, by the key that only this form has; its errors are then those of this form alone."""

    def tag(given: Any) -> str | None:
        if isinstance(given, Mapping):
            return next((f"<{key}>" for key in parts if key in given), None)
        return next((f"<{key}>" for key, name in parts.items() if type(given).__name__ == name), None)

    return tag


class FactTruth(Strict):
    fact: FactId


class Chosen(Strict):
    choice: FactId
    one_of: Annotated[tuple[str, ...], Field(min_length=1, max_length=20)]


class Compare(Strict):
    compare: "Value"
    relation: Comparison = Field(alias="is")
    to: "Value"


class All(Strict):
    parts: "Parts" = Field(alias="all")


class AnyOf(Strict):
    parts: "Parts" = Field(alias="any")


class Not(Strict):
    part: "Expression" = Field(alias="not")


class AtLeast(Strict):
    count: Few = Field(alias="at_least")
    parts: "Parts" = Field(alias="of")


class FactValue(Strict):
    fact: FactId


class Amount(Strict):
    amount: Whole
    what: Money
    of: Whose
    per: Per


class Count(Strict):
    count: Whole
    unit: Unit


class Sum(Strict):
    parts: Annotated[tuple["Value", ...], Field(min_length=2, max_length=10)] = Field(alias="sum")


class Times(Strict):
    times: Few
    value: "Value"


class Row(Strict):
    """Good for the fact's values up to and with `up_to`, beyond those of the row before."""

    up_to: Whole
    value: Whole


class Table(Strict):
    """A value by another fact, e.g. a limit by the size of the household. Without `beyond` it is unknown past the last row."""

    by: FactId = Field(alias="table")
    rows: Annotated[tuple[Row, ...], Field(min_length=1, max_length=20)]
    beyond: Whole | None = None
    kind: Kind = Field(alias="as")


_TRUTHS: Final = {
    "fact": "FactTruth", "choice": "Chosen", "compare": "Compare", "all": "All", "any": "AnyOf", "not": "Not",
    "at_least": "AtLeast",
}  # fmt: skip
_VALUES: Final = {
    "fact": "FactValue", "amount": "Amount", "count": "Count", "sum": "Sum", "times": "Times", "table": "Table",
}  # fmt: skip

Expression = Annotated[
    Annotated[FactTruth, Tag("<fact>")]
    | Annotated[Chosen, Tag("<choice>")]
    | Annotated[Compare, Tag("<compare>")]
    | Annotated[All, Tag("<all>")]
    | Annotated[AnyOf, Tag("<any>")]
    | Annotated[Not, Tag("<not>")]
    | Annotated[AtLeast, Tag("<at_least>")],
    Discriminator(_tag(_TRUTHS)),
]
Value = Annotated[
    Annotated[FactValue, Tag("<fact>")]
    | Annotated[Amount, Tag("<amount>")]
    | Annotated[Count, Tag("<count>")]
    | Annotated[Sum, Tag("<sum>")]
    | Annotated[Times, Tag("<times>")]
    | Annotated[Table, Tag("<table>")],
    Discriminator(_tag(_VALUES)),
]
Parts = Annotated[tuple[Expression, ...], Field(min_length=1, max_length=20)]
for _model in (Compare, All, AnyOf, Not, AtLeast, Sum, Times):
    _model.model_rebuild()

AnyTruth = FactTruth | Chosen | Compare | All | AnyOf | Not | AtLeast
AnyValue = FactValue | Amount | Count | Sum | Times | Table


def facts_of(part: AnyTruth | AnyValue) -> Iterator[str]:
    """Ids of every fact that is mentioned, in order, perhaps more than once."""
    match part:
        case FactTruth(fact=fact) | FactValue(fact=fact):
            yield fact
        case Chosen(choice=fact) | Table(by=fact):
            yield fact
        case Compare(compare=left, to=right):
            yield from facts_of(left)
            yield from facts_of(right)
        case All(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts) | Sum(parts=parts):
            for each in parts:
                yield from facts_of(each)
        case Not(part=inner) | Times(value=inner):
            yield from facts_of(inner)
        case Amount() | Count():
            return


def compares_of(part: AnyTruth) -> Iterator[Compare]:
    """Every comparison in it."""
    match part:
        case Compare():
            yield part
        case All(parts=parts) | AnyOf(parts=parts) | AtLeast(parts=parts):
            for each in parts:
                yield from compares_of(each)
        case Not(part=inner):
            yield from compares_of(inner)
        case FactTruth() | Chosen():
            return
