"""What somebody asks for."""

from dataclasses import dataclass
from datetime import date

from services.booking.counsellor import Asked, Gender
from shared.events.booking import AppointmentChannel


@dataclass(frozen=True)
class Wishes:
    """Whom somebody wishes to talk to, whenever it is: kept with the appointment, so that it holds for its next time too.

    `language` and `skills` must be there; `gender` is a preference, or a condition with `gender_required`. `anew`: somebody else
    than last time.
    """

    language: str | None = None
    skills: tuple[str, ...] = ()
    gender: Gender | None = None
    gender_required: bool = False
    anew: bool = False


NO_WISHES = Wishes()


@dataclass(frozen=True)
class Wish:
    """`start_minute` of the service day 0..1799, `minutes` long. Without `counsellor_id` Banso chooses who it will be.

    `language` to `anew` are as in `Wishes`. `not_with` names counsellors who cannot be asked, `rather` one who comes before all
    others: whom they have the appointment with that this time is to replace.
    """

    counsellor_id: str | None
    channel: AppointmentChannel
    service_date: date
    start_minute: int
    minutes: int
    language: str | None = None
    skills: tuple[str, ...] = ()
    gender: Gender | None = None
    gender_required: bool = False
    anew: bool = False
    not_with: tuple[str, ...] = ()
    rather: str | None = None

    @property
    def wishes(self) -> Wishes:
        return Wishes(self.language, self.skills, self.gender, self.gender_required, self.anew)

    def asked(self) -> Asked:
        """What whoever takes it must bring; a name is not looked at."""
        gender = self.gender if self.gender_required else None
        return Asked(self.channel, None, self.language, self.skills, gender)
