"""Signatures as Standard Webhooks 1.0 asks for them, made by its own library."""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime

from standardwebhooks import Webhook

SECRET_BYTES = 32
PREFIX = "whsec_"


def new_secret() -> str:
    """A fresh `whsec_` secret (256 bits)."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signed_headers(webhook_id: str, at: datetime, body: str, keys: Sequence[str]) -> dict[str, str]:
    """webhook-id, webhook-timestamp and webhook-signature: one signature per key. `at` is the machine's time, UTC: receivers refuse
    what is more than five minutes off."""
    signatures = [Webhook(key).sign(msg_id=webhook_id, timestamp=at, data=body) for key in keys]
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": " ".join(signatures),
    }
