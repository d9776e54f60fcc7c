"""What somebody asks for, or staff on their behalf: forms and addresses that say the same."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.explain import Help
from services.booking.pages.asking import Asking, changed, lengths, read
from shared.ids import derived_id

DAY = date(2026, 12, 3)
SOMEBODY = derived_id("cou", "a")
WHOLE = Asking(
    "telephone", 90, SOMEBODY, "en", ("debt", "mental-health"), "female", True, True, date(2026, 12, 3), 1470
)


def form_of(asking: Asking) -> dict[str, list[str]]:
    form: dict[str, list[str]] = {}
    for name, value in asking.fields():
        form.setdefault(name, []).append(value)
    return form


@given(
    st.builds(
        Asking,
        st.sampled_from(["online", "telephone", "face_to_face"]),
        st.sampled_from([30, 45, 60, 90, 120]),
        st.none() | st.just(SOMEBODY),
        st.none() | st.sampled_from(["ja", "en", "zh-Hant"]),
        st.just(()) | st.just(("debt", "mental-health")),
        st.sampled_from(["female", "male", "other"]),
        st.booleans(),
        st.booleans(),
        st.none() | st.dates(),
        st.none() | st.integers(0, 1799),
    )
)
def test_what_an_address_says_is_read_as_it_was_meant(asking: Asking) -> None:
    assert read(form_of(asking), ["online"], 15) == asking


@pytest.mark.parametrize(
    "form",
    [
        {},
        {
            "channel": ["smoke"],
            "minutes": ["61"],
            "counsellor": ["cou_x"],
            "start": ["1800"],
            "day": ["soon"],
        },
        {
            "minutes": ["-30"],
            "language": ["日本語"],
            "gender": ["x"],
            "required": ["yes"],
            "skill": ["Debt!"],
        },
    ],
)
def test_what_no_form_says_is_read_as_what_is_usual(form: dict[str, list[str]]) -> None:
    asking = read(form, ["telephone"], 15)
    assert asking == Asking("telephone", 60)
    assert asking.wish() is None


def test_a_wish_carries_everything_that_was_asked_for() -> None:
    wish = WHOLE.wish()
    assert wish is not None
    assert (wish.counsellor_id, wish.service_date, wish.start_minute, wish.minutes) == (
        SOMEBODY,
        DAY,
        1470,
        90,
    )
    assert (wish.language, wish.skills, wish.gender, wish.gender_required, wish.anew) == (
        "en",
        ("debt", "mental-health"),
        "female",
        True,
        True,
    )


def test_lengths_fit_the_steps_of_the_municipality() -> None:
    assert lengths(15) == [30, 45, 60, 90, 120]
    assert lengths(30) == [30, 60, 90, 120]
    assert lengths(5, 50) == [30, 45, 50, 60, 90, 120]


@pytest.mark.parametrize(
    ("help_", "expected"),
    [
        (Help("other-day", "2026-12-05", 3), {"day": date(2026, 12, 5)}),
        (Help("channel", "online", 3), {"channel": "online"}),
        (Help("shorter", "30", 3), {"minutes": 30}),
        (Help("counsellor", "", 3), {"counsellor_id": None}),
        (Help("language", "", 3), {"language": None}),
        (Help("skill", "", 3), {"skills": ()}),
        (Help("gender", "", 3), {"gender_required": False}),
    ],
)
def test_each_help_changes_one_thing_of_what_is_asked_for(help_: Help, expected: dict[str, object]) -> None:
    asking = changed(WHOLE, help_)
    differs = {n: v for n, v in vars(asking).items() if v != getattr(WHOLE, n)}
    assert differs == {"start": None, **expected}
