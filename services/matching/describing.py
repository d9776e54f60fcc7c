"""The use cases behind workplaces: what a company says of one, and what those say who have been there."""

from collections.abc import Mapping
from datetime import datetime

from services.matching import workplace as rules
from services.matching.store import Store
from services.matching.store.workplaces import silent
from services.matching.workplace import Workplace
from shared.errors import Forbidden, NotFound
from shared.events.envelope import Payload
from shared.idempotency import Command

BEEN_THERE = frozenset({"experience", "apply"})
"""What somebody has said to an offer who may speak of its workplace."""
Answers = Mapping[str, int | None]


async def open_workplace(
    store: Store,
    tenant: str,
    company_id: str,
    name: str,
    about: str,
    answers: Answers,
    command: Command,
    now: datetime,
) -> Workplace:
    """A new workplace of a company. Raises NotFound, Invalid."""
    company = await store.companies.get(tenant, company_id)
    made = Workplace(command.new_id("wpl"), company.id, name, about=about, created_at=now)
    if answers:
        made = rules.say(made, answers, now)
    return await store.workplaces.add(tenant, made, command)


async def describe(
    store: Store,
    tenant: str,
    workplace_id: str,
    name: str,
    about: str,
    answers: Answers,
    command: Command,
    now: datetime,
    *,
    expected: int | None = None,
    company_id: str | None = None,
) -> Workplace:
    """The company's words. Answers that are not named stay. Raises NotFound (also for another company's), Invalid, StaleVersion."""

    def rule(workplace: Workplace) -> tuple[Workplace, list[Payload]]:
        if company_id not in (None, workplace.company_id):
            raise NotFound(f"no workplaces {workplace_id}")
        changed = rules.describe(workplace, name, about)
        return silent(rules.say(changed, answers, now) if answers else changed)

    return await store.workplaces.change(tenant, workplace_id, rule, command, expected)


async def experience(
    store: Store,
    tenant: str,
    workplace_id: str,
    resident_id: str,
    answers: Answers,
    note: str | None,
    command: Command,
) -> Workplace:
    """What somebody says who has been there, under a key that says nothing of who they are. None leaves their note as it is.

    Raises NotFound, Invalid, Forbidden for who has asked neither to try nor to have work there.
    """
    await must_have_been_there(store, tenant, workplace_id, resident_id)
    key = store.workplaces.person_key(tenant, workplace_id, resident_id)

    def rule(workplace: Workplace) -> tuple[Workplace, list[Payload]]:
        heard = rules.hear(workplace, key, "trainee", answers) if answers else workplace
        return silent(heard if note is None else rules.remark(heard, key, note))

    return await store.workplaces.change(tenant, workplace_id, rule, command)


async def release_note(
    store: Store, tenant: str, workplace_id: str, key: str, released: bool, command: Command
) -> Workplace:
    """Staff let others read what somebody wrote, or no longer. Raises NotFound."""
    return await store.workplaces.change(
        tenant, workplace_id, lambda w: silent(rules.release(w, key, released)), command
    )


async def must_have_been_there(store: Store, tenant: str, workplace_id: str, resident_id: str) -> Workplace:
    """The workplace. Raises NotFound, Forbidden."""
    workplace = await store.workplaces.get(tenant, workplace_id)
    said = await store.interests.newest(tenant, resident_id)
    asked = [interest.offer_id for interest in said if interest.kind in BEEN_THERE]
    offers = await store.offers.of_ids(tenant, asked)
    if all(offer.workplace_id != workplace_id for offer in offers.values()):
        raise Forbidden("only who has been there speaks of a workplace")
    return workplace
