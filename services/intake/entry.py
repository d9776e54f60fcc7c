"""One-time links: how somebody comes from LINE (or from a desk) to the chat page without a password.

Only a hash of the token is kept. The token itself is derived from the request that asked for it, so that a repeated request gives the same link.
"""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from shared.ids import derived_id, new_ulid

ENTRY_FOR = timedelta(minutes=30)


@dataclass(frozen=True)
class EntryLink:
    """`id` is derived from the token; `expires_at` is UTC."""

    id: str
    resident_id: str
    expires_at: datetime


def make_token(secret: str, request: str) -> str:
    """43 urlsafe characters that only the holder of the tenant's `secret` can make (HMAC-SHA256)."""
    digest = hmac.new(secret.encode(), f"entry|{request}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def link_id(tenant: str, token: str) -> str:
    """The id under which a token is kept."""
    return derived_id("lnk", tenant, hashlib.sha256(token.encode()).hexdigest())


def make_link(tenant: str, token: str, resident_id: str, now: datetime) -> EntryLink:
    """A link that opens once within half an hour."""
    return EntryLink(link_id(tenant, token), resident_id, now + ENTRY_FOR)


def make_ticket(secret: str) -> str:
    """A hidden form value of our own making: pressing "begin" twice begins once, and nobody else's press is mistaken for it."""
    number = new_ulid()
    return f"{number}.{make_token(secret, number)}"


def ticket_fits(secret: str, ticket: str) -> bool:
    """Whether `make_ticket` made it."""
    number, _, token = ticket.partition(".")
    return hmac.compare_digest(token.encode(), make_token(secret, number).encode())
