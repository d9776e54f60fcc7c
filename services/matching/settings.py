"""Settings of matching, read from MATCHING_*; what all services share from BANSO_*."""

from pathlib import Path

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
    recommending_every: float = Field(default=10.0, gt=0)
    """Seconds between two looks for lists of offers to draw up or to send."""
    refit_settle: float = Field(default=5.0, ge=0)
    """Seconds in which what residents say one after another is taken in together."""
    municipalities: Path | None = None
    """The list of municipalities (CSV: pref, city, lat, lng, lgcode). Without it no advertisement of the employment service is read."""
    hellowork_url: str = ""
    """Where 求人情報提供 is reached; empty: it is not."""
    hellowork_pause: float = Field(default=1.0, ge=0)
    """Seconds before an answer that did not come is asked for again; it doubles with every try."""
    largest_import: int = Field(default=4 * 1024**3, gt=0)
    """Bytes of a file of advertisements that is sent."""
    importing_every: float = Field(default=5.0, gt=0)
    """Seconds between two looks for imports that another process has taken in."""
    fetching_every: float = Field(default=300.0, gt=0)
    """Seconds between two looks whether the day's lists are to be fetched."""
    expiring_every: float = Field(default=600.0, gt=0)
    """Seconds between two looks for offers whose last day has passed."""
    finishing_every: float = Field(default=30.0, gt=0)
    """Seconds between two looks for what a process that died has left half done of client orders."""
    spreading_every: float = Field(default=10.0, gt=0)
    """Seconds between two looks for new profiles of occupations, and for new names of companies, that offers are to follow."""
