"""What staff ask for on a resident's behalf: forms and addresses that say the same."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.explain import Help
from services.booking.pages.staff_book import changed
from services.booking.pages.staff_book_form import Asking, lengths, read
from services.booking.pages.staff_series_form import SeriesForm, typed
from services.booking.pages.staff_series_form import read as read_series
from shared.ids import derived_id

DAY = date(2026, 12, 3)
TODAY = date(2026, 12, 1)
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


def a_series(**more: list[str]) -> dict[str, list[str]]:
    usual = {"channel": ["online"], "first_date": [DAY.isoformat()], "time": ["２４：３０"], "count": ["4"]}
    return {**usual, **more}


def test_a_series_is_read_as_people_write_it() -> None:
    rule, form = read_series(typed(a_series(skip=["2026-12-10", "2026-12-11"]), []), TODAY)
    assert rule is not None
    assert rule.start_minute == 1470
    assert rule.dates() == [DAY, date(2026, 12, 17), date(2026, 12, 24)]
    assert form.skip == (date(2026, 12, 10),)  # the 11th is none of its dates


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"first_date": ["soon"]}, "first_date"),
        ({"first_date": ["2031-12-03"]}, "first_date"),
        ({"time": ["夜"]}, "time"),
        ({"count": ["1"]}, "count"),
        ({"count": ["27"]}, "count"),
        ({"count": ["たくさん"]}, "count"),
        ({"first_date": ["2027-11-30"], "count": ["26"]}, "count"),
        ({"count": ["2"], "skip": ["2026-12-03", "2026-12-10"]}, "skip"),
    ],
)
def test_what_cannot_be_a_series_is_named_and_what_was_typed_stays(
    wrong: dict[str, list[str]], field: str
) -> None:
    sent = typed(a_series(**wrong), [])
    rule, form = read_series(sent, TODAY)
    assert rule is None
    assert list(form.problems) == [field]
    assert form.fields() == sent.fields()


def test_the_address_of_a_series_keeps_the_dates_that_are_left_out() -> None:
    form = SeriesForm("online", None, 60, "2026-12-03", "24:30", 2, "4", (date(2026, 12, 17),))
    assert "skip=2026-12-03&skip=2026-12-17" in form.query(also_skip=DAY)
