"""Companies, workplaces and offers carried out as CSV or JSON, some at a time, so that a large catalogue needs little memory."""

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Literal

from services.matching.exchange import (
    CARRIED_OUT,
    COMPANIES,
    WORKPLACES,
    Column,
    company_row,
    offer_row,
    workplace_row,
)
from services.matching.exchange_csv import CsvText, JsonText
from services.matching.store import Store

What = Literal["companies", "workplaces", "offers"]
Format = Literal["csv", "json"]
COLUMNS: dict[What, Sequence[Column]] = {
    "companies": COMPANIES,
    "workplaces": WORKPLACES,
    "offers": CARRIED_OUT,
}


async def carry_out(store: Store, tenant: str, what: What, form: Format) -> AsyncIterator[bytes]:
    """The bytes of the list, piece by piece. What is written and imported again changes nothing."""
    write = CsvText(COLUMNS[what]) if form == "csv" else JsonText()
    yield write.begin()
    async for rows in _ROWS[what](store, tenant):
        yield write.some(rows)
    yield write.end()


async def _companies(store: Store, tenant: str) -> AsyncIterator[list[Mapping[str, str]]]:
    async for page in store.catalogue.every_company(tenant):
        yield [company_row(company, key) for company, key in page]


async def _offers(store: Store, tenant: str) -> AsyncIterator[list[Mapping[str, str]]]:
    keys = {company_id: key for key, company_id in (await store.catalogue.keys(tenant)).items()}
    async for page in store.catalogue.every_offer(tenant):
        yield [
            {
                **offer_row(offer, keys.get(offer.company_id, offer.company_id)),
                "unread": "\n".join(f"{tag}={text}" for tag, text in unread),
            }
            for offer, unread in page
        ]


async def _workplaces(store: Store, tenant: str) -> AsyncIterator[list[Mapping[str, str]]]:
    keys = {company_id: key for key, company_id in (await store.catalogue.keys(tenant)).items()}
    async for page in store.catalogue.every_workplace(tenant):
        yield [workplace_row(one, keys.get(one.company_id, one.company_id)) for one in page]


_ROWS = {"companies": _companies, "workplaces": _workplaces, "offers": _offers}
