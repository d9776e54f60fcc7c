"""What somebody asks for, or staff on their behalf, as it stands in a form and in a page's address: one reading, one writing."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from services.booking.counsellor import Asked, Counsellor, Gender
from services.booking.explain import Help
from services.booking.pages.views import CHANNELS
from services.booking.service_day import MINUTES
from services.booking.slot import LONGEST
from services.booking.wish import Wish
from shared.events.booking import AppointmentChannel
from shared.ids import id_pattern

LENGTHS = (30, 45, 60, 90, 120)
USUAL = 60
GENDERS: dict[Gender, str] = {"female": "女性", "male": "男性", "other": "そのほか"}
COUNSELLOR = re.compile(id_pattern("cou"))
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
SKILL = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
MOST_SKILLS = 5
Form = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Asking:
    """A wish on its way: without `counsellor_id` Banso chooses, without `day` the first free one is shown, `start` is a minute of it."""

    channel: AppointmentChannel
    minutes: int
    counsellor_id: str | None = None
    language: str | None = None
    skills: tuple[str, ...] = ()
    gender: Gender | None = None
    gender_required: bool = False
    anew: bool = False
    day: date | None = None
    start: int | None = None

    def asked(self) -> Asked:
        """What a counsellor must bring."""
        gender = self.gender if self.gender_required else None
        return Asked(self.channel, self.counsellor_id, self.language, self.skills, gender)

    def wish(self) -> Wish | None:
        """The wish for the chosen time; None while there is none."""
        if self.day is None or self.start is None:
            return None
        return Wish(
            self.counsellor_id,
            self.channel,
            self.day,
            self.start,
            self.minutes,
            self.language,
            self.skills,
            self.gender,
            self.gender_required,
            self.anew,
        )

    def fields(self) -> list[tuple[str, str]]:
        """The names and values that `read` reads again; what was not asked for is left out."""
        found: dict[str, Any] = {
            "channel": self.channel,
            "minutes": self.minutes,
            "counsellor": self.counsellor_id,
            "language": self.language,
            "gender": self.gender,
            "required": "yes" if self.gender_required else None,
            "anew": "yes" if self.anew else None,
            "day": self.day.isoformat() if self.day else None,
            "start": self.start,
        }
        named = [(name, str(value)) for name, value in found.items() if value is not None]
        return named + [("skill", skill) for skill in self.skills]

    def query(self) -> str:
        """The same as the part of an address after `?`."""
        return urlencode(self.fields())


def lengths(step: int, asked: int = USUAL) -> list[int]:
    """Minutes that an appointment may last where times come in steps of `step`; the one that is asked for is among them."""
    return sorted({n for n in (*LENGTHS, asked) if n % step == 0 and 0 < n <= LONGEST})


def read(form: Form, offered: Sequence[AppointmentChannel], step: int) -> Asking:
    """What the form says; in the place of what no form of ours says stands what is usual."""
    language, gender = _one(form, "language"), _one(form, "gender")
    counsellor_id, channel = _one(form, "counsellor"), _one(form, "channel")
    minutes = _number(_one(form, "minutes"), LONGEST)
    known_gender = next((known for known in GENDERS if known == gender), None)
    return Asking(
        next((known for known in CHANNELS if known == channel), next(iter(offered), "online")),
        minutes if minutes and minutes % step == 0 else USUAL,
        counsellor_id if COUNSELLOR.fullmatch(counsellor_id) else None,
        language if LANGUAGE.fullmatch(language) else None,
        tuple(sorted({s for s in form.get("skill", ()) if SKILL.fullmatch(s)}))[:MOST_SKILLS],
        known_gender,
        bool(known_gender) and _one(form, "required") == "yes",
        _one(form, "anew") == "yes",
        read_date(_one(form, "day")),
        _number(_one(form, "start"), MINUTES - 1),
    )


def offered_by(people: Mapping[str, Counsellor]) -> list[AppointmentChannel]:
    """Ways to talk that somebody offers."""
    return [known for known in CHANNELS if any(known in c.channels for c in people.values())]


def changed(asking: Asking, help_: Help) -> Asking:
    """What is asked for, with the one change that would give free times."""
    asking = replace(asking, start=None)
    match help_.code:
        case "other-day":
            return replace(asking, day=date.fromisoformat(help_.value))
        case "channel":
            return replace(asking, channel=next(known for known in CHANNELS if known == help_.value))
        case "shorter":
            return replace(asking, minutes=int(help_.value))
        case "counsellor":
            return replace(asking, counsellor_id=None)
        case "language":
            return replace(asking, language=None)
        case "skill":
            return replace(asking, skills=())
        case _:
            return replace(asking, gender_required=False)


def read_date(text: str) -> date | None:
    """None for what is no date."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _one(form: Form, name: str) -> str:
    return next(iter(form.get(name, ())), "")[:60]


def _number(text: str, most: int) -> int | None:
    """None for anything but a number of 0..most."""
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None
    return number if number is not None and number <= most else None
