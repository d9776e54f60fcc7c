"""Identifiers: ULIDs for things that happen, derived ids for things that a repeated request must find again."""

import base64
import hashlib

from ulid import ULID


def new_ulid() -> str:
    """A fresh ULID (26 characters, sorts by system time)."""
    return str(ULID())


def derived_id(prefix: str, *parts: str) -> str:
    """`<prefix>_<26 characters>`: the same parts always give the same id (SHA-256, 128 bits, base32).

    The parts are length-prefixed, so that ("ab", "c") and ("a", "bc") differ.
    """
    digest = hashlib.sha256(b"".join(f"{len(p.encode())}:".encode() + p.encode() for p in parts)).digest()
    return f"{prefix}_{base64.b32encode(digest[:16]).decode().rstrip('=').lower()}"
