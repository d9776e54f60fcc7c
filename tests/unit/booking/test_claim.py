"""Claims as entries of calendar documents, against five-minute steps counted one by one: in any zone, across any change of the clocks."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.claim import Claim, Entry, Resource, difference, entries, seats
from services.booking.service_day import instant

STEP = timedelta(minutes=5)
ZONES = ("Asia/Tokyo", "America/Los_Angeles", "Pacific/Kiritimati", "Europe/London", "Australia/Lord_Howe")
"""Lord Howe Island's clocks change by half an hour; Kiritimati is fourteen hours ahead: its mornings are the UTC day before."""
CHANGES = [date(2026, 3, 8), date(2026, 3, 29), date(2026, 4, 5), date(2026, 10, 4), date(2026, 11, 1)]
DAYS = st.sampled_from(CHANGES).flatmap(lambda d: st.integers(-2, 1).map(lambda n: d + timedelta(days=n)))
STARTS = st.integers(0, 359).map(lambda n: 5 * n)
LENGTHS = st.integers(1, 96)
RESOURCES = [
    Resource("sample-a", "counsellor", "cou_a"),
    Resource("sample-pool", "counsellor", "cou_b"),
    Resource("sample-a", "resident", "res_a"),
    Resource("sample-a", "room", "rom_a"),
    *(Resource("sample-b", "seat", seat) for seat in seats("plc_a", 2)),
]


@st.composite
def claims(draw: st.DrawFn, owner: str, resource: Resource | None = None) -> Claim:
    """A stretch that is said in a service day of some zone, and counted on that day or not at all."""
    zone = ZoneInfo(draw(st.sampled_from(ZONES)))
    day = draw(DAYS)
    starts = instant(day, draw(STARTS), zone)
    counted = draw(st.sampled_from([day, None]))
    where = resource or draw(st.sampled_from(RESOURCES))
    return Claim(where, owner, starts, starts + draw(LENGTHS) * STEP, counted)


@st.composite
def claims_of_one(draw: st.DrawFn) -> list[Claim]:
    """What one owner claims: each resource once."""
    wanted = draw(st.lists(st.sampled_from(RESOURCES), unique=True, max_size=4))
    return [draw(claims("apt_a", resource)) for resource in wanted]


def steps(claim: Claim) -> set[datetime]:
    count = (claim.ends_at - claim.starts_at) // STEP
    return {claim.starts_at + n * STEP for n in range(count)}


def steps_of(found: Iterable[Entry]) -> list[datetime]:
    """The five-minute steps of entries; one that two entries have is there twice."""
    return [
        datetime.combine(e.cells.day, datetime.min.time(), UTC) + n * STEP
        for e in found
        for n in range(e.cells.first, e.cells.end)
    ]


@given(claims("apt_a"))
def test_the_entries_of_a_claim_are_its_steps_each_once(claim: Claim) -> None:
    found = entries([claim])
    assert sorted(steps_of(found)) == sorted(steps(claim))
    assert len({e.document_id for e in found}) == len(found), "a document has one entry of an owner"


@given(claims("apt_a"))
def test_a_claim_counts_once_in_the_document_of_its_service_day(claim: Claim) -> None:
    counted = [e.cells.day for e in entries([claim]) if e.counted]
    assert counted == ([claim.counted_on] if claim.counted_on else [])


@pytest.mark.parametrize(
    ("zone", "minute", "days"),
    [
        ("Asia/Tokyo", 480, [(date(2026, 11, 21), 276, 288), (date(2026, 11, 22), 0, 0)]),
        ("Asia/Tokyo", 510, [(date(2026, 11, 21), 282, 288), (date(2026, 11, 22), 0, 6)]),
        ("Asia/Tokyo", 540, [(date(2026, 11, 22), 0, 12)]),
        ("America/Los_Angeles", 1200, [(date(2026, 11, 23), 48, 60), (date(2026, 11, 22), 0, 0)]),
        ("Pacific/Kiritimati", 1500, [(date(2026, 11, 22), 132, 144)]),
    ],
)
def test_the_document_that_counts_may_be_another_than_those_that_have_the_cells(
    zone: str, minute: int, days: list[tuple[date, int, int]]
) -> None:
    day = date(2026, 11, 22)
    starts = instant(day, minute, ZoneInfo(zone))
    claim = Claim(RESOURCES[0], "apt_a", starts, starts + timedelta(hours=1), day)
    found = [(e.cells.day, e.cells.first, e.cells.end) for e in entries([claim])]
    assert found == days


Documents = dict[str, tuple[int, int, bool]]


def documents(of: list[Claim]) -> Documents:
    """What one owner has in each document."""
    return {e.document_id: (e.cells.first, e.cells.end, e.counted) for e in entries(of)}


@given(claims_of_one(), claims_of_one())
def test_giving_and_taking_the_difference_leads_from_one_to_the_other(
    before: list[Claim], after: list[Claim]
) -> None:
    give, take = difference(before, after)
    present = documents(before)
    for entry in give:
        assert present.pop(entry.document_id) == (entry.cells.first, entry.cells.end, entry.counted)
    for entry in take:
        assert entry.document_id not in present, "taken beside what the owner still has there"
        present[entry.document_id] = (entry.cells.first, entry.cells.end, entry.counted)
    assert present == documents(after)


@given(claims_of_one(), claims_of_one())
def test_what_stays_is_not_touched(before: list[Claim], after: list[Claim]) -> None:
    give, take = difference(before, after)
    assert not set(give) & set(take)
    assert difference(before, before) == ([], [])
    back = difference(after, before)
    assert [set(part) for part in back] == [set(take), set(give)], "the way back is the same way"


@given(st.lists(claims("apt_a"), max_size=3), st.lists(claims("apt_b"), max_size=3))
def test_two_owners_never_give_or_take_for_one_another(one: list[Claim], other: list[Claim]) -> None:
    give, take = difference(one, [*one, *other])
    assert give == []
    assert {e.owner for e in take} <= {"apt_b"}
