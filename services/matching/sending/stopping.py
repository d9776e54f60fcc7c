"""The link that stops messages without signing in: it can do nothing else, and does it after a button was pressed."""

import base64
import hashlib
import hmac
from typing import Final

LENGTH: Final = 24


def stop_token(key: str, tenant: str, resident_id: str) -> str:
    """`<resident id>.<mac>`: HMAC-SHA256 over tenant and resident with the tenant's session key, cut to 144 bits."""
    return f"{resident_id}.{_mac(key, tenant, resident_id)}"


def resident_of(token: str, key: str, tenant: str) -> str | None:
    """Whose messages the link stops; None for a link that nobody made here."""
    resident_id, _, mac = token.rpartition(".")
    expected = _mac(key, tenant, resident_id)
    return resident_id if hmac.compare_digest(mac.encode(), expected.encode()) else None


def _mac(key: str, tenant: str, resident_id: str) -> str:
    text = f"stop-offers|{tenant}|{resident_id}".encode()
    digest = hmac.new(key.encode(), text, hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode()[:LENGTH]
