"""Counsellors: whom one can talk to, how, and when."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, tzinfo
from functools import cached_property
from typing import Literal

from services.booking.hours import Absence, DateHours, Hours, Span, WeeklyHours, check_weekly_hours
from shared.events.booking import AppointmentChannel

__all__ = ["Counsellor", "Gender", "WeeklyHours", "check_weekly_hours"]

Gender = Literal["female", "male", "other"]


@dataclass(frozen=True)
class Counsellor:
    """`exceptions` replace the weekly hours of their service dates; `absences` are real time that is taken away from all hours.

    `skills` are codes. `daily_cap` is the most appointments of one service day. `weight` is this counsellor's share of the work beside
    colleagues of weight 1. `from_date` and `to_date` are the first and last service date, `active` is false for who takes no appointments.
    """

    id: str
    display_name: str
    languages: tuple[str, ...]
    channels: tuple[str, ...]
    weekly_hours: tuple[WeeklyHours, ...]
    version: int = 1
    exceptions: tuple[DateHours, ...] = ()
    works_holidays: bool = False
    absences: tuple[Absence, ...] = ()
    skills: tuple[str, ...] = ()
    gender: Gender | None = None
    daily_cap: int | None = None
    weight: float = 1.0
    active: bool = True
    from_date: date | None = None
    to_date: date | None = None

    @cached_property
    def hours(self) -> Hours:
        """When this counsellor works."""
        return Hours(
            self.weekly_hours,
            self.exceptions,
            self.works_holidays,
            self.absences,
            self.active,
            self.from_date,
            self.to_date,
        )

    def hours_on(self, day: date) -> tuple[Span, ...]:
        """The hours of one service day, in order; absences are not looked at."""
        return self.hours.on(day)

    def hours_bits(self, first_day: date, days: int, base: int, zone: tzinfo) -> int:
        """Working cells of `days` service days, absences taken away, on a timeline that begins at cell `base`."""
        return self.hours.bits(first_day, days, base, zone)


@dataclass(frozen=True)
class Asked:
    """What a counsellor must bring: a channel, and where they are given one of the people, a language, every skill, a gender."""

    channel: AppointmentChannel
    counsellor_id: str | None = None
    language: str | None = None
    skills: tuple[str, ...] = ()
    gender: Gender | None = None

    def fits(self, counsellor: Counsellor) -> bool:
        return not self.missing(counsellor)

    def missing(self, counsellor: Counsellor) -> Collection[str]:
        """Which of channel, language, skill, gender and counsellor this one does not bring."""
        brings = {
            "channel": self.channel in counsellor.channels,
            "language": self.language is None or self.language in counsellor.languages,
            "skill": set(self.skills) <= set(counsellor.skills),
            "gender": self.gender in (None, counsellor.gender),
            "counsellor": self.counsellor_id in (None, counsellor.id),
        }
        return [name for name, brought in brings.items() if not brought]
