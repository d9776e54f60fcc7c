"""Calendar files in and out: busy times of whatever people keep elsewhere, hostile files, and a feed that calendars understand."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from dateutil.rrule import rrulestr  # type: ignore[import-untyped]
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.appointment import Appointment
from services.booking.ical_busy import BusyTime, Imported, read_busy
from services.booking.ical_cost import surely_recurs
from services.booking.ical_feed import feed
from services.booking.slot import slot_at
from shared.errors import Invalid

TOKYO = ZoneInfo("Asia/Tokyo")
FROM = datetime(2026, 11, 30, 15, tzinfo=UTC)
"""Midnight of 1 December in Tokyo."""
TO = FROM + timedelta(days=31)


def calendar(*events: str, extra: str = "") -> bytes:
    body = "".join(f"BEGIN:VEVENT\nUID:u{n}\n{event.strip()}\nEND:VEVENT\n" for n, event in enumerate(events))
    text = f"BEGIN:VCALENDAR\nVERSION:2.0\nPRODID:-//sample//EN\n{extra}{body}END:VCALENDAR\n"
    return text.replace("\n", "\r\n").encode()


def read(*events: str, extra: str = "") -> Imported:
    return read_busy(calendar(*events, extra=extra), TOKYO, FROM, TO)


def said(imported: Imported) -> list[str]:
    """`03 10:00-11:00` in Tokyo."""

    def text(busy: BusyTime) -> str:
        start, end = (moment.astimezone(TOKYO) for moment in (busy.starts_at, busy.ends_at))
        return f"{start:%d %H:%M}-{end:%d %H:%M}"

    return [text(busy) for busy in imported.busy]


def test_times_in_utc_in_a_zone_and_without_one() -> None:
    found = read(
        "DTSTART:20261203T010000Z\nDTEND:20261203T020000Z",
        "DTSTART;TZID=America/New_York:20261203T200000\nDTEND;TZID=America/New_York:20261203T210000",
        "DTSTART:20261205T100000\nDURATION:PT90M",
        "DTSTART;TZID=Tokyo Standard Time:20261206T100000\nDTEND;TZID=Tokyo Standard Time:20261206T110000",
    )
    assert found.skipped == ()
    assert said(found) == [
        "03 10:00-03 11:00",
        "04 10:00-04 11:00",
        "05 10:00-05 11:30",
        "06 10:00-06 11:00",
    ]


def test_a_zone_that_the_file_brings_along_is_understood() -> None:
    zone = (
        "BEGIN:VTIMEZONE\nTZID:Mine\nBEGIN:STANDARD\nDTSTART:19700101T000000\n"
        "TZOFFSETFROM:+0900\nTZOFFSETTO:+0900\nEND:STANDARD\nEND:VTIMEZONE\n"
    )
    found = read("DTSTART;TZID=Mine:20261203T100000\nDTEND;TZID=Mine:20261203T110000", extra=zone)
    assert said(found) == ["03 10:00-03 11:00"]


def test_a_zone_that_nobody_knows_leaves_the_event_out_and_names_it() -> None:
    found = read(
        "DTSTART;TZID=Nowhere/Land:20261203T100000\nDTEND;TZID=Nowhere/Land:20261203T110000",
        "DTSTART:20261203T010000Z\nDTEND:20261203T020000Z",
    )
    (skipped,) = found.skipped
    assert skipped.event == "line 4, u0"
    assert "Nowhere/Land" in skipped.why
    assert said(found) == ["03 10:00-03 11:00"]


def test_whole_days_are_days_in_tokyo() -> None:
    found = read("DTSTART;VALUE=DATE:20261203\nDTEND;VALUE=DATE:20261205", "DTSTART;VALUE=DATE:20261210")
    assert said(found) == ["03 00:00-05 00:00", "10 00:00-11 00:00"]


def test_what_is_cancelled_or_leaves_the_time_free_is_not_busy() -> None:
    times = "DTSTART:20261203T010000Z\nDTEND:20261203T020000Z\n"
    found = read(
        times + "STATUS:CANCELLED", times + "TRANSP:TRANSPARENT", times + "X-MICROSOFT-CDO-BUSYSTATUS:FREE"
    )
    assert (found.busy, found.skipped) == ((), ())


def test_recurrences_are_worked_out_within_the_window_with_their_exceptions() -> None:
    weekly = (
        "DTSTART;TZID=Asia/Tokyo:20260107T220000\nDTEND;TZID=Asia/Tokyo:20260108T003000\n"
        "RRULE:FREQ=WEEKLY;BYDAY=WE\nEXDATE;TZID=Asia/Tokyo:20261209T220000"
    )
    moved = (
        "BEGIN:VEVENT\nUID:u0\nRECURRENCE-ID;TZID=Asia/Tokyo:20261216T220000\n"
        "DTSTART;TZID=Asia/Tokyo:20261217T200000\nDTEND;TZID=Asia/Tokyo:20261217T210000\nEND:VEVENT\n"
    )
    gone = (
        "BEGIN:VEVENT\nUID:u0\nRECURRENCE-ID;TZID=Asia/Tokyo:20261223T220000\nSTATUS:CANCELLED\n"
        "DTSTART;TZID=Asia/Tokyo:20261223T220000\nDTEND;TZID=Asia/Tokyo:20261224T003000\nEND:VEVENT\n"
    )
    text = calendar(weekly).replace(b"END:VCALENDAR", (moved + gone).encode() + b"END:VCALENDAR")
    found = read_busy(text, TOKYO, FROM, TO)
    assert found.skipped == ()
    assert said(found) == ["02 22:00-03 00:30", "17 20:00-17 21:00", "30 22:00-31 00:30"]


def test_overlapping_events_are_one_busy_time_and_the_window_cuts_them() -> None:
    found = read(
        "DTSTART:20261130T140000Z\nDTEND:20261130T160000Z",
        "DTSTART:20261130T153000Z\nDTEND:20261130T170000Z",
        "DTSTART:20250101T000000Z\nDTEND:20250101T010000Z",
    )
    assert said(found) == ["01 00:00-01 02:00"]


@pytest.mark.parametrize(
    ("rule", "why"),
    [
        ("FREQ=SECONDLY", "SECONDLY"),
        ("FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30", "MINUTELY"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL"),
        ("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30", "never"),
        ("FREQ=DAILY;INTERVAL=7;BYDAY=TH", "never"),
        ("FREQ=WEEKLY;BYMONTHDAY=30;BYMONTH=2", "never"),
        ("FREQ=DAILY;BYHOUR=" + ",".join(map(str, range(24))) + ";BYMINUTE=0,1", "24 times"),
    ],
)
def test_a_recurrence_that_would_never_end_is_left_out(rule: str, why: str) -> None:
    found = read(f"DTSTART:19900101T000000Z\nDTEND:19900101T000001Z\nRRULE:{rule}")
    assert found.busy == ()
    assert why in found.skipped[0].why


def numbers(low: int, high: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(low, high).filter(bool), min_size=1, max_size=3)


PARTS = {
    "BYDAY": st.lists(
        st.sampled_from(["MO", "WE", "SU", "1TU", "-4FR", "5SA", "2MO"]), min_size=1, max_size=3
    ),
    "BYMONTHDAY": numbers(-31, 31),
    "BYMONTH": numbers(1, 12),
    "BYSETPOS": numbers(-6, 6),
    "BYYEARDAY": numbers(-366, 366),
}


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]),
    st.integers(1, 15),
    st.fixed_dictionaries({}, optional=PARTS),
    st.dates(date(2000, 1, 1), date(2030, 12, 31)),
)
def test_a_rule_that_is_said_to_recur_does(
    frequency: str, interval: int, parts: dict[str, list[int] | list[str]], first: date
) -> None:
    """Otherwise the library would walk to the year 9999."""
    if not surely_recurs(parts, frequency, interval, set(parts), first):
        return
    rule = ";".join(f"{name}={','.join(map(str, values))}" for name, values in parts.items())
    text = f"FREQ={frequency};INTERVAL={interval}" + (f";{rule}" if rule else "")
    begin = datetime.combine(first, datetime.min.time())
    assert rrulestr(text, dtstart=begin).after(begin) is not None


def test_a_file_whose_recurrences_are_too_many_together_is_refused() -> None:
    daily = "DTSTART:19900101T000000Z\nDTEND:19900101T003000Z\nRRULE:FREQ=DAILY"
    with pytest.raises(Invalid, match="too many to work out"):
        read(*[daily] * 100)


@pytest.mark.parametrize(
    ("text", "where"),
    [
        (b"", "line 1"),
        (b"<html>", "line 1"),
        (b"BEGIN:VCALENDAR\r\nEND:VEVENT\r\n", "line 2"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nEND:VCALENDAR\r\n", "line 3"),
        (b"BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n", "line 2"),
        (b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nwhat is this\r\nEND:VCALENDAR\r\n", "line 3"),
        (b"BEGIN:VCALENDAR\r\nX:\xff\r\nEND:VCALENDAR\r\n", "line 2"),
        (b"BEGIN:VCALENDAR\r\n" + b"BEGIN:VEVENT\r\n" * 9, "line 5"),
        (b"x" * (1024 * 1024 + 1), "bytes"),
    ],
)
def test_what_is_no_calendar_file_is_refused_with_the_line(text: bytes, where: str) -> None:
    with pytest.raises(Invalid) as caught:
        read_busy(text, TOKYO, FROM, TO)
    assert caught.value.field == "body"
    assert where in caught.value.detail


@pytest.mark.parametrize("line_end", [b"\n", b"\r", b"\r\n"])
def test_lines_end_as_the_file_ends_them_and_nowhere_else(line_end: bytes) -> None:
    summary = "SUMMARY:one\u2028two\x85three\x0bfour\x0cfive"
    text = calendar(f"DTSTART:20261203T010000Z\nDTEND:20261203T020000Z\n{summary}")
    found = read_busy(text.replace(b"\r\n", line_end), TOKYO, FROM, TO)
    assert (said(found), found.skipped) == (["03 10:00-03 11:00"], ())


def test_an_event_without_a_start_or_with_a_broken_one_is_left_out_and_named() -> None:
    found = read("SUMMARY:sample", "DTSTART:yesterday", "DTSTART:20261203T010000Z\nRRULE:FREQ=NEVER")
    assert [skipped.event for skipped in found.skipped] == ["line 4, u0", "line 8, u1", "line 12, u2"]


def test_too_many_events_are_refused() -> None:
    with pytest.raises(Invalid, match="2000 events"):
        read(*["DTSTART:20261203T010000Z"] * 2001)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([
    "BEGIN:VEVENT", "END:VEVENT", "DTSTART:20261203T010000Z", "DTSTART;VALUE=DATE:20261203", "DTEND:20261202T010000Z",
    "RRULE:FREQ=DAILY;COUNT=3", "RRULE:", "RRULE:FREQ=YEARLY;UNTIL=x", "EXDATE:20261203", "UID:a", "RDATE:20261204T010000Z",
    "RECURRENCE-ID:20261203T010000Z", "DURATION:-PT1H", "DURATION:P9999999D", " folded", "SEQUENCE:x", "DTSTART:99991231T235959Z",
    "RRULE:FREQ=MONTHLY;BYMONTHDAY=99", "BEGIN:VALARM", "END:VALARM", "TZID:x", "RDATE;VALUE=PERIOD:20261203T010000Z/PT1H",
]), max_size=14), st.text(max_size=40))  # fmt: skip
def test_any_file_is_read_or_refused(lines: list[str], noise: str) -> None:
    text = "\r\n".join(["BEGIN:VCALENDAR", *lines, noise, "END:VCALENDAR"]).encode("utf-8", "replace")
    try:
        found = read_busy(text, TOKYO, FROM, TO)
    except Invalid:
        return
    assert all(FROM <= busy.starts_at < busy.ends_at <= TO for busy in found.busy)
    assert all(a.ends_at < b.starts_at for a, b in zip(found.busy, found.busy[1:], strict=False))


SLOT = slot_at("cou_1", "online", date(2026, 12, 3), 1470, 60, TOKYO)
BOOKED = Appointment("apt_1", "res_1", SLOT, "confirmed", created_at=FROM, version=2, note="見本の記録")


def test_a_feed_says_when_and_nothing_about_anybody() -> None:
    for whose, summary in (("counsellor", "相談（オンライン）"), ("resident", "相談の予約")):
        text = feed([BOOKED], whose)  # type: ignore[arg-type]
        assert b"res_1" not in text
        assert "見本の記録".encode() not in text
        (event,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
        assert (event["UID"], event["SUMMARY"], event["STATUS"]) == ("apt_1@banso", summary, "CONFIRMED")
        assert event.decoded("DTSTART") == datetime(2026, 12, 3, 15, 30, tzinfo=UTC)
        assert feed([BOOKED], whose) == text  # type: ignore[arg-type]


def test_a_change_keeps_the_uid_and_raises_the_sequence() -> None:
    moved = replace(BOOKED, slot=slot_at("cou_1", "online", date(2026, 12, 4), 600, 60, TOKYO), version=3)
    gone = replace(moved, state="cancelled", version=4)
    events = [
        icalendar.Calendar.from_ical(feed([a], "resident")).walk("VEVENT")[0] for a in (BOOKED, moved, gone)
    ]
    assert len({event["UID"] for event in events}) == 1
    assert [event["SEQUENCE"] for event in events] == [1, 2, 3]
    assert [event["STATUS"] for event in events] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]


def test_a_hold_is_no_appointment_yet() -> None:
    assert b"VEVENT" not in feed([replace(BOOKED, state="held")], "resident")


def test_our_own_appointments_that_come_back_are_no_busy_times_of_others() -> None:
    found = read_busy(feed([BOOKED], "counsellor"), TOKYO, FROM, TO)
    assert (found.busy, found.skipped) == ((), ())
    foreign = feed([BOOKED, replace(BOOKED, id="apt_2", state="cancelled")], "counsellor").replace(
        b"@banso", b"@x"
    )
    assert said(read_busy(foreign, TOKYO, FROM, TO)) == ["04 00:30-04 01:30"]
