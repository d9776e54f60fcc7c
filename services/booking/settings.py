"""Settings of booking, prefix BOOKING_."""

from pydantic import Field
from pydantic_settings import SettingsConfigDict

from shared.settings import CoreSettings


class Settings(CoreSettings):
    """Seconds between two looks: `expiry_every` for holds that have run out, `joining_every` for online sessions without an address,
    `offering_every` for times that have become free for somebody who waits,
    `rounds_every` for what is due at the digital employment centre, `pools_every` for what a municipality has left of its pools."""

    model_config = SettingsConfigDict(
        env_prefix="BOOKING_", populate_by_name=True, extra="ignore", frozen=True
    )

    port: int = 8103
    expiry_every: float = Field(default=1.0, gt=0)
    joining_every: float = Field(default=5.0, gt=0)
    offering_every: float = Field(default=2.0, gt=0)
    rounds_every: float = Field(default=2.0, gt=0)
    pools_every: float = Field(default=3.0, gt=0)
