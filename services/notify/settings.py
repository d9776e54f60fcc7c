"""Settings of notify, prefix NOTIFY_. Durations in seconds."""

from pathlib import Path

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import CoreSettings


class Settings(CoreSettings):
    """Where the providers are, and how patient we are with them.

    `lease_seconds` must be longer than any call of a provider: until it is over nobody else takes a message up that is in hand.
    """

    model_config = SettingsConfigDict(
        env_prefix="NOTIFY_", populate_by_name=True, extra="ignore", frozen=True
    )

    port: int = 8104
    line_api_url: str = "https://api.line.me"
    smtp_host: str = "127.0.0.1"
    smtp_port: int = 8125
    smtp_start_tls: bool | None = None
    """None: when the server offers it."""
    smtp_username: str | None = None
    smtp_password_file: Path | None = None
    mail_from: str = "banso@localhost.example"
    allow_private_webhooks: bool = False
    """Let webhooks go to http addresses and private networks: for the local stack and tests only."""
    provider_timeout: float = Field(default=10.0, gt=0)
    lease_seconds: float = Field(default=30.0, gt=0)
    due_every: float = Field(default=0.5, gt=0)
    """How often the senders look for what has become due (what was just made is sent without waiting for that)."""
