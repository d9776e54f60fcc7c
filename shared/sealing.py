"""Field encryption: AES-256-GCM under the tenant's data keys, with tenant and field as associated data.

A sealed value is `<key id>.<nonce>.<ciphertext>`, the last two in unpadded urlsafe base64. Sealing uses the newest key (the last in
lexical order); opening uses the key that the value names, so that keys rotate without rewriting what is stored.
Source: NIST SP 800-38D (GCM; 96-bit random nonces).
"""

import base64
import hashlib
import hmac
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from shared.errors import BansoError
from shared.secrets import Secrets


class CannotOpen(BansoError):
    """The value was not sealed for this tenant and field, was changed, or its key is gone."""


class Sealer:
    def __init__(self, secrets: Secrets) -> None:
        self._secrets = secrets

    def seal(self, tenant: str, field: str, plain: str) -> str:
        """Seal `plain` for one field, e.g. `resident.contacts`. Raises MissingSecret when the tenant has no data key."""
        keys = self._secrets.data_keys(tenant)
        key_id = max(keys)
        nonce = os.urandom(12)
        box = AESGCM(keys[key_id]).encrypt(nonce, plain.encode(), _context(tenant, field))
        return f"{key_id}.{_b64(nonce)}.{_b64(box)}"

    def open(self, tenant: str, field: str, sealed: str) -> str:
        """Raises CannotOpen."""
        try:
            key_id, nonce, box = sealed.rsplit(".", 2)
            key = self._secrets.data_keys(tenant)[key_id]
            return AESGCM(key).decrypt(_unb64(nonce), _unb64(box), _context(tenant, field)).decode()
        except (ValueError, KeyError, InvalidTag) as error:
            raise CannotOpen(f"a sealed {field} could not be opened") from error

    def fingerprint(self, tenant: str, field: str, plain: str) -> str:
        """64 hexadecimal digits by which a value that lies sealed is found again. Only who holds the tenant's session key can make or
        check them (HMAC-SHA256). Raises MissingSecret."""
        key = self._secrets.text(tenant, "session_key").encode()
        return hmac.new(key, _context(tenant, field) + b"|" + plain.encode(), hashlib.sha256).hexdigest()


def _context(tenant: str, field: str) -> bytes:
    return f"banso|{tenant}|{field}".encode()


def _b64(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _unb64(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
