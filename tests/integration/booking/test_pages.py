"""The pages, as a browser without script sees them: forms, redirects, and what stands on them."""

import re
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from services.intake.pages.beginning import FOR_ANYBODY
from tests.harness import a_tenant
from tests.integration.booking.desk import DAY, NOW, A, Desk

HOST = f"{A}.localhost:8080"


class Browser:
    """Follows forms of one resident; keeps the last page."""

    def __init__(self, desk: Desk, name: str) -> None:
        token = desk.who(name)["Authorization"].removeprefix("Bearer ")
        self.client = desk.client
        self.headers = {"Host": HOST, "Cookie": f"banso_session={token}", "Sec-Fetch-Site": "same-origin"}
        self.page = ""

    async def get(self, path: str) -> httpx.Response:
        answer = await self.client.get(path, headers=self.headers)
        self.page = answer.text
        return answer

    async def post(self, path: str, **form: str) -> httpx.Response:
        """Send the page's form with its hidden fields; follow the redirect."""
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', self.page))
        answer = await self.client.post(path, headers=self.headers, data=hidden | form)
        if answer.status_code == 303:
            return await self.get(answer.headers["Location"])
        self.page = answer.text
        return answer

    def choices(self) -> list[str]:
        return re.findall(r'name="slot" value="([^"]+)"', self.page)


def choice_at(browser: Browser, minute: int) -> str:
    return next(c for c in browser.choices() if c.endswith(f"|{minute}"))


def form_to(browser: Browser, act: str) -> str:
    """The address of the page's form with this ending."""
    found = re.search(rf'action="([^"]+/{act})"', browser.page)
    assert found is not None, browser.page
    return found[1]


async def test_pages_that_one_may_begin_with_are_there_for_who_has_just_begun(desk: Desk) -> None:
    fresh = Browser(desk, "fresh")
    for path in (path for path in FOR_ANYBODY if path.startswith("/booking/")):
        assert (await fresh.get(path)).status_code == 200, path


async def test_three_steps_lead_from_the_list_to_a_booking_past_midnight(desk: Desk) -> None:
    await desk.counsellor()
    aoi = Browser(desk, "aoi")
    await aoi.get(f"/booking/times?day={DAY.isoformat()}")
    assert "12月3日（木）" in aoi.page
    assert "24:30（日付が変わって0:30）から" in aoi.page

    await aoi.post("/booking/times", slot=choice_at(aoi, 1470))
    assert "この時間でよいですか" in aoi.page
    assert "0:50 まで（あと約10分）" in aoi.page

    confirm = re.search(r'action="([^"]+/confirm)"', aoi.page)
    assert confirm is not None
    await aoi.post(confirm[1])
    assert "予約しました" in aoi.page
    assert "24:30（日付が変わって0:30）から 25:30 まで" in aoi.page
    assert (await desk.staff("GET", "/appointments")).json()["data"][0]["state"] == "confirmed"
    await aoi.get("/booking/mine")
    assert "予約ずみ" in aoi.page

    await aoi.get(confirm[1].removesuffix("/confirm"))
    await aoi.post(form_to(aoi, "reaffirm"))
    assert "「行きます」と聞いています" in aoi.page
    assert "/reaffirm" not in aoi.page


async def test_the_join_link_is_on_the_page_after_confirmation_only(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    held = (await desk.hold("aoi", desk.wish(counsellor))).json()["id"]
    aoi = Browser(desk, "aoi")
    await aoi.get(f"/booking/appointments/{held}")
    assert "meet.example" not in aoi.page
    await desk.act("aoi", held, "confirm")
    await aoi.get(f"/booking/appointments/{held}")
    assert f'href="https://meet.example/{held}"' in aoi.page


async def test_pressing_twice_books_once(desk: Desk) -> None:
    await desk.counsellor()
    aoi = Browser(desk, "aoi")
    await aoi.get(f"/booking/times?day={DAY.isoformat()}")
    form, chosen = aoi.page, choice_at(aoi, 1470)
    await aoi.post("/booking/times", slot=chosen)
    aoi.page = form
    await aoi.post("/booking/times", slot=chosen)
    path = re.search(r'action="([^"]+/confirm)"', aoi.page)
    assert path is not None
    form = aoi.page
    for _ in range(2):
        aoi.page = form
        await aoi.post(path[1])
        assert "予約しました" in aoi.page
    assert len((await desk.staff("GET", "/appointments")).json()["data"]) == 1


async def test_who_was_too_late_is_shown_near_times_and_can_take_one(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    ren = Browser(desk, "ren")
    await ren.get(f"/booking/times?day={DAY.isoformat()}")
    chosen = choice_at(ren, 1470)
    await desk.booked("aoi", counsellor)
    late = await ren.post("/booking/times", slot=chosen)
    assert late.status_code == 409
    assert "その時間に空いている相談員がいません" in ren.page
    assert "近い時間なら空いています" in ren.page
    await ren.post("/booking/times", slot=choice_at(ren, 1530))
    assert "この時間でよいですか" in ren.page


async def test_a_time_without_a_name_goes_to_whom_one_knows_and_else_to_whoever_is_free(desk: Desk) -> None:
    known, other = await desk.counsellor(), await desk.counsellor(display_name="見本 もう一人")
    before = await desk.booked("aoi", known, 1560, service_date="2026-12-01")
    desk.at(NOW.replace(hour=17, minute=30))
    assert (await desk.staff("POST", f"/appointments/{before}/attended")).status_code == 200
    aoi = Browser(desk, "aoi")
    await aoi.get(f"/booking/times?day={DAY.isoformat()}")
    form = aoi.page
    assert f"{DAY.isoformat()}|1470" in aoi.choices()
    await aoi.post("/booking/times", slot=choice_at(aoi, 1470))
    assert "前回と同じ相談員です" in aoi.page
    await aoi.post(form_to(aoi, "cancel"))
    await desk.booked("ren", known, 1320)
    aoi.page = form
    await aoi.post("/booking/times", slot=choice_at(aoi, 1320))
    assert "見本 もう一人" in aoi.page and "前回と同じ" not in aoi.page
    made = (await desk.staff("GET", f"/appointments?service_date={DAY}&counsellor_id={other}")).json()["data"]
    shown = (await desk.staff("GET", f"/appointments/{made[0]['id']}")).json()
    assert (shown["start_minute"], shown["assignment"]["code"]) == (1320, "only")


async def test_wishes_that_somebody_can_meet_go_through_every_step(desk: Desk) -> None:
    await desk.counsellor()
    english = await desk.counsellor(display_name="見本 英語", languages=["ja", "en"], gender="female")
    aoi = Browser(desk, "aoi")
    await aoi.get("/booking/times")
    assert "希望がある方" in aoi.page and "英語（English）" in aoi.page and "男性" not in aoi.page
    await aoi.get(f"/booking/times?channel=online&language=en&gender=female&required=yes&day={DAY}")
    assert "いま：英語（English）・女性の相談員だけ" in aoi.page
    wait = re.search(r'href="(/booking/waiting/new[^"]+)"', aoi.page)
    await aoi.post("/booking/times", slot=choice_at(aoi, 1470))
    assert "見本 英語" in aoi.page and "あなたの希望に合う相談員です" in aoi.page
    await aoi.post(form_to(aoi, "confirm"))
    (made,) = (await desk.staff("GET", f"/appointments?counsellor_id={english}")).json()["data"]
    shown = (await desk.staff("GET", f"/appointments/{made['id']}")).json()
    assert (shown["wishes"]["language"], shown["wishes"]["gender_required"]) == ("en", True)
    await aoi.get(f"/booking/times?move={made['id']}&day={DAY}")
    assert len(aoi.choices()) == 0 and "いまの相談員の時間だけ見る" in aoi.page
    await aoi.get(f"/booking/appointments/{made['id']}/move?slot={DAY}|1380")
    assert "見本 英語" in aoi.page and "変更の前と同じ相談員です" in aoi.page
    assert wait is not None
    await aoi.get(wait[1].replace("&amp;", "&"))
    assert "希望：英語（English）・女性の相談員だけ" in aoi.page
    await aoi.post("/booking/waiting", channel="online")
    entry = (await desk.client.get("/booking/v1/me/waiting", headers=desk.who("aoi"))).json()[0]
    assert (entry["language"], entry["gender"]) == ("en", "female")


async def test_who_has_enough_that_day_is_shown_other_days(desk: Desk) -> None:
    await desk.harness.declare(a_tenant(A, booking={"resident_daily_cap": 1}))
    counsellor = await desk.counsellor()
    aoi = Browser(desk, "aoi")
    await aoi.get(f"/booking/times?day={DAY.isoformat()}")
    chosen = choice_at(aoi, 1470)
    made = await desk.booked("aoi", counsellor, 1320)
    refused = await aoi.post("/booking/times", slot=chosen)
    near = aoi.page.partition("近い時間なら空いています")[2].partition("</section>")[0]
    assert (refused.status_code, near.count('name="slot"')) == (409, 3)
    assert "12月3日" not in near
    await desk.booked("aoi", counsellor, 1320, service_date="2026-12-04")
    away = await aoi.post(f"/booking/appointments/{made}/move", slot=f"{counsellor}|2026-12-04|1470")
    assert (away.status_code, "近い時間なら空いています" in aoi.page) == (409, True)


async def test_a_hold_that_ran_out_says_so_and_leads_back(desk: Desk) -> None:
    held = (await desk.hold("aoi", desk.wish(await desk.counsellor()))).json()["id"]
    aoi = Browser(desk, "aoi")
    await aoi.get(f"/booking/appointments/{held}")
    desk.at(NOW + timedelta(minutes=11))
    late = await aoi.post(f"/booking/appointments/{held}/confirm")
    assert late.status_code == 409
    assert "時間をおさえておける期限がすぎました" in aoi.page
    assert 'href="/booking/times"' in aoi.page


async def test_moving_asks_first_and_then_moves(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    aoi = Browser(desk, "aoi")
    await aoi.get(f"/booking/times?move={made}&day={DAY.isoformat()}")
    assert "いまの予約：12月3日（木） 24:30（日付が変わって0:30）から 25:30 まで" in aoi.page
    link = re.search(rf'href="(/booking/appointments/{made}/move\?slot=[^"]+1500)"', aoi.page)
    assert link is not None
    await aoi.get(link[1])
    assert "25:00（日付が変わって1:00）から 26:00 まで" in aoi.page
    await aoi.post(f"/booking/appointments/{made}/move")
    assert "予約しました" in aoi.page
    assert (await desk.staff("GET", f"/appointments/{made}")).json()["start_minute"] == 1500


async def test_cancelling_asks_first_and_needs_no_reason(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    aoi = Browser(desk, "aoi")
    await aoi.get(f"/booking/appointments/{made}/cancel")
    assert "書かなくてもかまいません" in aoi.page
    await aoi.post(f"/booking/appointments/{made}/cancel", reason="")
    assert "この予約は取り消されています" in aoi.page
    await aoi.get("/booking/mine")
    assert "これからの予約はありません" in aoi.page


async def test_after_the_start_there_is_nothing_left_to_move_or_cancel(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    desk.at(datetime(2026, 12, 3, 15, 31, tzinfo=UTC))
    aoi = Browser(desk, "aoi")
    await aoi.get(f"/booking/appointments/{made}")
    assert "meet.example" in aoi.page
    assert "予約を取り消す" not in aoi.page
    refused = await aoi.post(f"/booking/appointments/{made}/cancel")
    assert refused.status_code == 409
    assert "予約の開始時刻をすぎています" in aoi.page


async def test_when_nothing_is_free_the_page_says_why_and_what_else_there_is(desk: Desk) -> None:
    aoi = Browser(desk, "aoi")
    answer = await aoi.get("/booking/times")
    assert answer.status_code == 200
    assert "いま選べる時間がありません" in aoi.page and "いまは予約を受け付けていません。" in aoi.page
    assert f'お急ぎのときは、窓口に電話してください：<a href="tel:{a_tenant(A).spec.desk.phone}"' in aoi.page
    assert 'href="/booking/waiting/new?channel=online' in aoi.page
    await desk.counsellor(channels=["telephone"], languages=["ja", "en"])
    await desk.counsellor(channels=["online"], weekly_hours=[])
    await aoi.get("/booking/times?channel=online&language=en")
    assert "この言語で話せる相談員の時間がありません。" in aoi.page
    await aoi.get("/booking/times?channel=online")
    assert "相談を受け付けていない時間です。" in aoi.page and "この話し方では" not in aoi.page
    way_out = re.search(r'href="([^"]+)">電話なら、空いている時間が', aoi.page)
    assert way_out is not None
    await aoi.get(way_out[1].replace("&amp;", "&"))
    assert aoi.choices()


@pytest.mark.parametrize("path", ["/booking/times", "/booking/mine", "/booking/appointments/apt_x"])
async def test_without_a_session_every_page_leads_to_the_chat(desk: Desk, path: str) -> None:
    answer = await desk.client.get(path, headers={"Host": HOST})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/intake/chat")


async def test_a_page_about_somebody_elses_appointment_is_not_found(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    ren = Browser(desk, "ren")
    for path in (made, "apt_x", f"{made}/cancel", f"{made}/move?slot=x"):
        answer = await ren.get(f"/booking/appointments/{path}")
        assert (answer.status_code, "見つかりません" in ren.page) == (404, True)


async def test_a_form_from_another_site_does_nothing(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    aoi = Browser(desk, "aoi")
    aoi.headers["Sec-Fetch-Site"] = "cross-site"
    assert (await aoi.post(f"/booking/appointments/{made}/cancel")).status_code == 403
    assert (await desk.staff("GET", f"/appointments/{made}")).json()["state"] == "confirmed"


@pytest.mark.parametrize("slot", ["", "x", "cou_x|2026-12-03|1470"])
async def test_a_choice_that_is_none_is_asked_for_again(desk: Desk, slot: str) -> None:
    await desk.counsellor()
    aoi = Browser(desk, "aoi")
    await aoi.get("/booking/times")
    answer = await aoi.post("/booking/times", slot=slot)
    assert (answer.status_code, "時間を選んでください" in aoi.page) == (422, True)
