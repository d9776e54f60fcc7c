"""Settings of matching, read from MATCHING_*; what all services share from BANSO_*."""

from pydantic_settings import SettingsConfigDict

from shared.settings import CoreSettings


class Settings(CoreSettings):
    model_config = SettingsConfigDict(
        env_prefix="MATCHING_", populate_by_name=True, extra="ignore", frozen=True
    )

    port: int = 8102
