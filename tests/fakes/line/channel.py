"""A Messaging API channel: one per tenant, with its secret, its access token and its webhook address."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Channel:
    """Where a tenant's LINE account lives. Secrets are read at each use, so that a rotation needs no restart."""

    tenant: str
    secret_file: Path
    token_file: Path
    webhook: str
    destination: str

    @property
    def secret(self) -> str:
        return self.secret_file.read_text().strip()

    @property
    def token(self) -> str:
        return self.token_file.read_text().strip()

    def signature(self, body: bytes) -> str:
        """X-Line-Signature: base64 of HMAC-SHA256 over the raw body with the channel secret (LINE reference)."""
        return base64.b64encode(hmac.new(self.secret.encode(), body, hashlib.sha256).digest()).decode()


def bot_user_id(tenant: str) -> str:
    """The sample account's own user id (`destination` of its webhooks), always the same for a tenant."""
    return "U" + hashlib.sha256(f"sample-bot:{tenant}".encode()).hexdigest()[:32]


def parse_channel(text: str) -> Channel:
    """Read `tenant=..,secret-file=..,token-file=..,webhook=..[,destination=U..]`; ValueError names what is missing."""
    fields = dict(part.split("=", 1) for part in text.split(",") if "=" in part)
    missing = [name for name in ("tenant", "secret-file", "token-file", "webhook") if not fields.get(name)]
    if missing:
        raise ValueError(f"--channel lacks {', '.join(missing)}: {text}")
    return Channel(
        tenant=fields["tenant"],
        secret_file=Path(fields["secret-file"]),
        token_file=Path(fields["token-file"]),
        webhook=fields["webhook"],
        destination=fields.get("destination") or bot_user_id(fields["tenant"]),
    )
