"""How the time of an appointment is said."""

from datetime import date

from services.notify.slot import Slot, slot_texts

WEDNESDAY = date(2026, 12, 2)


def test_a_time_past_midnight_belongs_to_the_day_before_and_says_what_the_calendar_shows() -> None:
    texts = slot_texts(Slot(WEDNESDAY, 1470, 1530, "online"), "ja")
    assert (texts["date"], texts["time"]) == ("12月2日（水）", "24:30-25:30")
    assert texts["cue"] == "（カレンダーでは12月3日（木）の0:30から）"
    assert texts["channel"] == "オンライン"


def test_a_time_of_the_day_needs_no_cue() -> None:
    assert slot_texts(Slot(WEDNESDAY, 540, 600, "telephone"), "ja")["cue"] == ""


def test_the_day_turns_at_midnight_itself() -> None:
    assert "12月3日" in slot_texts(Slot(WEDNESDAY, 1440, 1500, "online"), "ja")["cue"]
    assert slot_texts(Slot(WEDNESDAY, 1425, 1485, "online"), "ja")["cue"] == ""


def test_it_is_said_in_english_too() -> None:
    texts = slot_texts(Slot(WEDNESDAY, 1470, 1530, "face_to_face"), "en")
    assert (texts["date"], texts["time"]) == ("Wed 2 Dec", "24:30-25:30")
    assert texts["cue"] == " (on the calendar Thu 3 Dec, from 0:30)"
