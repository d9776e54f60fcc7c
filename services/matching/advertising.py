"""The use cases behind an offer: writing it, writing it anew, and its life. Shared by the API, the company's pages and the staff's.

Where a `company_id` is named, the offer of any other company is not found.
"""

from collections.abc import Callable, Collection
from datetime import date, datetime

from services.matching import offer_life
from services.matching.company import Company
from services.matching.offer import ClosingReason, Draft, NoLongerOpen, Offer, revise, write
from services.matching.posting import check
from services.matching.seeker import reach_of
from services.matching.store import Store
from shared.clock import TOKYO
from shared.errors import Invalid, NotFound
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.tenancy import Tenant

Rule = Callable[[Offer], tuple[Offer, list[Payload]]]


async def write_offer(
    store: Store,
    tenant: Tenant,
    company_id: str,
    draft: Draft,
    command: Command,
    now: datetime,
    *,
    show: bool,
) -> Offer:
    """A new offer: a draft, or shown at once. Raises NotFound for a company or workplace that is not there, Invalid, NotLetIn."""
    company = await store.companies.get(tenant.id, company_id)
    today = _today(now)
    await _checked(store, tenant, company_id, draft, today)
    occupation = await store.occupations.profile(tenant.id, draft.occupation_code)
    offer, events = write(command.new_id("ofr"), company, draft, occupation, now)
    if show:
        offer, events = offer_life.open_draft(offer, company, today)
    return await store.offers.add(tenant.id, offer, events, command)


async def rewrite_offer(
    store: Store,
    tenant: Tenant,
    offer_id: str,
    draft: Draft,
    command: Command,
    now: datetime,
    *,
    expected: int | None,
    company_id: str | None = None,
) -> Offer:
    """Raises NotFound, Invalid, NoLongerOpen once it has ended, StaleVersion."""
    offer = await found(store, tenant.id, offer_id, company_id)
    company = await store.companies.get(tenant.id, offer.company_id)
    today = _today(now)
    await _checked(store, tenant, offer.company_id, draft, today)
    occupation = await store.occupations.profile(tenant.id, draft.occupation_code)
    return await store.offers.change(
        tenant.id, offer_id, lambda o: revise(o, draft, company, occupation, today), command, expected
    )


async def show_offer(
    store: Store, tenant: str, offer_id: str, command: Command, now: datetime, company_id: str | None = None
) -> Offer:
    """Show a draft to residents. Raises NotFound, NotInThisState, NotLetIn, Invalid."""
    today = _today(now)
    company = await _company(store, tenant, offer_id, company_id)
    return await store.offers.change(
        tenant, offer_id, lambda o: offer_life.open_draft(o, company, today), command
    )


async def rest_offer(
    store: Store, tenant: str, offer_id: str, command: Command, company_id: str | None = None
) -> Offer:
    """Raises NotFound, NotInThisState."""
    return await _change(store, tenant, offer_id, offer_life.pause, command, company_id)


async def resume_offer(
    store: Store, tenant: str, offer_id: str, command: Command, now: datetime, company_id: str | None = None
) -> Offer:
    """Raises NotFound, NotInThisState, Invalid when its last day has passed."""
    today = _today(now)
    return await _change(store, tenant, offer_id, lambda o: offer_life.resume(o, today), command, company_id)


async def end_offer(
    store: Store,
    tenant: str,
    offer_id: str,
    reason: ClosingReason,
    command: Command,
    now: datetime,
    company_id: str | None = None,
) -> Offer:
    """Take it off: filled, withdrawn for good, or expired. Raises NotFound, NoLongerOpen, NotInThisState."""
    state = offer_life.END_OF[reason]
    return await _change(
        store, tenant, offer_id, lambda o: offer_life.end(o, state, now), command, company_id
    )


async def reopen_offer(
    store: Store,
    tenant: str,
    offer_id: str,
    places: int | None,
    expires_on: date | None,
    command: Command,
    now: datetime,
    company_id: str | None = None,
) -> Offer:
    """Raises NotFound, NotInThisState unless it is filled or expired, NotLetIn, Invalid."""
    today = _today(now)
    company = await _company(store, tenant, offer_id, company_id)

    def rule(offer: Offer) -> tuple[Offer, list[Payload]]:
        return offer_life.reopen(offer, company, today, places=places, expires_on=expires_on)

    return await store.offers.change(tenant, offer_id, rule, command)


async def found(store: Store, tenant: str, offer_id: str, company_id: str | None = None) -> Offer:
    """The offer. Raises NotFound, also for another company's when one is named."""
    offer = await store.offers.get(tenant, offer_id)
    if company_id not in (None, offer.company_id):
        raise NotFound(f"no offers {offer_id}")
    return offer


async def shown_offer(store: Store, tenant: str, offer_id: str) -> Offer:
    """The offer as residents meet it: it rests while its company does. Raises NotFound, also for a draft."""
    offer = await store.offers.get(tenant, offer_id)
    if offer.state == "draft":
        raise NotFound(f"no offers {offer_id}")
    company = await store.companies.get(tenant, offer.company_id)
    return offer_life.as_shown(offer, company.may_publish)


async def shown_offers(store: Store, tenant: str, offer_ids: Collection[str]) -> dict[str, Offer]:
    """Those of the offers that there are, by id, as residents meet them now."""
    offers = await store.offers.of_ids(tenant, offer_ids)
    resting = await store.companies.not_let_in(tenant)
    return {o.id: offer_life.as_shown(o, o.company_id not in resting) for o in offers.values()}


async def open_offer(store: Store, tenant: str, offer_id: str) -> Offer:
    """The same, for who wants to answer it. Raises NoLongerOpen while it is not open to answers, paused ones included."""
    offer = await shown_offer(store, tenant, offer_id)
    if offer.state != "published":
        raise NoLongerOpen(f"the offer is {offer.state}")
    return offer


async def _change(
    store: Store, tenant: str, offer_id: str, rule: Rule, command: Command, company_id: str | None
) -> Offer:
    def own(offer: Offer) -> tuple[Offer, list[Payload]]:
        if company_id not in (None, offer.company_id):
            raise NotFound(f"no offers {offer_id}")
        return rule(offer)

    return await store.offers.change(tenant, offer_id, own, command)


async def _company(store: Store, tenant: str, offer_id: str, company_id: str | None) -> Company:
    offer = await found(store, tenant, offer_id, company_id)
    return await store.companies.get(tenant, offer.company_id)


async def _checked(store: Store, tenant: Tenant, company_id: str, draft: Draft, today: date) -> None:
    check(draft, reach_of(tenant), today)
    if draft.workplace_id is not None:
        try:
            await store.workplaces.get(tenant.id, draft.workplace_id, company_id)
        except NotFound as error:
            raise Invalid("workplace_id", "not a workplace of this company") from error


def _today(now: datetime) -> date:
    return now.astimezone(TOKYO).date()
