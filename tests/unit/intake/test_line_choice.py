"""What a LINE button's data mean, and that nothing else means anything."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.line_choice import Choice, read_choice
from services.notify.catalogue import CATALOGUE
from shared.ids import derived_id

APT, WAI, SHF = (derived_id(prefix, "one") for prefix in ("apt", "wai", "shf"))


def test_a_button_says_what_to_do_with_what() -> None:
    assert read_choice(f"do:appointment.reaffirm:{APT}") == Choice("do", APT, "appointment.reaffirm")
    moved = Choice("do", APT, "appointment.move", date(2026, 12, 3), 1470)
    assert read_choice(f"do:appointment.move:{APT}:2026-12-03:1470") == moved
    taken = Choice("do", WAI, "waitlist.take", date(2026, 12, 3), 0)
    assert read_choice(f"do:waitlist.take:{WAI}:2026-12-03:0") == taken
    assert read_choice("do:shift.absent") == Choice("do", None, "shift.absent")
    assert read_choice(f"do:shift.late:{SHF}") == Choice("do", SHF, "shift.late")


def test_cancelling_is_asked_about_first_and_no_changes_nothing() -> None:
    assert read_choice(f"ask:appointment.cancel:{APT}") == Choice("ask", APT, "appointment.cancel")
    assert read_choice(f"keep:{APT}") == Choice("keep", APT)


@pytest.mark.parametrize(
    "data",
    [
        "",
        "consult",
        "do:appointment.cancel",
        f"do:appointment.erase:{APT}",
        f"do:appointment.cancel:{WAI}",
        f"do:waitlist.take:{WAI}",
        f"do:appointment.move:{APT}",
        f"do:appointment.move:{APT}:2026-02-30:600",
        f"do:appointment.move:{APT}:2026-12-03:1801",
        f"do:appointment.reaffirm:{APT}:2026-12-03:600",
        f"do:appointment.cancel:{APT} ",
        f"do:appointment.cancel:{APT}\n",
        f"ask:appointment.move:{APT}",
        f"keep:{WAI}",
    ],
)
def test_what_no_button_of_ours_says_means_nothing(data: str) -> None:
    assert read_choice(data) is None


@given(st.text(max_size=80))
def test_any_data_can_be_read(data: str) -> None:
    read_choice(data)
    read_choice(f"do:appointment.move:{APT}:{data}")


def test_every_button_that_notify_sends_is_understood() -> None:
    about = {
        "appointment_id": APT,
        "waiting_id": WAI,
        "shift_id": SHF,
        "service_date": "2026-12-03",
        "start_minute": "1470",
    }
    for templates in CATALOGUE.values():
        for name, template in templates.items():
            for action in template.actions:
                data = action.postback
                for key, value in about.items():
                    data = data.replace(f"(({key}))", value)
                assert data in ("", "consult") or read_choice(data) is not None, name
