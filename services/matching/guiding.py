"""The use case behind a look at support programmes: the rules that are good now, what the resident has said, and what follows from both.

Shared by the API and the pages. It knows nothing of offers, slates or companies, and they know nothing of it.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from services.matching.store.support import Support, Version
from services.matching.support.answers import Answers, known, passed
from services.matching.support.asking import Next, next_question
from services.matching.support.evaluating import Known, Result, judge
from services.matching.support.rules import Rules
from shared.clock import TOKYO
from shared.errors import Conflict
from shared.idempotency import Command


class NoRules(Conflict):
    """The municipality has not put any rules in force."""

    slug = "no-support-rules"


@dataclass(frozen=True)
class Guidance:
    """`version` is that of the answers. `asked` is None when no answer could settle anything more."""

    rules: Version
    answers: Answers
    version: int
    results: tuple[Result, ...]
    asked: Next | None


async def guidance(support: Support, tenant: str, resident_id: str, now: datetime) -> Guidance | None:
    """What can be said now; None while the municipality has no rules in force."""
    rules, (answers, version) = await asyncio.gather(
        support.active(tenant), support.answers(tenant, resident_id)
    )
    return await _made(rules, answers, version, now) if rules else None


async def answered(
    support: Support,
    tenant: str,
    resident_id: str,
    said: Callable[[Answers, Rules], Answers],
    now: datetime,
    command: Command,
    expected: int | None = None,
) -> Guidance:
    """Keep what was said and look again. Raises NoRules, and what `said` raises."""
    rules = await support.active(tenant)
    if rules is None:
        raise NoRules("the municipality has no rules in force")
    answers, version = await support.change_answers(
        tenant, resident_id, lambda before: said(before, rules.rules), now, command, expected
    )
    return await _made(rules, answers, version, now)


async def look(
    rules: Rules, situation: Known, not_asked: frozenset[str], today: date
) -> tuple[tuple[Result, ...], Next | None]:
    """What the rules say of a situation on a day, and what they would ask next. One municipality's large rule set holds up no other's
    requests meanwhile."""

    def both() -> tuple[tuple[Result, ...], Next | None]:
        return judge(rules, situation, today), next_question(rules, situation, not_asked, today)

    return await asyncio.to_thread(both)


async def _made(rules: Version, answers: Answers, version: int, now: datetime) -> Guidance:
    today = now.astimezone(TOKYO).date()
    results, asked = await look(rules.rules, known(answers, rules.rules), passed(answers, rules.rules), today)
    return Guidance(rules, answers, version, results, asked)
