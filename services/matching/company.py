"""Companies that offer work. Registration is free."""

from dataclasses import dataclass
from datetime import datetime

from shared.events.envelope import Payload
from shared.events.matching.catalogue import CompanyRegistered


@dataclass(frozen=True)
class Company:
    """`contact_email` is stored sealed."""

    id: str
    name: str
    municipality_code: str
    contact_email: str | None
    created_at: datetime


def register(
    company_id: str, name: str, municipality_code: str, contact_email: str | None, now: datetime
) -> tuple[Company, list[Payload]]:
    """A new company."""
    company = Company(company_id, name, municipality_code, contact_email, now)
    return company, [CompanyRegistered(company_id=company_id)]
