"""Settings of matching, read from MATCHING_*; what all services share from BANSO_*."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import CoreSettings


class Settings(CoreSettings):
    model_config = SettingsConfigDict(
        env_prefix="MATCHING_", populate_by_name=True, extra="ignore", frozen=True
    )

    port: int = 8102
    refit_every: float = Field(default=60.0, gt=0)
    """Seconds between two looks for something to learn from."""
    refit_settle: float = Field(default=5.0, ge=0)
    """Seconds in which what residents say one after another is taken in together."""
