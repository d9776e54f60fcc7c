"""A series of appointments as staff write it in a form."""

from datetime import date

import pytest

from services.booking.pages.staff_series_form import SeriesForm, read, typed

DAY = date(2026, 12, 3)
TODAY = date(2026, 12, 1)


def a_series(**more: list[str]) -> dict[str, list[str]]:
    usual = {"channel": ["online"], "first_date": [DAY.isoformat()], "time": ["２４：３０"], "count": ["4"]}
    return {**usual, **more}


def test_a_series_is_read_as_people_write_it() -> None:
    rule, form = read(typed(a_series(skip=["2026-12-10", "2026-12-11"]), []), TODAY)
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
    rule, form = read(sent, TODAY)
    assert rule is None
    assert list(form.problems) == [field]
    assert form.fields() == sent.fields()


def test_the_address_of_a_series_keeps_the_dates_that_are_left_out() -> None:
    form = SeriesForm("online", None, 60, "2026-12-03", "24:30", 2, "4", (date(2026, 12, 17),))
    assert "skip=2026-12-03&skip=2026-12-17" in form.query(also_skip=DAY)
