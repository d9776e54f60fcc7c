"""What somebody asks for."""

from dataclasses import dataclass
from datetime import date

from shared.events.booking import AppointmentChannel


@dataclass(frozen=True)
class Wish:
    """`start_minute` of the service day 0..1799, `minutes` long. Without `counsellor_id` Banso chooses who it will be.

    `language` and `skills` must be there; `gender` is a preference, or a condition with `gender_required`. `anew`: somebody else
    than last time. `not_with` names counsellors who cannot be asked.
    """

    counsellor_id: str | None
    channel: AppointmentChannel
    service_date: date
    start_minute: int
    minutes: int
    language: str | None = None
    skills: tuple[str, ...] = ()
    gender: str | None = None
    gender_required: bool = False
    anew: bool = False
    not_with: tuple[str, ...] = ()
