"""/matching/support: one question at a time, and what can be said so far of each programme. Every question can be passed over."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import APIRouter, Request, Response

from services.matching.guiding import Guidance, NoRules, answered, guidance
from services.matching.pages.visitor import form_command
from services.matching.store.support import Support
from services.matching.support import wording
from services.matching.support.answers import Answers, put
from services.matching.support.evaluating import Result
from services.matching.support.rules import AmountFact, AnyFact, ChoiceFact, Rules, YesNoFact
from services.matching.support.truth import Truth
from shared.clock import Clock
from shared.errors import Invalid
from shared.ids import new_ulid
from shared.tenancy import Desk, Tenant
from shared.web import Pages
from shared.web.visiting import Visitor, VisitorOf, form_of, go, page_route

PAGE: Final = "/matching/support"
ORDER: Final[tuple[Truth, ...]] = (True, None, False)
TEN_THOUSANDS: Final = re.compile(r"(\d{1,5})万(\d{0,4})")


def support_pages(clock: Clock, support: Support, pages: Pages) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    @router.get("/support")
    async def show_guidance(visitor: VisitorOf) -> Response:
        return await _page(visitor)

    @router.post("/support")
    async def keep_answer(visitor: VisitorOf, request: Request) -> Response:
        fields = {name: values[0] for name, values in (await form_of(request)).items()}
        command = await form_command(request, visitor, fields.get("idempotency_key", ""))
        wrong: dict[str, str] = {}

        def said(before: Answers, rules: Rules) -> Answers:
            fact = rules.by_id.get(fields.get("fact", ""))
            return before if fact is None else _put(before, rules, fact, fields)

        try:
            await answered(support, visitor.tenant.id, visitor.resident_id, said, clock.now(), command)
        except Invalid:
            wrong["value"] = "もう一度、答えを確かめてください。わからないときは「わからない」で大丈夫です。"
        except NoRules:
            pass  # the page itself says so
        if wrong:
            return await _page(visitor, wrong, fields.get("value", ""), 422)
        return go(PAGE)

    @router.post("/support/forget")
    async def forget_answers(visitor: VisitorOf) -> Response:
        await support.forget_answers(visitor.tenant.id, visitor.resident_id)
        return go(PAGE)

    async def _page(
        visitor: Visitor, problems: dict[str, str] | None = None, typed: str = "", status: int = 200
    ) -> Response:
        tenant = visitor.tenant
        found = await guidance(support, tenant.id, visitor.resident_id, clock.now())
        return pages.render(
            "support.html",
            tenant,
            status=status,
            found=found,
            question=_question(found),
            said=_said(found),
            groups=groups_of(found.results, tenant) if found else [],
            problems=problems or {},
            typed=typed,
            note=wording.DECIDES,
            days=tenant.spec.retention.support_answers,
            idempotency_key=new_ulid(),
        )

    return router


@dataclass(frozen=True)
class Card:
    """A programme as it is shown: `reasons` are (condition, how it stands, its source), those that decide it first."""

    result: Result
    reasons: tuple[dict[str, Any], ...]
    desk: Desk | Any


def groups_of(results: tuple[Result, ...], tenant: Tenant) -> list[tuple[str, str, list[Card]]]:
    """(code, heading, cards): what seems to fit, what cannot be said yet, what does not seem to; groups without any are left out."""
    found = [
        (
            wording.CODES[truth],
            wording.GROUPS[truth],
            [_card(result, tenant) for result in results if result.truth is truth],
        )
        for truth in ORDER
    ]
    return [group for group in found if group[2]]


def _card(result: Result, tenant: Tenant) -> Card:
    deciding = list(result.deciding)
    others = [judged for judged in result.conditions if judged not in deciding]
    reasons = tuple(
        {
            "text": judged.condition.text,
            "said": wording.condition_text(judged),
            "source": judged.condition.source,
            "checked": wording.day(judged.condition.source.checked_on),
            "until": wording.day(judged.condition.valid_until),
            "standing": judged.standing,
        }
        for judged in (*deciding, *others)
    )
    return Card(result, reasons, result.programme.desk or tenant.spec.desk)


def _question(found: Guidance | None) -> dict[str, Any] | None:
    if found is None or found.asked is None:
        return None
    return question_fields(found.asked.fact)


def question_fields(fact: AnyFact) -> dict[str, Any]:
    """What a form needs to ask for a fact."""
    options: list[tuple[str, str]] = []
    if isinstance(fact, YesNoFact):
        options = [("yes", wording.YES), ("no", wording.NO)]
    elif isinstance(fact, ChoiceFact):
        options = [(option.id, option.text) for option in fact.options]
    return {
        "id": fact.id,
        "text": fact.question,
        "hint": fact.hint,
        "kind": wording.kind_text(fact),
        "unit": wording.unit_text(fact),
        "options": options,
        "example": "例：138000、13万8000" if isinstance(fact, AmountFact) else "",
    }


def _said(found: Guidance | None) -> list[tuple[str, str, str]]:
    """(fact, question, answer) of what was answered, in the order of the rules."""
    if found is None:
        return []
    return [
        (fact.id, fact.question, wording.answer_text(fact, found.answers[fact.id]))
        for fact in found.rules.rules.facts
        if fact.id in found.answers
    ]


def _put(before: Answers, rules: Rules, fact: AnyFact, fields: Mapping[str, str]) -> Answers:
    """Raises Invalid for an answer that cannot be read."""
    match fields.get("go"):
        case "not_known":
            return put(before, rules, {}, not_known=[fact.id])
        case "not_said":
            return put(before, rules, {}, not_said=[fact.id])
        case "take_back":
            return put(before, rules, {}, take_back=[fact.id])
    return put(before, rules, {fact.id: value_of_form(fact, fields.get("value", ""))})


def value_of_form(fact: AnyFact, text: str) -> bool | int | str | None:
    """What was chosen or typed; None when it cannot be read, which no fact admits. Full-width digits, commas, 万 and units are understood."""
    if isinstance(fact, YesNoFact):
        return {"yes": True, "no": False}.get(text)
    if isinstance(fact, ChoiceFact):
        return text
    plain = unicodedata.normalize("NFKC", text).replace(",", "").replace(" ", "")
    plain = plain.removesuffix(wording.unit_text(fact)).removesuffix("円")
    if found := TEN_THOUSANDS.fullmatch(plain):
        return int(found[1]) * 10_000 + int(found[2] or 0)
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 10 else None
