"""The time of an appointment, and how it is said. A booking day runs past midnight: 24:30 on the 3rd is said so, with the date on which
the clock will show 0:30."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

MIDNIGHT = 24 * 60
WEEKDAYS_JA = "月火水木金土日"
WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CHANNELS = {
    "ja": {"online": "オンライン", "face_to_face": "窓口で会って", "telephone": "電話"},
    "en": {"online": "online", "face_to_face": "in person", "telephone": "by telephone"},
}


@dataclass(frozen=True)
class Slot:
    """`start_minute` and `end_minute` (0..1800) count from 0:00 Asia/Tokyo of `service_date`."""

    service_date: date
    start_minute: int
    end_minute: int
    channel: Literal["online", "face_to_face", "telephone"]


def day_text(day: date, language: str) -> str:
    """12月3日（木） or Thu 3 Dec."""
    if language == "ja":
        return f"{day.month}月{day.day}日（{WEEKDAYS_JA[day.weekday()]}）"
    return f"{WEEKDAYS_EN[day.weekday()]} {day.day} {MONTHS_EN[day.month - 1]}"


def button_text(slot: Slot, language: str) -> str:
    """12/3（木）24:30 or Thu 3 Dec 24:30: short enough for a button (20 characters)."""
    day = slot.service_date
    said = minute_text(slot.start_minute)
    if language == "ja":
        return f"{day.month}/{day.day}（{WEEKDAYS_JA[day.weekday()]}）{said}"
    return f"{day_text(day, language)} {said}"


def minute_text(minute: int) -> str:
    """1470 -> 24:30."""
    return f"{minute // 60}:{minute % 60:02d}"


def cue(slot: Slot, language: str) -> str:
    """What the calendar shows, for a time past midnight; empty for any other."""
    if slot.start_minute < MIDNIGHT:
        return ""
    day = day_text(slot.service_date + timedelta(days=1), language)
    clock = minute_text(slot.start_minute - MIDNIGHT)
    return (
        f"（カレンダーでは{day}の{clock}から）"
        if language == "ja"
        else f" (on the calendar {day}, from {clock})"
    )


def slot_texts(slot: Slot, language: str) -> dict[str, str]:
    """Personalisation `date`, `time` (24:30-25:30), `cue` and `channel` in `language`."""
    return {
        "date": day_text(slot.service_date, language),
        "time": f"{minute_text(slot.start_minute)}-{minute_text(slot.end_minute)}",
        "cue": cue(slot, language),
        "channel": CHANNELS[language][slot.channel],
    }
