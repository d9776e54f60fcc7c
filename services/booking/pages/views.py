"""What the pages show: free times day by day, and appointments in words."""

import math
import re
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from services.booking.appointment import Appointment
from services.booking.service_day import MIDNIGHT
from services.booking.slot import Slot
from services.booking.wish import Wish
from shared.events.booking import AppointmentChannel
from shared.ids import CODE
from shared.web.pages import service_minute_text

CHANNELS: dict[AppointmentChannel, str] = {
    "online": "オンライン（ビデオ通話）",
    "telephone": "電話",
    "face_to_face": "窓口で会って",
}
APART = 30
"""Minutes between two times that a page offers, so that a phone shows a choice and not a timetable."""
CHOICE = re.compile(rf"(?:(cou_{CODE})\|)?(\d{{4}}-\d{{2}}-\d{{2}})\|(\d{{1,4}})")


@dataclass(frozen=True)
class Choosable:
    """A time that can be chosen, with one counsellor or with whoever it will be then."""

    service_date: date
    start_minute: int
    counsellor_id: str | None = None

    @property
    def value(self) -> str:
        """What a button says of it."""
        who = f"{self.counsellor_id}|" if self.counsellor_id else ""
        return f"{who}{self.service_date.isoformat()}|{self.start_minute}"


def choice_of(slot: Slot) -> str:
    """A slot with its counsellor as the value of a button."""
    return Choosable(slot.service_date, slot.start_minute, slot.counsellor_id).value


def read_choice(text: str, channel: AppointmentChannel, minutes: int) -> Wish | None:
    """The wish behind a button's value, which may name a counsellor; None for anything that no button had."""
    match = CHOICE.fullmatch(text)
    if match is None:
        return None
    counsellor_id, day, minute = match.groups()
    try:
        return Wish(counsellor_id, channel, date.fromisoformat(day), int(minute), minutes)
    except ValueError:
        return None


def time_text(start_minute: int) -> str:
    """24:30（日付が変わって0:30）"""
    said = service_minute_text(start_minute)
    if start_minute < MIDNIGHT:
        return said
    return f"{said}（日付が変わって{service_minute_text(start_minute - MIDNIGHT)}）"


@dataclass(frozen=True)
class Chosen:
    """A time that was chosen but not taken yet, in the words of a page."""

    service_date: date
    start_minute: int
    end_minute: int

    @classmethod
    def of(cls, wish: Wish) -> "Chosen":
        return cls(wish.service_date, wish.start_minute, wish.start_minute + wish.minutes)


@dataclass(frozen=True)
class Countdown:
    """How long a hold still lasts: a clock time, and whole minutes rounded up. Zero minutes: it has run out."""

    until: str
    minutes: int


def countdown(appointment: Appointment, now: datetime, zone: tzinfo) -> Countdown:
    """The countdown of a held appointment; one that is not held any more has run out."""
    if appointment.held_until is None:
        return Countdown("", 0)
    local = appointment.held_until.astimezone(zone)
    left = math.ceil((appointment.held_until - now).total_seconds() / 60)
    return Countdown(f"{local.hour}:{local.minute:02d}", max(left, 0))
