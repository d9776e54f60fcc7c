"""The use case behind signing in for a company: a one-time link by e-mail. Whether an address is known, the answer never tells."""

import secrets as entropy
from datetime import datetime

from services.matching.company import Company
from services.matching.entry_link import AT_MOST, LINK_FOR, EntryLink, link_id, make_link
from services.matching.store import Store
from shared.events.matching.catalogue import COMPANY_LINK_FIELD, CompanyLinkRequested
from shared.sealing import Sealer
from shared.tenancy import Tenant

ENTER = "/matching/company/enter"
LET_IN = ("approved", "paused")
COMPANIES_OF_ONE = 3
"""How many companies of one address are written to at once."""


async def ask_for_link(
    store: Store, sealer: Sealer, tenant: Tenant, email: str, public_url: str, now: datetime
) -> None:
    """Send a link to each company that has this contact, at most AT_MOST within the time that one lasts.

    Those that were let in come first: whoever registers under somebody else's address keeps nobody out.
    """
    known = await store.companies.of_contact(tenant.id, email)
    companies = sorted(known, key=lambda one: one.registration.standing not in LET_IN)[:COMPANIES_OF_ONE]
    sent_any = False
    for company in companies:
        contact = store.companies.sealed_contact(tenant.id, company)
        sent = await store.company_links.sent_since(tenant.id, company.id, now - LINK_FOR)
        if contact is None or sent >= AT_MOST:
            continue
        token = entropy.token_urlsafe(32)
        link = make_link(tenant.id, token, company.id, now, epoch=company.session_epoch)
        address = tenant.page_url(public_url, f"{ENTER}/{token}")
        event = CompanyLinkRequested(
            company_id=company.id,
            contact=contact,
            link=sealer.seal(tenant.id, COMPANY_LINK_FIELD, address),
            expires_at=link.expires_at,
        )
        await store.company_links.add(tenant.id, link, [event])
        sent_any = True
    if not sent_any:  # also when enough was sent: the answer takes as long
        nowhere = make_link(tenant.id, entropy.token_urlsafe(32), None, now)
        await store.company_links.add(tenant.id, nowhere, [])


async def is_open(store: Store, tenant: str, token: str, now: datetime) -> bool:
    """Whether a link leads somewhere. Looking does not use it up."""
    return await _behind(store, tenant, token, now) is not None


async def enter(store: Store, tenant: str, token: str, now: datetime) -> Company | None:
    """Use a link up; the company that it leads to, or None."""
    found = await _behind(store, tenant, token, now)
    if found is None:
        return None
    link, company = found
    return company if await store.company_links.use(tenant, link, now) else None


async def open_link(store: Store, tenant: str, token: str, now: datetime) -> tuple[EntryLink, Company] | None:
    """A link of either kind and its company, while it opens and the sessions it was asked for in are not over."""
    link = await store.company_links.find(tenant, link_id(tenant, token))
    if link is None or link.company_id is None or not link.opens(now):
        return None
    company = await store.companies.get(tenant, link.company_id)
    return (link, company) if link.epoch == company.session_epoch else None


async def _behind(store: Store, tenant: str, token: str, now: datetime) -> tuple[EntryLink, Company] | None:
    """A link to sign in by: one that proves an address is none."""
    found = await open_link(store, tenant, token, now)
    return found if found and found[0].address is None else None
