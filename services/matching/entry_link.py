"""One-time links by which a company signs in without a password, or proves its new address. Only a hash of the token is kept."""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.ids import derived_id

LINK_FOR = timedelta(minutes=30)
AT_MOST = 3
"""Mails of one kind that one company gets within LINK_FOR; whoever asks for more gets none."""


@dataclass(frozen=True)
class EntryLink:
    """`id` is derived from the token. `company_id` is None for a link that was asked for by an address nobody has, or has asked
    for too often: it leads nowhere and is kept all the same, so that the answer takes as long. `address`: where the company's mail goes once
    it is opened; None when it only signs in. `epoch`: of the company's sessions when it was asked for; it ends with them. Instants are UTC."""

    id: str
    company_id: str | None
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    address: str | None = None
    epoch: int = 0

    def opens(self, now: datetime) -> bool:
        """Whether it still leads somewhere."""
        return self.company_id is not None and self.used_at is None and now < self.expires_at


def link_id(tenant: str, token: str) -> str:
    """The id under which a token is kept."""
    return derived_id("lnk", tenant, "company", hashlib.sha256(token.encode(errors="replace")).hexdigest())


def make_link(
    tenant: str,
    token: str,
    company_id: str | None,
    now: datetime,
    *,
    epoch: int = 0,
    address: str | None = None,
) -> EntryLink:
    """A link that opens once within half an hour."""
    return EntryLink(link_id(tenant, token), company_id, now, now + LINK_FOR, address=address, epoch=epoch)
