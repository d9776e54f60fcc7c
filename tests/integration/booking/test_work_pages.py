"""The pages of work over HTTP: one press for today, a week as a form, and refusals that say what to do."""

import re
from collections.abc import AsyncIterator

import httpx
import pytest

from shared.auth import SESSION_COOKIE
from shared.clock import parse_service_time
from tests.harness import Harness, eventually
from tests.integration.booking.centre import MONDAY, Centre, open_centre
from tests.integration.booking.desk import A, B
from tests.signing_in import staff_cookie

DAY = "2026-12-03"
THIS_WEEK = "2026-11-30"
HOST = {"Host": "sample-a.localhost:8080"}


@pytest.fixture
async def centre(harness: Harness) -> AsyncIterator[Centre]:
    made = await open_centre(harness)
    yield made
    assert await made.desk.findings() == []


async def browse(
    centre: Centre, name: str, method: str, path: str, form: dict[str, str] | None = None
) -> httpx.Response:
    token = centre.desk.who(name)["Authorization"].removeprefix("Bearer ")
    headers = {**HOST, "Cookie": f"{SESSION_COOKIE}={token}"}
    return await centre.desk.client.request(method, f"/booking/work{path}", headers=headers, data=form)


async def staff(
    centre: Centre,
    method: str,
    path: str,
    form: dict[str, str] | None = None,
    tenant: str = A,
    role: str = "staff",
) -> httpx.Response:
    cookie = "; ".join(f"{k}={v}" for k, v in staff_cookie(centre.desk.harness, tenant, role).items())
    headers = {"Host": f"{tenant}.localhost:8080", "Cookie": cookie}
    return await centre.desk.client.request(method, f"/booking/staff{path}", headers=headers, data=form)


def hidden(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


async def test_one_press_is_enough_and_can_be_taken_back(centre: Centre) -> None:
    await centre.worker("aoi")
    (mine,) = await centre.planned("aoi", centre.entry(DAY, 1380, 1500), monday=THIS_WEEK)
    centre.desk.at(parse_service_time(f"{DAY}T24:10"))
    page = await browse(centre, "aoi", "GET", "")
    assert "23:00-25:00" in page.text
    assert "今日は休みます" in page.text
    form = {
        "status": "absent",
        "shift": hidden(page.text, "shift"),
        "idempotency_key": hidden(page.text, "idempotency_key"),
    }
    pressed = await browse(centre, "aoi", "POST", "/attendance", form)
    again = await browse(centre, "aoi", "POST", "/attendance", form)
    assert (pressed.status_code, again.status_code) == (303, 303)
    thanks = await browse(centre, "aoi", "GET", "?told=absent")
    assert "理由はいりません" in thanks.text
    assert "やっぱり行きます" in thanks.text
    assert (await centre.shift(mine))["version"] == 2
    await browse(centre, "aoi", "POST", "/attendance", {"status": "present", "shift": mine})
    assert (await centre.shift(mine))["state"] == "present"


async def test_pressing_without_a_shift_is_left_to_a_person(centre: Centre) -> None:
    await centre.worker("aoi")
    answer = await browse(centre, "aoi", "POST", "/attendance", {"status": "absent"})
    assert answer.headers["location"] == "/booking/work?told=unclear"
    odd = await browse(centre, "aoi", "POST", "/attendance", {"status": "dancing"})
    assert odd.headers["location"] == "/booking/work"


async def test_a_notice_of_no_shift_waits_for_staff_until_they_have_looked(centre: Centre) -> None:
    who = await centre.worker("aoi")
    await centre.tell("aoi", "absent")
    overview = (await staff(centre, "GET", "")).text
    assert "確かめてほしい連絡が1件" in overview
    page = (await staff(centre, "GET", "/attendance")).text
    assert "どの時間のことか、確かめてほしい連絡" in page and who[-6:].upper() in page
    until = hidden(page, "until")
    centre.desk.at(parse_service_time(f"{DAY}T13:00"))
    await centre.tell("aoi", "late")
    seen = f"/attendance/unclear/{who}"
    for odd in ("soon", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00"):
        assert (await staff(centre, "POST", seen, {"until": odd})).status_code == 404
    assert (await staff(centre, "POST", seen, {"until": until}, role="auditor")).status_code == 403
    assert (await staff(centre, "POST", seen, {"until": until})).status_code == 303
    page = (await staff(centre, "GET", "/attendance")).text
    assert "遅れます" in page and "：お休み" not in page
    await staff(centre, "POST", seen, {"until": hidden(page, "until")})
    assert "確かめてほしい連絡" not in (await staff(centre, "GET", "/attendance")).text
    assert "確かめてほしい連絡" not in (await staff(centre, "GET", "")).text


async def test_a_week_is_set_by_a_form_and_what_is_wrong_is_said_in_plain_words(centre: Centre) -> None:
    await centre.worker("aoi", max_days=2)
    week = {"monday": MONDAY, "start-0": "600", "minutes-0": "120", "place-0": centre.station}
    saved = await browse(centre, "aoi", "POST", "/week", week)
    assert (saved.status_code, saved.headers["location"]) == (
        303,
        f"/booking/work/week?monday={MONDAY}&saved=yes",
    )
    shown = await browse(centre, "aoi", "GET", f"/week?monday={MONDAY}&saved=yes")
    assert 'value="600" selected' in shown.text
    assert "予定を保存しました" in shown.text
    for more, said in (
        ({"start-1": "300", "minutes-1": "120", "place-1": centre.station}, "12月8日：その時間は選べません"),
        (
            {"start-1": "600", "minutes-1": "60", "place-1": "home"},
            "12月8日：1日の時間は、2時間から3時間まで",
        ),
        ({"start-1": "600", "minutes-1": "120", "place-1": centre.skilled}, "12月8日：その席は使えません"),
        (
            {f"{k}-{n}": v for n in (1, 2) for k, v in (("start", "600"), ("minutes", "120"))},
            "1週間に2日まで",
        ),
    ):
        refused = await browse(centre, "aoi", "POST", "/week", {**week, **more})
        assert (refused.status_code, said in refused.text) == (422, True), said
        assert 'value="600" selected' in refused.text
    copied = await browse(centre, "aoi", "POST", "/week/copy", {"monday": "2026-12-14"})
    assert copied.headers["location"].endswith("saved=yes")
    listed = await centre.me("aoi", "GET", "/week", params={"monday": "2026-12-14"})
    assert [s["label"] for s in listed.json()["shifts"]] == ["10:00-12:00"]


async def test_any_week_form_is_answered_without_a_fault(centre: Centre) -> None:
    await centre.worker("aoi")
    for form in (
        {"monday": "9999-99-99", "start-0": "１２", "minutes-0": "-5"},
        {"monday": MONDAY, "start-0": "99999", "minutes-0": "120"},
        {"monday": MONDAY, "start-0": "1799", "minutes-0": "1799", "place-0": "stn_x" * 40},
    ):
        assert (await browse(centre, "aoi", "POST", "/week", form)).status_code in (303, 422)
    for query in ("?monday=2026-13-01", "?monday=0001-01-01", "?monday=2026-12-08"):
        assert (await browse(centre, "aoi", "GET", f"/week{query}")).status_code == 200


async def test_a_contract_is_agreed_to_and_not_renewed_by_a_press(centre: Centre) -> None:
    who = await centre.worker("aoi")
    made = await centre.staff("POST", "/contracts", {"resident_id": who, "starts_on": "2026-12-01"})
    path = f"/contracts/{made.json()['id']}"
    assert "同意します" in (await browse(centre, "aoi", "GET", "/contracts")).text
    await browse(centre, "aoi", "POST", f"{path}/agree")
    assert "次は続けません" in (await browse(centre, "aoi", "GET", "/contracts")).text
    await browse(centre, "aoi", "POST", f"{path}/end")
    ending = (await browse(centre, "aoi", "GET", "/contracts")).text
    assert "に終わります" in ending and "やっぱり続けます" in ending
    await browse(centre, "aoi", "POST", f"{path}/agree")
    assert "次は続けません" in (await browse(centre, "aoi", "GET", "/contracts")).text
    await centre.worker("ren")
    assert (await browse(centre, "ren", "POST", f"{path}/end")).status_code == 404


async def test_who_works_says_that_more_hours_are_welcome_and_which_suit(centre: Centre) -> None:
    night = [{"weekday": 2, "start_minute": s, "end_minute": s + 120} for s in (600, 1320)]
    who = await centre.worker("aoi", available=night, preferred=night[1:], max_days=2)
    page = (await browse(centre, "aoi", "GET", "/wishes")).text
    assert "10:00から12:00、22:00から24:00" in page and 'name="start-2"' not in page
    form = {
        "more": "yes",
        "start-0": "1380",
        "end-0": "1500",
        "liked-0": "yes",
        "start-4": "600",
        "end-4": "900",
    }
    half = await browse(centre, "aoi", "POST", "/wishes", {**form, "end-4": "600", "start-5": "600"})
    assert (half.status_code, "金曜日、土曜日：" in half.text) == (422, True)
    saved = await browse(centre, "aoi", "POST", "/wishes", form)
    assert (saved.status_code, saved.headers["location"]) == (303, "/booking/work/wishes?saved=yes")
    kept = (await centre.staff("GET", f"/workers/{who}")).json()
    monday = {"weekday": 0, "start_minute": 1380, "end_minute": 1500}
    friday = {"weekday": 4, "start_minute": 600, "end_minute": 900}
    assert (kept["wishes_more"], kept["max_days"]) == (True, 2)
    assert kept["available"] == [monday, *night, friday]
    assert kept["preferred"] == [monday, night[1]]
    await browse(centre, "aoi", "POST", "/wishes", {"more": "no"})
    kept = (await centre.staff("GET", f"/workers/{who}")).json()
    assert (kept["wishes_more"], kept["available"], kept["preferred"]) == (False, night, night[1:])
    for odd in ({"start-0": "9999", "end-0": "9999"}, {"start-0": "１２", "end-0": "-5"}):
        assert (await browse(centre, "aoi", "POST", "/wishes", odd)).status_code in (303, 422)


async def test_the_picture_of_hours_has_its_table(centre: Centre) -> None:
    await centre.worker("aoi")
    await centre.planned("aoi", centre.entry(MONDAY))
    page = (await browse(centre, "aoi", "GET", "/hours")).text
    assert "<title" in page
    assert re.search(r"12/7から</th><td[^>]*>2時間", page)
    assert "守れなくても何かを失うことはありません" in page


async def test_staff_see_who_is_there_and_record_it(centre: Centre) -> None:
    await centre.worker("aoi")
    (mine,) = await centre.planned("aoi", centre.entry(DAY), monday=THIS_WEEK)
    centre.desk.at(parse_service_time(f"{DAY}T13:00"))
    page = await staff(centre, "GET", "/attendance")
    assert "まだ記録がありません" in page.text
    done = await staff(centre, "POST", f"/attendance/{mine}", {"status": "present"})
    assert (done.status_code, (await centre.shift(mine))["state"]) == (303, "present")
    assert (await staff(centre, "POST", f"/attendance/{mine}", {"status": "dancing"})).status_code == 404
    capacity = await staff(centre, "GET", "/capacity")
    assert (capacity.status_code, "ひとりずつ" in capacity.text) == (200, True)
    assert (
        await staff(centre, "POST", f"/attendance/{mine}", {"status": "absent"}, tenant=B)
    ).status_code == 404
    reader = await staff(centre, "POST", f"/attendance/{mine}", {"status": "absent"}, role="auditor")
    assert reader.status_code == 403
    assert (await staff(centre, "GET", "/attendance", tenant=B)).status_code == 200


async def test_who_works_with_no_centre_reads_that_nothing_is_here(centre: Centre) -> None:
    await centre.desk.registered("aoi")
    for path in ("", "/week", "/wishes", "/hours", "/contracts"):
        assert (await browse(centre, "aoi", "GET", path)).status_code == 404


async def test_my_appointments_show_my_shifts_to_who_works_and_nothing_of_work_to_others(
    centre: Centre,
) -> None:
    await centre.worker("aoi")
    await centre.planned("aoi", centre.entry(DAY, 1380, 1500), monday=THIS_WEEK)

    async def mine(name: str) -> str:
        token = centre.desk.who(name)["Authorization"].removeprefix("Bearer ")
        headers = {**HOST, "Cookie": f"{SESSION_COOKIE}={token}"}
        return (await centre.desk.client.get("/booking/mine", headers=headers)).text

    page = await mine("aoi")
    assert "はたらく予定" in page and "23:00" in page and "/booking/work" in page
    assert "はたらく予定" not in await mine("somebody")


async def test_staff_are_asked_to_look_at_a_plan_together_not_to_count_it_against_anybody(
    centre: Centre,
) -> None:
    await centre.worker("aoi")
    centre.desk.at(parse_service_time("2026-12-28T12:00"))
    page = await staff(centre, "GET", "/capacity")
    assert "目安より少なめ" in page.text and "失うものはありません" in page.text

    async def overview() -> bool:
        return "目安から離れている人が、1人" in (await staff(centre, "GET", "")).text

    await eventually(overview)


async def test_staff_fetch_a_months_pay_from_the_page_and_read_what_is_missing_for_it(centre: Centre) -> None:
    who = await centre.worker("aoi")
    (mine,) = await centre.planned("aoi", centre.entry(DAY), monday=THIS_WEEK)
    centre.desk.at(parse_service_time(f"{DAY}T13:00"))
    await staff(centre, "POST", f"/attendance/{mine}", {"status": "present"})
    page = (await staff(centre, "GET", "/capacity")).text
    (last, this) = re.findall(r'href="/booking/staff(/capacity/pay[^"]*)"', page)
    got = await staff(centre, "GET", this.replace("&amp;", "&"))
    api = await centre.staff("GET", f"/centres/{centre.id}/pay", params={"month": "2026-12"})
    assert (got.status_code, got.headers["content-type"], got.content) == (
        200,
        "text/csv; charset=utf-8",
        api.content,
    )
    assert f"{who},2026-12-03" in got.text
    assert (await staff(centre, "GET", last.replace("&amp;", "&"))).status_code == 200
    assert (await staff(centre, "GET", this.replace("&amp;", "&"), tenant=B)).status_code == 404
    terms = (await centre.staff("GET", f"/centres/{centre.id}")).json()
    del terms["id"], terms["version"]
    changed = await centre.staff("PUT", f"/centres/{centre.id}", {**terms, "rates": []})
    assert changed.status_code == 200, changed.text
    missing = await staff(centre, "GET", this.replace("&amp;", "&"))
    assert (missing.status_code, "時給" in missing.text) == (409, True)
