"""Settings of intake, read from `INTAKE_*` beside the shared `BANSO_*`."""

from pydantic_settings import SettingsConfigDict

from shared.settings import CoreSettings


class Settings(CoreSettings):
    model_config = SettingsConfigDict(
        env_prefix="INTAKE_", populate_by_name=True, extra="ignore", frozen=True
    )

    port: int = 8101
