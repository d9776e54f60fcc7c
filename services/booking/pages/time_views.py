"""What residents choose from beside a time: ways to talk and wishes that somebody can meet; and what they read when nothing is free."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from services.booking.appointment import Appointment
from services.booking.assignment_texts import for_resident
from services.booking.counsellor import Counsellor, Gender
from services.booking.explain import Explanation
from services.booking.explain_texts import for_residents, help_text, reason_text
from services.booking.pages.asking import GENDERS, USUAL, Asking, changed
from services.booking.pages.staff_agenda import language_name
from services.booking.pages.views import CHANNELS
from shared.events.booking import AppointmentChannel

TIMES = "/booking/times"
MOST_NAMED = 30
"""Of more people than these nobody is chosen by name on a phone; who it was last time comes first by itself."""
IN_ITSELF = {
    "en": "English",
    "zh": "中文",
    "ko": "한국어",
    "pt": "Português",
    "vi": "Tiếng Việt",
    "es": "Español",
}
"""Languages as those who speak them call them, beside the name on the page."""


@dataclass(frozen=True)
class Offered:
    """What some counsellor really offers. `people` are names by id; empty where there is nothing to choose."""

    channels: Mapping[AppointmentChannel, str]
    languages: Mapping[str, str]
    genders: Mapping[Gender, str]
    people: Mapping[str, str]

    @property
    def any_wishes(self) -> bool:
        return bool(self.languages or self.genders or self.people)


def offered(known: Mapping[str, Counsellor], asking: Asking | None = None) -> Offered:
    """What can be chosen, what is asked for included."""
    asking = asking or Asking("online", USUAL)
    people = [c for c in known.values() if c.active]
    spoken = {code for c in people for code in c.languages}
    genders = {c.gender for c in people} | {asking.gender}
    named = people if 1 < len(people) <= MOST_NAMED else []
    if len(spoken) < 2 and asking.language in (None, *spoken):
        languages: list[str] = []
    else:
        languages = sorted(spoken | ({asking.language} if asking.language else set()), key=_usual_first)
    return Offered(
        {way: text for way, text in CHANNELS.items() if any(way in c.channels for c in people)},
        {code: spoken_text(code) for code in languages},
        {gender: text for gender, text in GENDERS.items() if gender in genders},
        {c.id: c.display_name for c in named},
    )


def spoken_text(code: str) -> str:
    """英語（English）"""
    said = IN_ITSELF.get(code.partition("-")[0])
    return f"{language_name(code)}（{said}）" if said else language_name(code)


def moving_to(present: Appointment, counsellor_id: str | None) -> Asking:
    """What is asked for when an appointment moves: the same as before, with the same counsellor only if one says so."""
    kept, slot = present.wishes, present.slot
    return Asking(
        slot.channel,
        slot.minutes,
        counsellor_id if counsellor_id == slot.counsellor_id else None,
        kept.language,
        kept.skills,
        kept.gender,
        kept.gender_required,
        kept.anew,
    )


def address(asking: Asking, moving: Appointment | None = None) -> str:
    """The page with what is asked for, without a day."""
    if moving is None:
        return f"{TIMES}?{replace(asking, day=None, start=None).query()}"
    named = f"&counsellor={asking.counsellor_id}" if asking.counsellor_id else ""
    return f"{TIMES}?move={moving.id}{named}"


def reason_of(assignment: Mapping[str, Any] | None) -> str:
    """Why it is this counsellor, when Banso chose; nothing when somebody did."""
    return for_resident(assignment) if assignment and assignment["code"] != "chosen" else ""


def reasons_of(found: Explanation) -> list[str]:
    """Why nothing is free, in words."""
    return [reason_text(reason, "ja", staff=False) for reason in for_residents(found).reasons]


def helps_of(found: Explanation, asking: Asking) -> list[tuple[str, str]]:
    """(words, page) of each change of what is asked for that would give free times."""
    return [(help_text(help_, "ja"), address(changed(asking, help_))) for help_ in found.helps]


def _usual_first(code: str) -> tuple[bool, str]:
    return code != "ja", code
