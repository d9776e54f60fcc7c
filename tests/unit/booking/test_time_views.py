"""What residents choose from beside a time, and what they read of it."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from services.booking.appointment import book
from services.booking.counsellor import Counsellor
from services.booking.explain import Explanation, Help, Reason
from services.booking.pages.asking import Asking
from services.booking.pages.time_views import address, helps_of, moving_to, offered, reason_of, reasons_of
from services.booking.slot import slot_at
from services.booking.wish import Wishes

SLOT = slot_at("cou_a", "telephone", date(2026, 12, 3), 1470, 30, ZoneInfo("Asia/Tokyo"))
USUAL = Asking("online", 60)


def people(*given: dict[str, Any]) -> dict[str, Counsellor]:
    usual = {"languages": ("ja",), "channels": ("online",), "weekly_hours": ()}
    return {f"cou_{n}": Counsellor(f"cou_{n}", f"見本 {n}", **(usual | one)) for n, one in enumerate(given)}


def test_only_wishes_that_somebody_can_meet_are_offered() -> None:
    alone = offered(people({}), USUAL)
    assert (alone.any_wishes, list(alone.channels)) == (False, ["online"])
    away = {"languages": ("zh",), "gender": "male", "channels": ("telephone",), "active": False}
    found = offered(people({}, {"languages": ("ja", "en"), "gender": "female"}, away), USUAL)
    assert found.languages == {"ja": "日本語", "en": "英語（English）"}
    assert found.genders == {"female": "女性"}
    assert (list(found.people), list(found.channels)) == (["cou_0", "cou_1"], ["online"])


def test_what_is_asked_for_stays_to_be_seen_and_many_are_not_chosen_from_by_name() -> None:
    asked = offered(people({}), Asking("online", 60, language="pt", gender="male"))
    assert ("pt" in asked.languages, list(asked.genders)) == (True, ["male"])
    assert offered(people(*[{}] * 31), USUAL).people == {}


def test_another_time_is_looked_for_with_the_same_wishes_and_with_one_person_only_if_asked() -> None:
    made, _ = book(
        "apt_a", "res_a", SLOT, datetime(2026, 12, 1, tzinfo=UTC), wishes=Wishes("en", gender="male")
    )
    assert moving_to(made, "") == Asking("telephone", 30, None, "en", (), "male")
    assert moving_to(made, "cou_b").counsellor_id is None
    only = moving_to(made, "cou_a")
    assert address(only, made) == "/booking/times?move=apt_a&counsellor=cou_a"
    assert address(replace(only, counsellor_id=None), made) == "/booking/times?move=apt_a"


def test_the_way_out_keeps_what_it_does_not_change() -> None:
    asking = Asking("online", 60, language="en", gender="female", gender_required=True)
    found = Explanation(
        0, [Reason("language", "people", 2)], [Help("channel", "telephone", 4), Help("gender", "", 1)]
    )
    (by_phone, phone), (whoever, anybody) = helps_of(found, asking)
    assert (by_phone, whoever) == (
        "電話なら、空いている時間が4件あります。",
        "性別を選ばなければ、1件あります。",
    )
    assert phone == "/booking/times?channel=telephone&minutes=60&language=en&gender=female&required=yes"
    assert "required" not in anybody
    assert reasons_of(found) == ["この言語で話せる相談員の時間がありません。"]


def test_a_way_to_talk_that_somebody_offers_is_no_reason() -> None:
    found = Explanation(0, [Reason("channel", "people", 1), Reason("taken", "times", 5)], [])
    assert reasons_of(found) == ["予約がいっぱいです。"]
    away = replace(found, reasons=[found.reasons[0], Reason("weekly", "days", 7)])
    assert reasons_of(away) == ["相談を受け付けていない時間です。"]
    assert reasons_of(replace(found, reasons=found.reasons[:1])) == ["この話し方では、相談を受けていません。"]


def test_why_it_is_this_counsellor_is_said_when_banso_chose() -> None:
    assert reason_of({"code": "continuity", "matched": ["continuity"]}) == "前回と同じ相談員です。"
    assert reason_of({"code": "chosen", "quota": "own"}) == reason_of(None) == ""
