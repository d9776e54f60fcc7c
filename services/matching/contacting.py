"""The use cases behind a company's own contact: whom to ask for, another address (proved by a link sent to it), and ending its sessions."""

import secrets as entropy
from datetime import datetime

from services.matching import company as rules
from services.matching.company import Company
from services.matching.entering import open_link
from services.matching.entry_link import AT_MOST, LINK_FOR, make_link
from services.matching.registration import NotNow
from services.matching.store import Store
from shared.events.matching.catalogue import COMPANY_LINK_FIELD, CompanyLinkRequested
from shared.idempotency import Command
from shared.sealing import Sealer
from shared.tenancy import Tenant

ADDRESS = "/matching/company/address"


async def name_contact(
    store: Store, tenant: str, company_id: str, name: str, phone: str, command: Command
) -> Company:
    """Raises NotFound."""
    return await store.companies.change(
        tenant, company_id, lambda c: rules.name_contact(c, name, phone), command
    )


async def ask_to_move(
    store: Store,
    sealer: Sealer,
    tenant: Tenant,
    company: Company,
    address: str,
    public_url: str,
    now: datetime,
) -> bool:
    """Send a link to the new address; nothing has changed before it is opened. False when enough were sent."""
    sent = await store.company_links.sent_since(tenant.id, company.id, now - LINK_FOR, to_move=True)
    if sent >= AT_MOST:
        return False
    token = entropy.token_urlsafe(32)
    link = make_link(tenant.id, token, company.id, now, epoch=company.session_epoch, address=address)
    event = CompanyLinkRequested(
        company_id=company.id,
        contact=store.companies.sealed_address(tenant.id, address),
        link=sealer.seal(tenant.id, COMPANY_LINK_FIELD, tenant.page_url(public_url, f"{ADDRESS}/{token}")),
        expires_at=link.expires_at,
        purpose="new_address",
    )
    await store.company_links.add(tenant.id, link, [event])
    return True


async def new_address(store: Store, tenant: str, token: str, now: datetime) -> str | None:
    """The address that a link proves, while it opens. Looking does not use it up."""
    found = await open_link(store, tenant, token, now)
    return found[0].address if found else None


async def move(store: Store, tenant: str, token: str, now: datetime) -> Company | None:
    """Use the link up: the company, whose mail goes to the new address now; None when the link leads nowhere (any more)."""
    found = await open_link(store, tenant, token, now)
    if found is None:
        return None
    link, company = found
    address = link.address
    if address is None or not await store.company_links.use(tenant, link, now):
        return None

    def rule(present: Company) -> rules.Change:
        return rules.move_contact(
            present, address, link.epoch, lambda c: store.companies.sealed_contact(tenant, c)
        )

    try:
        return await store.companies.change(tenant, company.id, rule, Command(link.id, link.id))
    except NotNow:
        return None


async def end_sessions(store: Store, tenant: str, company_id: str, command: Command) -> None:
    """Everybody who is signed in for the company has to come in anew. Raises NotFound."""
    await store.companies.change(tenant, company_id, rules.end_sessions, command)
