"""The use cases behind companies: registering, being let in, resting. Shared by the API, the company's pages and the staff's."""

from datetime import datetime

from services.matching import company as rules
from services.matching.company import Company
from services.matching.registration import DeclineReason, PauseReason
from services.matching.store import Store
from shared.idempotency import Command

LIKE = 5
"""How many companies of the same name or contact staff are shown."""


async def approve(
    store: Store,
    tenant: str,
    company_id: str,
    by: str,
    command: Command,
    now: datetime,
    expected: int | None = None,
) -> Company:
    """Let it in, as whoever decides has read it at the `expected` version; it is told by mail. Raises NotFound, NotNow, StaleVersion."""

    def rule(company: Company) -> rules.Change:
        return rules.approve(company, by, now, lambda c: store.companies.sealed_contact(tenant, c))

    return await store.companies.change(tenant, company_id, rule, command, expected)


async def decline(
    store: Store,
    tenant: str,
    company_id: str,
    reason: DeclineReason,
    by: str,
    command: Command,
    now: datetime,
) -> Company:
    """It is told by mail, with the reason. Raises NotFound, NotNow."""

    def rule(company: Company) -> rules.Change:
        return rules.decline(company, reason, by, now, lambda c: store.companies.sealed_contact(tenant, c))

    return await store.companies.change(tenant, company_id, rule, command)


async def pause(
    store: Store, tenant: str, company_id: str, reason: PauseReason, by: str, command: Command, now: datetime
) -> Company:
    """Its offers rest. Raises NotFound, NotNow."""
    return await store.companies.change(
        tenant, company_id, lambda c: rules.pause(c, reason, by, now), command
    )


async def resume(
    store: Store, tenant: str, company_id: str, by: str, command: Command, now: datetime
) -> Company:
    """Raises NotFound, NotNow."""
    return await store.companies.change(tenant, company_id, lambda c: rules.resume(c, by, now), command)


async def apply_again(store: Store, tenant: str, company_id: str, command: Command, now: datetime) -> Company:
    """Raises NotFound, NotNow."""
    return await store.companies.change(tenant, company_id, lambda c: rules.apply_again(c, now), command)


async def correct(
    store: Store,
    tenant: str,
    company_id: str,
    name: str,
    municipality_code: str,
    about: str,
    command: Command,
    now: datetime,
) -> Company:
    """Raises NotFound, NotNow."""

    def rule(company: Company) -> rules.Change:
        return rules.correct(company, name, municipality_code, about, now)

    return await store.companies.change(tenant, company_id, rule, command)


async def alike(store: Store, tenant: str, company: Company) -> list[Company]:
    """Other companies with the same contact or a name that holds this one's: perhaps the same."""
    found = await store.companies.newest(tenant, None, LIKE, words=company.name)
    if company.contact_email:
        found += await store.companies.of_contact(tenant, company.contact_email)
    return list({other.id: other for other in found if other.id != company.id}.values())[:LIKE]
