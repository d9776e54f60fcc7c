"""Identifiers: ULIDs for things that happen, derived ids for things that a repeated request must find again."""

import base64
import hashlib

from ulid import ULID

CODE = "[a-z2-7]{26}"
"""What follows the prefix of a derived id: 128 bits in base32."""


def new_ulid() -> str:
    """A fresh ULID (26 characters, sorts by system time)."""
    return str(ULID())


def id_pattern(prefix: str) -> str:
    """What a derived id of this prefix looks like, for JSON schemas and `re`."""
    return f"^{prefix}_{CODE}$"


def derived_id(prefix: str, *parts: str) -> str:
    """`<prefix>_<26 characters>`: the same parts always give the same id (SHA-256, 128 bits, base32).

    The parts are length-prefixed, so that ("ab", "c") and ("a", "bc") differ.
    """
    digest = hashlib.sha256(b"".join(f"{len(p.encode())}:".encode() + p.encode() for p in parts)).digest()
    return f"{prefix}_{base64.b32encode(digest[:16]).decode().rstrip('=').lower()}"
