"""One record as an offer, and what an import changes."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching.area import read_areas
from services.matching.eligibility import obstacles
from services.matching.hellowork.comparing import Entry, Held, change_by, change_of, digest_of, entries, gone
from services.matching.hellowork.figures import day, days_off, minute, number, span
from services.matching.hellowork.offering import employer_of, new_offer, renewed
from services.matching.hellowork.reading import Record, records
from services.matching.hellowork.record import Advert, Problem, read_record
from services.matching.hellowork.unread import LONGEST, MOST, unread
from services.matching.hellowork.wage import wage_of
from services.matching.hellowork.worktime import windows_of
from services.matching.hours import DAY, LATEST, Window, week_mask
from services.matching.inheriting import Answers
from services.matching.occupations import Occupation
from services.matching.offer import Offer, State
from services.matching.questionnaire import Wishes
from services.matching.scoring import terms
from services.matching.wording import offer_hours
from shared.events.matching.catalogue import OfferChanged, OfferPublished
from tests.unit.matching.builders import a_seeker
from tests.unit.matching.hellowork.samples import SAMPLE, data, xml

AREAS, _ = read_areas(
    "pref,city,lat,lng,lgcode\n見本県,さくら市,35,135,991007\n見本県,とおい市,36,139,992038\n"
)
REACH = frozenset({"991007"})
TODAY = date(2026, 12, 1)
NOW = datetime(2026, 12, 1, 3, tzinfo=UTC)
EACH_DAY = tuple(range(7))


def read(**changes: str | None) -> tuple[Advert | None, tuple[Problem, ...]]:
    return read_record(Record(7, data(**changes)), AREAS, REACH)


def good(**changes: str | None) -> Advert:
    advert, problems = read(**changes)
    assert advert is not None
    assert problems == ()
    return advert


def test_an_offer_without_fault() -> None:
    offer = good().offer("ofr_1", "com_1", NOW)
    assert (offer.source, offer.source_id, offer.title) == (
        "hellowork",
        "99010-00000161",
        "パンの仕込み（見本）",
    )
    assert (offer.municipality_code, offer.occupation_code, offer.employment_form) == (
        "991007",
        "072-01",
        "full_time",
    )
    assert offer.hours == (Window((0, 1, 2, 3, 4), 510, 1050),)
    assert (offer.hourly_wage_yen, offer.work_days_a_week, offer.open_places) == (1200, 5, 2)
    assert offer.expires_on == date(2027, 1, 31)
    assert "マイカー通勤可" in offer.tags


@pytest.mark.parametrize(
    ("changes", "tag", "code"),
    [
        ({"kjno": None}, "kjno", "missing"),
        ({"kjno": "x"}, "kjno", "unreadable"),
        ({"jgshmei": None}, "jgshmei", "missing"),
        ({"shgbsjusho1_n": "どこか"}, "shgbsjusho1_n", "unknown_place"),
        ({"kjyukoymd": "いつか"}, "kjyukoymd", "unreadable"),
        ({"kjyukoymd": "2027/02/30"}, "kjyukoymd", "unreadable"),
    ],
)
def test_what_decides_whether_it_can_be_shown_stops_the_record(
    changes: dict[str, str | None], tag: str, code: str
) -> None:
    advert, problems = read(**changes)
    assert advert is None
    assert [(p.record, p.tag, p.code, p.skips) for p in problems] == [(7, tag, code, True)]


@pytest.mark.parametrize(
    ("changes", "tag", "code"),
    [
        ({"shgjn1_open": "朝"}, "shgjn1_open", "unreadable"),
        ({"shgjn1_close": "8:30"}, "shgjn1_close", "unreadable"),
        ({"chgnkeitai_kagen": "19,200,000円"}, "chgnkeitai_kagen", "implausible"),
        ({"chgnkeitai_jgn": "応談"}, "chgnkeitai_jgn", "unreadable"),
        ({"saiyoninzu_n": "若干"}, "saiyoninzu_n", "unreadable"),
        ({"sngbrui_n": "パン屋"}, "sngbrui_n", "unreadable"),
        ({"uktkymd_seireki": "きのう"}, "uktkymd_seireki", "unreadable"),
    ],
)
def test_anything_else_that_is_wrong_leaves_its_field_unknown(
    changes: dict[str, str | None], tag: str, code: str
) -> None:
    advert, problems = read(**changes)
    assert advert is not None
    assert [(p.kjno, p.tag, p.code, p.skips) for p in problems] == [("99010-00000161", tag, code, False)]


def test_a_wage_that_cannot_be_true_is_no_wage() -> None:
    advert, _ = read(chgnkeitai_kagen="19,200,000円")
    assert advert is not None
    assert advert.offer("ofr_1", "com_1", NOW).hourly_wage_yen is None


def test_an_hourly_wage_that_was_reckoned_says_so_and_one_that_was_told_does_not() -> None:
    assert "計算しました" in good().offer("ofr_1", "com_1", NOW).description
    told = good(chgnkeitai_n="時給", chgnkeitai_kagen="1,150円", chgnkeitai_jgn=None)
    assert told.offer("ofr_1", "com_1", NOW).hourly_wage_yen == 1150
    assert "計算しました" not in told.offer("ofr_1", "com_1", NOW).description


@pytest.mark.parametrize("without", ["nenkankjsu_n", "shgjn1_open"])
def test_a_monthly_wage_without_hours_or_holidays_has_no_hourly_one(without: str) -> None:
    changes: dict[str, str | None] = {without: None}
    if without == "shgjn1_open":
        changes["shgjn1_close"] = None
    assert good(**changes).offer("ofr_1", "com_1", NOW).hourly_wage_yen is None


@given(st.integers(1, 10**7), st.integers(1, 1440), st.integers(0, 364))
def test_a_break_or_a_holiday_left_out_never_promises_more(low: int, minutes: int, holidays: int) -> None:
    hourly = wage_of("month", low, None, minutes, holidays).hourly
    assert hourly is not None
    longer = wage_of("month", low, None, minutes + 60, holidays).hourly
    assert longer is not None
    assert longer <= hourly
    # what is worked in a year at that rate costs no more than what is paid
    assert hourly * (365 - holidays) * minutes <= low * 12 * 60


def test_basic_pay_counts_by_the_hour_for_part_time_offers() -> None:
    advert = good(chgnkeitai_n=None, kjkbn2_n="パート", khkykagen="1,100円")
    assert advert.wage is not None
    assert (advert.wage.hourly, advert.wage.derived) == (1100, False)


def test_hours_past_midnight_belong_to_the_day_on_which_they_start() -> None:
    night = good(shgjn1_open="22:00", shgjn1_close="5:00", kyjs="土，日")
    assert night.time.windows == (Window((0, 1, 2, 3, 4), 22 * 60, 29 * 60),)
    long = good(shgjn1_open="17:00", shgjn1_close="9:00", kyjs="日")
    assert long.time.windows == (
        Window((0, 1, 2, 3, 4, 5), 17 * 60, 30 * 60, goes_on=True),
        Window((1, 2, 3, 4, 5, 6), 6 * 60, 9 * 60),
    )


NO_HOURS: dict[str, str | None] = {"shgjn1_open": None, "shgjn1_close": None}


def test_hours_that_are_not_said_or_cannot_be_read_are_unknown_and_not_by_agreement() -> None:
    evening = a_seeker(wishes=Wishes(hours=(Window((0, 1, 2, 3, 4), 1020, 1320),)))
    unreadable, _ = read(shgjn1_open="朝", shgjn1_close="夕方")
    assert unreadable is not None
    agreed = good(**NO_HOURS, shgjn1_open_close="応相談").offer("ofr_1", "com_1", NOW)
    assert (agreed.unsaid, next(t.code for t in terms(agreed, evening))) == ((), "hours.any")
    for advert in (good(**NO_HOURS), unreadable):
        offer = advert.offer("ofr_1", "com_1", NOW)
        assert offer.unsaid == ("hours",)
        assert not [term for term in terms(offer, evening) if term.code.startswith("hours.")]
        assert obstacles(offer, evening) == ()
        assert offer_hours(offer) == "書かれていません"


def test_days_that_may_change_are_unknown_and_stand_in_nobodys_way() -> None:
    offer = good(kyjs="日，その他").offer("ofr_1", "com_1", NOW)
    assert (offer.hours[0].weekdays, offer.unsaid) == ((0, 1, 2, 3, 4, 5), ("days",))
    assert obstacles(offer, a_seeker(wishes=Wishes(days_a_week=5))) == ()
    assert obstacles(offer, a_seeker(wishes=Wishes(hours=(Window((0, 1, 2, 3, 4), 480, 1080),)))) == ()
    assert good(kyjs="土，日").offer("ofr_1", "com_1", NOW).unsaid == ()


@given(st.integers(0, DAY - 1), st.integers(1, DAY - 1), st.sets(st.integers(0, 6), min_size=1))
def test_the_minutes_of_a_span_are_kept_wherever_midnight_falls(
    start: int, length: int, days: set[int]
) -> None:
    windows = windows_of(start, start + length, tuple(sorted(days)))
    assert all(0 <= w.start < w.end <= LATEST for w in windows)
    week = 7 * DAY
    expected = {(d * DAY + m) % week for d in days for m in range(start, start + length)}
    mask = week_mask(windows)
    assert mask.bit_count() == len(expected)
    assert all(mask >> m & 1 for m in list(expected)[:50])


def spans(*ends: tuple[str, str]) -> Offer:
    """On all days, some of which are free."""
    said: dict[str, str] = {}
    for n, (opens, closes) in enumerate(ends, 1):
        said |= {f"shgjn{n}_open": opens, f"shgjn{n}_close": closes}
    return good(**said, kyjs="その他").offer("ofr_1", "com_1", NOW)


def keeps(offer: Offer, start: int, end: int) -> bool:
    """Whether it is work for who has time from `start` to `end` each day."""
    return "hours" not in obstacles(offer, a_seeker(wishes=Wishes(hours=(Window(EACH_DAY, start, end),))))


def test_of_three_shifts_the_early_one_is_not_the_end_of_the_night() -> None:
    offer = spans(("22:00", "6:00"), ("6:00", "14:00"), ("14:00", "22:00"))
    assert [keeps(offer, *hours) for hours in ((360, 840), (840, 1320), (1320, 1800))] == [True] * 3
    assert not keeps(offer, 420, 840)


def test_every_span_that_lasts_until_the_morning_lasts_until_the_morning() -> None:
    offer = spans(("16:00", "9:00"), ("17:00", "9:00"))
    assert not keeps(offer, 1020, 1800)
    assert offer_hours(replace(offer, unsaid=())) == "毎日 16:00〜次の日の09:00、毎日 17:00〜次の日の09:00"


def test_three_spans_and_one_written_as_a_whole() -> None:
    advert = good(
        shgjn2_open="13:00",
        shgjn2_close="22:00",
        shgjn3_open_close="０９時００分〜１２時００分",
        kyjs="その他",
    )
    assert [(w.start, w.end) for w in advert.time.windows] == [(510, 1050), (780, 1320), (540, 720)]
    assert advert.time.days_a_week is None
    assert advert.time.windows[0].weekdays == tuple(range(7))


@pytest.mark.parametrize(
    ("text", "off", "fixed"),
    [
        ("土，日，祝日", {5, 6}, True),
        ("土日祝", {5, 6}, True),
        ("水曜日、日曜日", {2, 6}, True),
        ("日、その他", {6}, False),
        ("祝日", set(), False),
        ("会社カレンダー", set(), False),
        ("毎月の日程", set(), False),
        ("", set(), False),
    ],
)
def test_days_off(text: str, off: set[int], fixed: bool) -> None:
    assert days_off(text) == (frozenset(off), fixed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026/12/1", date(2026, 12, 1)), ("20261201", date(2026, 12, 1)), ("令和８年12月1日", date(2026, 12, 1)),
        ("R8.12.1", date(2026, 12, 1)), ("令和元年5月1日", date(2019, 5, 1)), ("平成31年4月30日", date(2019, 4, 30)),
        ("平成31年5月1日", None), ("令和元年4月30日", None), ("2026/13/1", None), ("令和99999年1月1日", None), ("", None),
    ],
)  # fmt: skip
def test_days_in_both_calendars(text: str, expected: date | None) -> None:
    assert day(text) == expected


@given(st.text(max_size=30))
def test_any_text_is_looked_at_without_harm(text: str) -> None:
    number(text), day(text), minute(text), span(text), days_off(text)
    read_record(Record(1, dict.fromkeys(SAMPLE, text)), AREAS, REACH)
    for tag in SAMPLE:
        advert, _ = read(**{tag: text or None})
        if advert and advert.municipality_code:
            advert.offer("ofr_1", "com_1", NOW)


def test_only_licences_that_are_needed_are_asked_for() -> None:
    advert = good(
        menkyo_skku1_n="普通自動車免許", menkyo_skkuyohi1_n="必須", menkyo_skku2_n="調理師", menkyo_skkuyohi2_n="あれば尚可"
    )  # fmt: skip
    assert advert.licences == ("普通自動車免許",)
    assert advert.offer("ofr_1", "com_1", NOW).licences == ("driving",)


def test_ages_are_text_for_people_and_nothing_else() -> None:
    old, any_age = good(nenreisegnari_jgn="59"), good(nenreisegnari_jgn=None)
    assert "59歳" in dict(old.notes)["年齢について（求人票のとおり）"]
    one, other = (a.offer("ofr_1", "com_1", NOW) for a in (old, any_age))
    assert replace(one, description="") == replace(other, description="")


def test_work_at_home_now_and_then_stays_bound_to_its_place() -> None:
    at_times, always = good(ztkkimmu_n="あり"), good(ztkkimmu_n="完全在宅", shgbsjusho1_n="見本県とおい市")
    assert (at_times.remote, "在宅勤務あり" in at_times.labels) == (False, True)
    assert (always.remote, always.municipality_code) == (True, "992038")


def test_an_import_that_is_repeated_changes_nothing() -> None:
    advert = good()
    assert change_of(advert, None, TODAY).step == "new"
    assert change_of(advert, Held(digest_of(advert), state="published"), TODAY).step == "unchanged"
    changed = change_of(good(sksu="別の仕事（見本）"), Held(digest_of(advert), state="published"), TODAY)
    assert (changed.step, changed.closes) == ("changed", False)


def test_what_somebody_took_off_stays_off_and_what_comes_back_opens_again() -> None:
    advert = good()
    digest = digest_of(advert)
    states: dict[State, str] = {
        "closed": "kept_closed",
        "filled": "unchanged",
        "paused": "unchanged",
        "expired": "changed",
    }
    assert {state: change_of(advert, Held(digest, state), TODAY).step for state in states} == states
    assert change_of(good(sksu="別の仕事（見本）"), Held(digest, "closed"), TODAY).step == "kept_closed"


def test_what_has_expired_or_moved_away_is_closed_and_never_opened() -> None:
    held = Held("x", state="published")
    past = change_of(good(kjyukoymd="2026/11/30"), held, TODAY)
    away = change_of(good(shgbsjusho1_n="見本県とおい市"), held, TODAY)
    assert [(c.step, c.closes, c.advert) for c in (past, away)] == [
        ("expired", True, None),
        ("elsewhere", True, None),
    ]
    assert change_of(good(kjyukoymd="2026/12/01"), None, TODAY).step == "new"
    assert not change_of(good(kjyukoymd="2026/11/30"), None, TODAY).closes


def test_offers_that_are_missing_are_closed_only_when_the_whole_list_was_read() -> None:
    held = {"b": Held("", state="published"), "a": Held("", state="published"), "c": Held("", state="closed")}
    assert [c.kjno for c in gone(held, frozenset({"b"}), whole=True)] == ["a"]
    assert list(gone(held, frozenset({"b"}), whole=False)) == []


def test_bad_records_are_reported_one_by_one_and_harm_no_other() -> None:
    body = xml(data(), data(kjno="99010-00000261", kjyukoymd="?"), data(kjno="99010-00000361"), data())
    found = list(entries(records([body]), AREAS, REACH))
    assert [entry.advert.kjno if entry.advert else None for entry in found] == [
        "99010-00000161",
        None,
        "99010-00000361",
        None,
    ]
    assert [(p.record, p.kjno, p.tag, p.code) for entry in found for p in entry.problems] == [
        (2, "99010-00000261", "kjyukoymd", "unreadable"),
        (4, "99010-00000161", "kjno", "twice"),
    ]
    assert change_by(found[1], Held("x", "published"), TODAY).step == "refused"
    assert not change_by(found[1], Held("x", "published"), TODAY).closes
    (again,) = entries(records([xml(data())]), AREAS, REACH, {"99010-00000161"})
    assert [p.code for p in again.problems] == ["twice"]


def test_of_offers_elsewhere_nothing_is_reported_and_what_was_here_ends() -> None:
    away = data(shgbsjusho1_n="見本県とおい市", kjyukoymd="?", chgnkeitai_kagen="9円")
    at_home = data(kjno="99010-00000261", shgbsjusho1_n="見本県とおい市", ztkkimmu_n="完全在宅")
    first, second = entries(records([xml(away, at_home)]), AREAS, REACH)
    assert first == Entry("99010-00000161", elsewhere=True)
    assert change_by(first, Held("x", "paused"), TODAY).closes
    assert not change_by(first, None, TODAY).closes
    assert second.advert is not None


def test_an_employer_is_known_by_its_number_or_by_its_name_however_that_is_written() -> None:
    names = ("株式会社 見本 製作所", "見本製作所（株）", "(株)見本製作所", "見本製作所")
    assert len({employer_of({"jgshmei": name}) for name in names}) == 1
    assert employer_of({"jgshmei": "株式会社"}) != employer_of({"jgshmei": "有限会社"})
    numbered = {"jgshno": "9901-123456-7", "jgshmei": "見本製作所"}
    assert employer_of(numbered) == employer_of({**numbered, "jgshmei": "別の名前"})
    assert employer_of(numbered) != employer_of({"jgshmei": "見本製作所"})


def test_an_offer_has_its_place_and_its_occupations_profile_and_opens_again_when_it_is_advertised_again() -> (
    None
):
    baker = Occupation("072-01", "見本", {"growth": 0.25}, {"realistic": 0.75})
    offer, _ = new_offer(good(), "ofr_1", "com_1", AREAS, baker, NOW)
    assert (offer.lat, offer.lng, offer.values, offer.interests) == (
        35.0,
        135.0,
        {"growth": 0.25},
        {"realistic": 0.75},
    )
    own = replace(
        offer,
        own=Answers({"growth": 1.0}, count=5),
        accommodations=("quiet",),
        state="expired",
        closed_at=NOW,
        closing_reason="expired",
    )
    again, events = renewed(own, good(sksu="別の仕事（見本）"), "com_2", AREAS, baker)
    assert (again.title, again.accommodations, again.values) == (
        "別の仕事（見本）",
        ("quiet",),
        {"growth": 0.625},
    )
    assert (again.state, again.closed_at, again.company_id) == ("published", None, "com_2")
    assert [type(event) for event in events] == [OfferPublished]
    paused, events = renewed(replace(offer, state="paused"), good(), "com_1", AREAS, baker)
    assert (paused.state, [type(event) for event in events]) == ("paused", [OfferChanged])


def test_what_no_field_holds_is_kept_as_it_is_within_bounds() -> None:
    kept = dict(unread(good(mihon_ran="見本の欄", khkyjgn="250,000円").tags))
    assert (kept["mihon_ran"], kept["khkyjgn"], kept["chgnkeitai_jgn"]) == (
        "見本の欄",
        "250,000円",
        "240,000円",
    )
    assert not kept.keys() & {"kjno", "sksu", "shigoto_ny", "kjyukoymd"}
    many = unread({f"mihon_{n}": "長" * 9999 for n in range(999)} | {"名" * 101: "x"})
    assert (len(many), {len(text) for _, text in many}) == (MOST, {LONGEST})
