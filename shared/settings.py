"""Settings that every service needs; each service's `settings.py` adds its own under its prefix."""

from pathlib import Path
from typing import Any

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def banso(name: str, default: Any) -> Any:
    """A setting that all services share: read from BANSO_<NAME>, whatever the service's own prefix."""
    return Field(default=default, validation_alias=f"BANSO_{name.upper()}")


class CoreSettings(BaseSettings):
    """Where the servers are and who may be believed. Durations in seconds."""

    model_config = SettingsConfigDict(populate_by_name=True, extra="ignore", frozen=True)

    mongo_url: str = banso("mongo_url", "mongodb://127.0.0.1:8127/?directConnection=true&retryWrites=false")
    mongo_pool: int = banso("mongo_pool", 8)
    nats_url: str = banso("nats_url", "nats://127.0.0.1:8142")
    nats_replicas: int = banso("nats_replicas", 1)
    database_prefix: str = banso("database_prefix", "banso")
    secrets_dir: Path = banso("secrets_dir", Path(".local/secrets"))
    staff_issuer: str = banso("staff_issuer", "https://issuer.banso.local")
    staff_audience: str = banso("staff_audience", "banso")
    staff_jwks: str = banso("staff_jwks", ".local/issuer/jwks.json")
    staff_client_id: str = banso("staff_client_id", "")
    """Banso's name at the staff's OpenID provider, for signing in on pages; empty: nobody signs in on pages."""
    staff_client_secret_file: Path | None = banso("staff_client_secret_file", None)
    staff_authorize_url: str = banso("staff_authorize_url", "")
    staff_token_url: str = banso("staff_token_url", "")
    """Where they are not told, `<staff_issuer>/.well-known/openid-configuration` tells."""
    public_url: str = banso("public_url", "http://localhost:8080")
    test_clock: bool = banso("test_clock", False)
    log_level: str = banso("log_level", "info")
    shutdown_grace: float = banso("shutdown_grace", 45.0)
    drain_delay: float = banso("drain_delay", 0.0)

    host: str = "127.0.0.1"
    port: int = 8100
