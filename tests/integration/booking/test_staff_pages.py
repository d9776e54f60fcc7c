"""The staff's pages of booking over HTTP: agendas, what becomes of an appointment, hours, leave, rooms, pools, and who may."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.harness import a_pool, eventually
from tests.integration.booking.desk import DAY, EVERY_NIGHT, B, Desk, resident_id
from tests.integration.booking.staff_browser import HOST, StaffBrowser

AFTER = datetime(2026, 12, 3, 17, 0, tzinfo=UTC)
"""26:00 of the 3rd in Tokyo: an appointment of 24:30 is over."""


def reference(desk: Desk, name: str) -> str:
    return resident_id(name)[-6:].upper()


async def test_the_day_and_the_week_show_the_agenda_past_midnight(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    made = await desk.booked("aoi", counsellor)
    staff = StaffBrowser(desk)
    for path in (f"/day?day={DAY}&counsellor={counsellor}", f"/week?from={DAY}", f"/day?day={DAY}"):
        assert (await staff.get(path)).status_code == 200
        assert "24:30-25:30" in staff.page
        assert reference(desk, "aoi") in staff.page
        assert made in staff.page
        assert "res_" not in staff.page
    await staff.get(f"/day?day={DAY + timedelta(days=1)}")
    assert "この日の予約はありません" in staff.page
    await staff.get("/day?day=x")
    assert "12月1日（火）の予定" in staff.page  # 24:40 of the 1st


async def test_counsellors_see_their_own_day_first(desk: Desk) -> None:
    mine, other = await desk.counsellor(), await desk.counsellor(display_name="見本 同僚")
    await desk.booked("aoi", other)
    me = StaffBrowser(desk, "counsellor", counsellor_id=mine)
    await me.get(f"/day?day={DAY}")
    assert "この日の予約はありません" in me.page
    await me.get(f"/day?day={DAY}&counsellor=all")
    assert "24:30-25:30" in me.page


async def test_the_join_link_stands_in_the_agenda_until_the_end(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    staff = StaffBrowser(desk)
    await staff.get(f"/day?day={DAY}")
    assert f"https://meet.example/{made}" in staff.page
    desk.at(AFTER)
    await staff.get(f"/day?day={DAY}")
    assert "meet.example" not in staff.page


async def test_the_agenda_names_the_room_and_that_somebody_said_they_come(desk: Desk) -> None:
    await desk.staff("POST", "/rooms", {"name": "見本 回線1", "kind": "line", "channels": ["online"]})
    made = await desk.booked("aoi", await desk.counsellor())
    staff = StaffBrowser(desk)
    await staff.get(f"/day?day={DAY}")
    assert "見本 回線1" in staff.page and "返事あり" not in staff.page
    assert (await desk.act("aoi", made, "reaffirm")).status_code == 200
    for path in (f"/day?day={DAY}", f"/appointments/{made}"):
        await staff.get(path)
        assert "見本 回線1" in staff.page and "「行きます」の返事" in staff.page


@pytest.mark.parametrize(
    ("outcome", "state", "by", "said"),
    [
        ("attended", "attended", None, "相談ずみ"),
        ("missed-resident", "missed", "resident", "住民の都合がつかず"),
        ("missed-counsellor", "missed", "counsellor", "相談員の都合で行えず"),
    ],
)
async def test_what_became_of_an_appointment_is_recorded_with_a_note(
    desk: Desk, outcome: str, state: str, by: str | None, said: str
) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    staff = StaffBrowser(desk)
    await staff.get(f"/day?day={DAY}")
    assert "結果を記録する" not in staff.page
    desk.at(AFTER)
    await staff.get(f"/day?day={DAY}")
    assert "記録がまだです" in staff.page
    form, path = staff.page, f"/appointments/{made}/outcome"
    for _ in range(2):  # pressed twice
        staff.page = form
        assert (await staff.post(path, outcome=outcome, note="見本の記録")).status_code == 200
    assert said in staff.page
    kept = (await desk.staff("GET", f"/appointments/{made}")).json()
    assert (kept["state"], kept["missed_by"], kept["note"]) == (state, by, "見本の記録")
    await staff.get(f"/appointments/{made}")
    assert "見本の記録" in staff.page
    auditor = StaffBrowser(desk, "auditor")
    await auditor.get(f"/appointments/{made}")
    assert '<form method="post" action="/booking/staff/appointments' not in auditor.page


async def test_a_mark_without_a_choice_or_too_early_keeps_what_was_written(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    staff = StaffBrowser(desk)
    await staff.get(f"/appointments/{made}")
    early = await staff.post(f"/appointments/{made}/outcome", outcome="attended", note="早すぎた記録")
    assert (early.status_code, "予約の開始時刻より前" in staff.page) == (409, True)
    desk.at(AFTER)
    none = await staff.post(f"/appointments/{made}/outcome", outcome="", note="書きかけ")
    assert (none.status_code, "書きかけ" in staff.page) == (422, True)


async def test_staff_cancel_with_a_reason_that_only_staff_read(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    staff = StaffBrowser(desk)
    await staff.get(f"/appointments/{made}")
    await staff.post(f"/appointments/{made}/cancel", reason="見本の理由")
    assert "取り消し" in staff.page and "見本の理由" in staff.page
    kept = (await desk.staff("GET", f"/appointments/{made}")).json()
    assert (kept["state"], kept["cancelled_by"]) == ("cancelled", "staff")
    await staff.get(f"/day?day={DAY}")
    assert "取り消された予約（1件）" in staff.page


async def test_staff_move_an_appointment_to_another_time_and_person(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    other = await desk.counsellor(display_name="見本 同僚")
    staff = StaffBrowser(desk)

    async def offered() -> str | None:
        await staff.get(f"/appointments/{made}/move?who=all")
        found = re.search(
            rf'href="(/booking/staff/appointments/{made}/move\?slot={other}[^"]+1500)"', staff.page
        )
        return found[1] if found else None

    link = await eventually(offered)
    assert link is not None
    await staff.get(link.removeprefix("/booking/staff"))
    assert "25:00-26:00" in staff.page and "見本 同僚" in staff.page
    await staff.post(f"/appointments/{made}/move")
    kept = (await desk.staff("GET", f"/appointments/{made}")).json()
    assert (kept["counsellor_id"], kept["label"]) == (other, "25:00-26:00")


async def test_too_late_for_a_time_the_choice_is_shown_again(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    made = await desk.booked("aoi", counsellor)
    await desk.booked("ren", counsellor, 1530)
    staff = StaffBrowser(desk)
    slot = f"{counsellor}|{DAY}|1530"
    await staff.get(f"/appointments/{made}/move?slot={slot}")
    answer = await staff.post(f"/appointments/{made}/move", slot=slot)
    assert (answer.status_code, "ほかの予約が入りました" in staff.page) == (409, True)


async def test_counsellors_change_their_own_hours_as_they_say_them(desk: Desk) -> None:
    mine = await desk.counsellor()
    me = StaffBrowser(desk, "counsellor", counsellor_id=mine)
    await me.get(f"/counsellors/{mine}/hours")
    assert 'value="22:00-27:00"' in me.page
    weekly = {f"weekday-{n}": "" for n in range(7)} | {"weekday-3": "９：００〜１２：００、22時-26時30分"}
    dates = {"date": ["2026-12-31", "2027-01-07", ""], "hours": ["", "10:00-15:00", ""]}
    await me.post(f"/counsellors/{mine}/hours", **weekly, **dates, works_holidays="yes")
    assert "保存しました" in me.page
    assert 'value="9:00-12:00、22:00-26:30"' in me.page
    kept = (await desk.staff("GET", f"/counsellors/{mine}")).json()
    assert kept["weekly_hours"] == [
        {"weekday": 3, "start_minute": 540, "end_minute": 720},
        {"weekday": 3, "start_minute": 1320, "end_minute": 1590},
    ]
    assert kept["exceptions"] == [
        {"service_date": "2026-12-31", "spans": []},
        {"service_date": "2027-01-07", "spans": [{"start_minute": 600, "end_minute": 900}]},
    ]
    assert kept["works_holidays"] is True


async def test_hours_that_cannot_be_are_named_and_what_was_typed_stays(desk: Desk) -> None:
    mine = await desk.counsellor()
    me = StaffBrowser(desk, "counsellor", counsellor_id=mine)
    await me.get(f"/counsellors/{mine}/hours")
    weekly = {f"weekday-{n}": "" for n in range(7)} | {"weekday-0": "夕方", "weekday-1": "22:00-26:00"}
    answer = await me.post(f"/counsellors/{mine}/hours", **weekly)
    assert answer.status_code == 422
    assert 'id="weekday-0-error"' in me.page and 'value="夕方"' in me.page
    weekly |= {"weekday-0": "", "weekday-2": "1:00-3:00"}
    answer = await me.post(f"/counsellors/{mine}/hours", **weekly)
    assert (answer.status_code, 'id="weekday-2-error"' in me.page) == (422, True)
    assert len((await desk.staff("GET", f"/counsellors/{mine}")).json()["weekly_hours"]) == 7


async def test_hours_that_somebody_else_changed_meanwhile_are_not_overwritten_unseen(desk: Desk) -> None:
    mine = await desk.counsellor()
    me, staff = StaffBrowser(desk, "counsellor", counsellor_id=mine), StaffBrowser(desk)
    weekly = {f"weekday-{n}": "9:00-10:00" for n in range(7)}
    for browser in (me, staff):
        await browser.get(f"/counsellors/{mine}/hours")
    await staff.post(f"/counsellors/{mine}/hours", **weekly)
    late = await me.post(f"/counsellors/{mine}/hours", **{f"weekday-{n}": "11:00-12:00" for n in range(7)})
    assert (late.status_code, 'value="11:00-12:00"' in me.page) == (409, True)
    assert (await desk.staff("GET", f"/counsellors/{mine}")).json()["weekly_hours"][0]["start_minute"] == 540
    await me.post(f"/counsellors/{mine}/hours", **{f"weekday-{n}": "11:00-12:00" for n in range(7)})
    assert "保存しました" in me.page


async def test_hours_cut_are_shown_with_what_they_strand_then_saved_then_it_goes_to_others(
    desk: Desk,
) -> None:
    mine = await desk.counsellor()
    early, late = await desk.booked("aoi", mine, 1320), await desk.booked("ren", mine, 1500)
    me, staff = StaffBrowser(desk, "counsellor", counsellor_id=mine), StaffBrowser(desk)
    where = f"/counsellors/{mine}/hours"
    await me.get(where)
    await me.post(where, **{f"weekday-{n}": "22:00-24:00" for n in range(7)})
    assert "この変更で、1件の予約が担当の時間の外になります" in me.page
    assert late in me.page and early not in me.page
    assert (await desk.staff("GET", f"/counsellors/{mine}")).json()["weekly_hours"][0]["end_minute"] == 1620
    await staff.get("")
    assert "担当の時間の外になった予約" not in staff.page
    await me.post(where)
    assert "担当の時間の外になっている予約が1件あります" in me.page
    assert (await desk.staff("GET", f"/counsellors/{mine}")).json()["weekly_hours"][0]["end_minute"] == 1440
    await staff.get("")
    assert "担当の時間の外になった予約（1件）" in staff.page and f"/counsellors/{mine}/outside" in staff.page

    colleague = await desk.counsellor(display_name="見本 同僚")
    await me.post(f"/counsellors/{mine}/outside")
    assert "1件を引きつぎました" in me.page and "見本 同僚" in me.page
    moved = (await desk.staff("GET", f"/appointments/{late}")).json()
    stayed = (await desk.staff("GET", f"/appointments/{early}")).json()
    assert (moved["counsellor_id"], stayed["counsellor_id"]) == (colleague, mine)
    await me.get(f"/counsellors/{mine}/outside")
    assert "担当の時間の外の予約はありません" in me.page

    profile = f"/counsellors/{mine}/profile"
    await staff.get(profile)
    fields: dict[str, Any] = {"display_name": "見本", "channels": ["online"], "languages": ["ja"]}
    await staff.post(profile, **fields)  # `active` is not ticked any more
    assert "この変更で、1件の予約が担当の時間の外になります" in staff.page and early in staff.page
    await staff.post(profile)
    assert "いま予約を受けていません" in staff.page
    assert (await desk.staff("GET", f"/counsellors/{mine}")).json()["active"] is False


async def test_a_leave_is_shown_with_what_it_touches_then_kept_then_given_to_others(desk: Desk) -> None:
    mine = await desk.counsellor()
    first, second = await desk.booked("aoi", mine, 1320), await desk.booked("ren", mine, 1500)
    me = StaffBrowser(desk, "counsellor", counsellor_id=mine)
    where = f"/counsellors/{mine}/leaves"
    await me.get(where)
    await me.post(f"{where}/preview", from_date=DAY.isoformat())
    assert "この休みは2件の予約に関わります" in me.page
    assert (await desk.staff("GET", where)).json() == []
    form = me.page
    for _ in range(2):  # pressed twice
        me.page = form
        await me.post(where)
    assert "2件をほかの相談員に引きつぐ" in me.page
    (leave,) = (await desk.staff("GET", where)).json()
    staff = StaffBrowser(desk)
    await staff.get("")
    assert "相談員の休みに重なっている予約（2件）" in staff.page

    colleague = await desk.counsellor(display_name="見本 同僚")
    await desk.booked("mio", colleague, 1500)
    await me.post(f"{where}/{leave['id']}/reassign")
    assert "1件を引きつぎました" in me.page and "1件は、引きつげませんでした" in me.page
    moved = (await desk.staff("GET", f"/appointments/{first}")).json()
    stayed = (await desk.staff("GET", f"/appointments/{second}")).json()
    assert (moved["counsellor_id"], stayed["counsellor_id"]) == (colleague, mine)
    assert "見本 同僚" in me.page and f"/appointments/{second}/move?who=all" in me.page
    await me.get(f"{where}/{leave['id']}")
    await me.post(f"{where}/{leave['id']}/end")
    assert "入っている休み" not in me.page


@pytest.mark.parametrize(
    ("form", "field"),
    [
        ({}, "from_date"),
        ({"from_date": "2026-12-05", "to_date": "2026-12-03"}, "to_date"),
        ({"from_date": "2026-12-03", "from_time": "25時半"}, "from_time"),
        ({"from_date": "2026-12-03", "from_time": "15:00", "to_time": "14:00"}, "to_date"),
        ({"from_date": "2031-12-03"}, "from_date"),
    ],
)
async def test_a_leave_that_cannot_be_is_named(desk: Desk, form: dict[str, str], field: str) -> None:
    mine = await desk.counsellor()
    me = StaffBrowser(desk, "counsellor", counsellor_id=mine)
    await me.get(f"/counsellors/{mine}/leaves")
    answer = await me.post(f"/counsellors/{mine}/leaves/preview", **form)
    assert (answer.status_code, f'id="{field}-error"' in me.page) == (422, True)


async def test_counsellors_leave_their_colleagues_hours_and_leave_alone(desk: Desk) -> None:
    mine, other = await desk.counsellor(), await desk.counsellor()
    me = StaffBrowser(desk, "counsellor", counsellor_id=mine)
    await me.get("/counsellors")
    assert f"/counsellors/{mine}/hours" in me.page and f"/counsellors/{other}/hours" not in me.page
    for path in (f"/counsellors/{other}/hours", f"/counsellors/{other}/leaves", "/rooms"):
        assert (await me.get(path)).status_code == 403
    for path in (f"/counsellors/{other}/hours", f"/counsellors/{other}/leaves", "/rooms"):
        assert (await me.post(path, name="x", from_date="2026-12-03")).status_code == 403


async def test_the_first_page_says_what_needs_a_look(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    await desk.booked("aoi", counsellor)
    staff = StaffBrowser(desk)
    await staff.get("")
    assert "いま、ありません" in staff.page
    desk.at(AFTER)
    await staff.get("")
    assert "結果の記録がまだの予約（1件）" in staff.page
    assert reference(desk, "aoi") in staff.page


async def test_who_waits_is_listed_in_order_and_can_be_put_first(desk: Desk) -> None:
    for name in ("aoi", "ren"):
        answer = await desk.client.post(
            "/booking/v1/me/waiting", headers=desk.who(name), json={"channel": "online"}
        )
        assert answer.status_code == 201, answer.text
    staff = StaffBrowser(desk)
    await staff.get("/waiting")
    first, second = reference(desk, "aoi"), reference(desk, "ren")
    assert 0 < staff.page.index(first) < staff.page.index(second)
    entries = (await desk.staff("GET", "/waiting")).json()["data"]
    form, path = staff.page, f"/waiting/{entries[1]['id']}/priority"
    await staff.post(path, priority="3")
    assert "順番を保存しました" in staff.page
    assert 0 < staff.page.index(second) < staff.page.index(first)
    staff.page = form  # of a version that is gone
    assert (await staff.post(path, priority="0")).status_code == 409
    assert (await staff.post(path, priority="9")).status_code == 422
    auditor = StaffBrowser(desk, "auditor")
    await auditor.get("/waiting")
    assert second in auditor.page and f'{path}"' not in auditor.page
    assert (await auditor.post(path, priority="0")).status_code == 403


async def test_a_counsellor_is_added_then_given_hours_then_changed(desk: Desk) -> None:
    staff = StaffBrowser(desk)
    await staff.get("/counsellors/new")
    fields: dict[str, Any] = {
        "display_name": "見本 新しい相談員",
        "channels": ["online", "telephone"],
        "languages": ["ja", "en"],
    }
    wrong = await staff.post("/counsellors/new", **fields | {"display_name": " ", "daily_cap": "たくさん"})
    assert wrong.status_code == 422
    assert 'id="display_name-error"' in staff.page and 'value="たくさん"' in staff.page
    form = staff.page
    for _ in range(2):  # pressed twice
        staff.page = form
        await staff.post("/counsellors/new", **fields, active="yes")
    assert "担当の時間：見本 新しい相談員" in staff.page
    (made,) = (await desk.staff("GET", "/counsellors")).json()["data"]
    assert (made["channels"], made["languages"], made["active"]) == (
        ["online", "telephone"],
        ["ja", "en"],
        True,
    )
    path = f"/counsellors/{made['id']}/profile"
    await desk.staff("PUT", f"/counsellors/{made['id']}", {**_body(made), "weight": 0.5})
    await staff.get(path)
    changed: dict[str, Any] = {**fields, "daily_cap": "4", "to_date": "2027-03-31", "gender": "female"}
    assert (await staff.post(path, **changed, skills="こころ")).status_code == 422
    changed["skills"] = "Mental-Health、debt debt"
    assert (await staff.post(path, **changed, from_date="2027-04-01")).status_code == 422
    await staff.post(path, **changed)
    kept = (await desk.staff("GET", f"/counsellors/{made['id']}")).json()
    assert (kept["daily_cap"], kept["to_date"], kept["active"]) == (4, "2027-03-31", False)
    assert (kept["skills"], kept["gender"]) == (["mental-health", "debt"], "female")
    assert kept["weight"] == 0.5  # what the page does not show stays
    counsellor = StaffBrowser(desk, "counsellor", counsellor_id=made["id"])
    assert (await counsellor.get(path)).status_code == 403


def _body(counsellor: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in counsellor.items() if name not in ("id", "version")}


async def test_rooms_are_added_and_stopped(desk: Desk) -> None:
    staff = StaffBrowser(desk)
    await staff.get("/rooms")
    assert (await staff.post("/rooms", name=" ", kind="room", channels=["online"])).status_code == 422
    form = staff.page
    for _ in range(2):
        staff.page = form
        await staff.post("/rooms", name="見本 相談室", kind="room", channels=["face_to_face"])
    (room,) = (await desk.staff("GET", "/rooms")).json()["data"]
    await staff.post(f"/rooms/{room['id']}/active")
    assert "止めています" in staff.page
    assert (await desk.staff("GET", f"/rooms/{room['id']}")).json()["active"] is False


async def test_other_municipalities_see_nothing_of_this_one(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    made = await desk.booked("aoi", counsellor)
    neighbour = StaffBrowser(desk, tenant=B)
    neighbour.headers["Host"] = f"{B}.localhost:8080"
    await neighbour.get(f"/day?day={DAY}")
    assert "この日の予約はありません" in neighbour.page
    for path in (
        f"/appointments/{made}",
        f"/counsellors/{counsellor}/hours",
        f"/counsellors/{counsellor}/leaves",
    ):
        assert (await neighbour.get(path)).status_code == 404
    for path in (f"/appointments/{made}/cancel", f"/appointments/{made}/outcome"):
        assert (await neighbour.post(path, outcome="attended")).status_code == 404
    assert (await desk.staff("GET", f"/appointments/{made}")).json()["state"] == "confirmed"


async def test_without_signing_in_every_page_leads_there(desk: Desk) -> None:
    for path in (
        "",
        "/day?day=2026-12-03",
        "/week",
        "/counsellors",
        "/rooms",
        "/pools",
        "/pool",
        "/sessions",
    ):
        answer = await desk.client.get(f"/booking/staff{path}", headers={"Host": HOST})
        assert answer.status_code == 303
        assert answer.headers["Location"].startswith("/booking/staff/sign-in?back=%2Fbooking%2Fstaff")


async def test_a_form_from_another_site_does_nothing(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    staff = StaffBrowser(desk)
    staff.headers["Sec-Fetch-Site"] = "cross-site"
    assert (await staff.post(f"/appointments/{made}/cancel")).status_code == 403
    assert (await desk.staff("GET", f"/appointments/{made}")).json()["state"] == "confirmed"


async def test_people_of_a_pool_see_their_own_pages_only(desk: Desk) -> None:
    pool = a_pool()
    await desk.harness.declare(pool)
    person = {"display_name": "見本 プール相談員", "channels": ["online"], "weekly_hours": EVERY_NIGHT}
    operator_token = desk.harness.staff(pool.id, "pool_staff")
    added = await desk.client.post("/booking/v1/pool/counsellors", headers=operator_token, json=person)
    counsellor = added.json()["id"]
    made = await desk.booked("aoi", counsellor)
    me = StaffBrowser(desk, "pool_counsellor", counsellor_id=counsellor, tenant=pool.id)
    await me.get("/sessions")
    assert "24:30-25:30" in me.page and "sample-a" in me.page
    assert reference(desk, "aoi") not in me.page
    for path in ("/day", "/week", "/counsellors", "/rooms", "/pools", "/pool", f"/appointments/{made}"):
        assert (await me.get(path)).status_code == 403, path
    desk.at(AFTER)
    await me.get(f"/sessions?from={DAY}")
    await me.post(f"/sessions/{made}/outcome", outcome="attended", note="見本の記録")
    assert "相談ずみ" in me.page
    operator = StaffBrowser(desk, "pool_staff", tenant=pool.id)
    assert (await operator.get("")).headers["Location"] == "/booking/staff/pool"
    await operator.get("/pool")
    assert "自治体ごとの利用" in operator.page
    staff = StaffBrowser(desk)
    await staff.get("/pools")
    assert "この自治体の枠" in staff.page and "sample-b" not in staff.page
    await staff.get(f"/day?day={DAY}")
    assert "相談ずみ" in staff.page


async def test_people_of_a_pool_see_to_hours_and_leave_and_never_whose_appointment_it_is(desk: Desk) -> None:
    pool = a_pool()
    await desk.harness.declare(pool)
    token = desk.harness.staff(pool.id, "pool_staff")
    both = []
    for name in ("見本 共同の相談員", "見本 共同の同僚"):
        person = {"display_name": name, "channels": ["online"], "weekly_hours": EVERY_NIGHT}
        added = await desk.client.post("/booking/v1/pool/counsellors", headers=token, json=person)
        both.append(added.json()["id"])
    mine, other = both
    made = await desk.booked("aoi", mine)
    me = StaffBrowser(desk, "pool_counsellor", counsellor_id=mine, tenant=pool.id)
    operator, staff = StaffBrowser(desk, "pool_staff", tenant=pool.id), StaffBrowser(desk)
    seen = []

    await me.get("/pool/counsellors")
    assert mine in me.page and other not in me.page
    where = f"/pool/counsellors/{mine}"
    await me.get(f"{where}/hours")
    await me.post(f"{where}/hours", **{f"weekday-{n}": "22:00-24:00" for n in range(7)})
    assert "1件の予約が担当の時間の外になります" in me.page and "24:30-25:30" in me.page
    seen.append(me.page)
    await me.post(f"{where}/hours")
    assert "担当の時間の外になっている予約が1件あります" in me.page and "引きつぐ</button>" not in me.page
    seen.append(me.page)
    await me.get(f"{where}/leaves")
    await me.post(f"{where}/leaves/preview", from_date=DAY.isoformat())
    seen.append(me.page)
    await me.post(f"{where}/leaves")
    assert "この休みは1件の予約に関わります" in me.page and "引きつぐ</button>" not in me.page
    seen.append(me.page)
    await staff.get("")
    assert f"/appointments/{made}/move?who=all" in staff.page  # the municipality's own way out
    (leave,) = (await desk.client.get(f"/booking/v1{where}/leaves", headers=token)).json()

    for path in (f"/pool/counsellors/{other}/hours", f"{where}/profile", f"/counsellors/{mine}/hours"):
        assert (await me.get(path)).status_code == 403, path
    for path in (f"{where}/leaves/{leave['id']}/reassign", f"{where}/outside", f"{where}/profile"):
        assert (await me.post(path)).status_code == 403, path
    for path in ("/pool/counsellors", f"{where}/hours", f"{where}/leaves", f"{where}/outside"):
        assert (await staff.get(path)).status_code == 403, path
    await operator.get(f"{where}/profile")
    assert "見本 共同の相談員" in operator.page
    await operator.get(f"{where}/leaves/{leave['id']}")
    seen.append(operator.page)
    await operator.post(f"{where}/leaves/{leave['id']}/reassign")
    assert "1件を引きつぎました" in operator.page and "見本 共同の同僚" in operator.page
    seen.append(operator.page)
    assert (await desk.staff("GET", f"/appointments/{made}")).json()["counsellor_id"] == other
    assert not [page for page in seen if reference(desk, "aoi") in page or made in page]
