"""Staff book for a resident who telephones: in three steps, by the same rules, once or as a line; over HTTP, without script."""

import re
from datetime import timedelta

from tests.harness import eventually
from tests.integration.booking.desk import DAY, B, Desk, resident_id
from tests.integration.booking.staff_browser import StaffBrowser

SOON = "2026-12-01"
"""The service day that runs at `NOW`, 24:40."""


def links(staff: StaffBrowser, path: str) -> list[str]:
    """Where the links of the page lead that begin with `path`, fragments left out."""
    found = re.findall(rf'href="/booking/staff({re.escape(path)}\?[^"#]*)', staff.page)
    return [href.replace("&amp;", "&") for href in found]


async def chooses(staff: StaffBrowser, path: str, start: int) -> None:
    """Step two: the link of a time, once the picture has it."""
    query = staff.path

    async def link() -> str | None:
        await staff.get(query)
        return next((href for href in links(staff, path) if href.endswith(f"&start={start}")), None)

    found = await eventually(link)
    assert found
    await staff.get(found)


async def test_three_steps_lead_from_a_resident_to_a_booking_with_its_reason(desk: Desk) -> None:
    await desk.counsellor()
    aoi = await desk.registered("aoi")
    staff = StaffBrowser(desk)
    path = f"/residents/{aoi}/book"
    await staff.get(f"{path}?channel=online&minutes=90&day={DAY}")
    await chooses(staff, path, 1470)
    assert "12月3日（木） 24:30-26:00" in staff.page and "日付が変わって0:30から" in staff.page
    form = staff.page
    for _ in range(2):  # pressed twice
        staff.page = form
        assert (await staff.post(path)).status_code == 200
    assert "予約しました" in staff.page and "ただ一人の候補でした" in staff.page
    (made,) = (await desk.staff("GET", "/appointments")).json()["data"]
    assert (made["resident_id"], made["state"], made["label"]) == (aoi, "confirmed", "24:30-26:00")
    again = links(staff, path)
    assert len(again) == 1 and made["counsellor_id"] in again[0] and "minutes=90" in again[0]
    assert (await staff.get(f"/residents/{aoi}")).status_code == 200
    assert "これからの予約（1件）" in staff.page
    assert (await staff.get(f"/residents?resident=%20{aoi}")).headers["Location"].endswith(f"/{aoi}")


async def test_a_time_that_was_taken_meanwhile_books_nothing_and_offers_the_three_nearest(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    aoi = await desk.registered("aoi")
    staff = StaffBrowser(desk)
    path = f"/residents/{aoi}/book"
    await staff.get(f"{path}?channel=online&minutes=60&counsellor={counsellor}&day={DAY}&start=1470")
    form = staff.page
    await desk.booked("yui", counsellor)

    async def seen() -> bool:  # what is offered comes from the picture
        return "24:30-25:30" not in await desk.free("ren")

    assert await eventually(seen)
    answer = await staff.post(path)
    assert (answer.status_code, "ほかの予約が入りました" in staff.page) == (409, True)
    near = re.search(r'<section aria-labelledby="near">.*?</section>', staff.page, re.DOTALL)
    assert near is not None
    offered = re.findall(r"start=(\d+)", near[0])
    assert len(offered) == 3 and "1470" not in offered
    await staff.get(links(staff, path)[0])
    await staff.post(path)
    assert "予約しました" in staff.page
    staff.page = form.replace(counsellor, "cou_" + "a" * 26)
    assert (await staff.post(path)).status_code == 404
    assert len((await desk.staff("GET", "/appointments")).json()["data"]) == 2


async def test_what_cannot_be_had_is_said_rule_by_rule_and_what_helps_is_a_link(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    aoi = await desk.registered("aoi")
    staff = StaffBrowser(desk)
    path = f"/residents/{aoi}/book"
    asked = f"channel=face_to_face&minutes=60&counsellor={counsellor}&day={DAY}"
    await staff.get(f"{path}?{asked}")
    api = f"/availability/why?channel=face_to_face&counsellor_id={counsellor}&from={DAY}&days=1"
    why = (await desk.staff("GET", api)).json()
    assert why["reasons"] and why["helps"]
    for said in (*why["reasons"], *why["helps"]):
        assert said["text"] in staff.page
    helping = next(href for href in links(staff, path) if "channel=telephone" in href)
    await staff.get(helping)
    assert any(href.endswith("&start=1470") for href in links(staff, path))

    await desk.booked("yui", counsellor)
    path = f"/residents/{aoi}/series"
    fields = f"channel=online&minutes=60&first_date={DAY}&time=24:30&every_weeks=1&count=3"

    async def refused() -> bool:  # once the picture has the booking
        return (await staff.get(f"{path}?{fields}")).status_code == 409

    assert await eventually(refused)
    near = links(staff, path)
    assert len(near) == 4 and f"skip={DAY}" in near[3]
    for href in (near[0], near[3]):
        await staff.get(href)
        assert "日ごとに確かめる</h2>" in staff.page and "予約できない日" not in staff.page


async def test_staff_need_no_notice_but_nobody_books_the_past(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    aoi = await desk.registered("aoi")
    staff = StaffBrowser(desk)
    path = f"/residents/{aoi}/book"
    await staff.get(f"{path}?channel=online&minutes=60&day={SOON}")
    assert "24:45-25:45" not in await desk.free("aoi", **{"from": SOON})
    await chooses(staff, path, 1485)
    await staff.post(path)
    assert "予約しました" in staff.page
    await staff.get(f"{path}?channel=online&minutes=60&counsellor={counsellor}&day={SOON}&start=1470")
    assert (await staff.post(path)).status_code == 409
    assert "開始までの時間が短すぎて" in staff.page
    away = await staff.get(f"{path}?channel=online&minutes=60&day=2031-12-03")
    assert (away.status_code, "その日は選べません" in staff.page) == (422, True)


async def test_only_who_may_books_and_only_for_residents_of_the_municipality(desk: Desk) -> None:
    aoi = await desk.registered("aoi")
    staff, auditor, neighbour = (
        StaffBrowser(desk),
        StaffBrowser(desk, "auditor"),
        StaffBrowser(desk, tenant=B),
    )
    neighbour.headers["Host"] = f"{B}.localhost:8080"
    unknown = resident_id("nobody")
    for path in (f"/residents/{unknown}", f"/residents/{unknown}/book", f"/residents/{unknown}/series"):
        assert (await staff.get(path)).status_code == 404
        assert (await neighbour.get(path.replace(unknown, aoi))).status_code == 404
    assert (await staff.get(f"/residents?resident={unknown}")).status_code == 422
    assert (await auditor.get(f"/residents/{aoi}")).status_code == 200
    assert f"{aoi}/book" not in auditor.page
    for path in (f"/residents/{aoi}/book", f"/residents/{aoi}/series"):
        assert (await auditor.get(path)).status_code == 403
        assert (await auditor.post(path)).status_code == 403
    wish = {"channel": "online", "minutes": "60", "day": str(DAY), "start": "1470"}
    assert (await neighbour.post(f"/residents/{aoi}/book", **wish)).status_code == 404


async def test_a_line_is_seen_date_by_date_booked_without_what_cannot_be_had_skipped_once_and_ended(
    desk: Desk,
) -> None:
    counsellor = await desk.counsellor()
    aoi = await desk.registered("aoi")
    dates = [DAY + timedelta(weeks=n) for n in range(5)]
    await desk.booked("yui", counsellor, 1500, service_date=str(dates[1]))
    staff = StaffBrowser(desk)
    path = f"/residents/{aoi}/series"
    fields = f"channel=online&counsellor={counsellor}&minutes=60&time=24:30&every_weeks=1&count=5"
    assert (await staff.get(f"{path}?{fields}&first_date={DAY}&time=x")).status_code == 200
    wrong = await staff.get(f"{path}?{fields.replace('24:30', 'x')}&first_date={DAY}")
    assert (wrong.status_code, 'id="time-error"' in staff.page) == (422, True)
    await staff.get(f"{path}?{fields}&first_date={DAY}")
    assert "予約できない日が1回あります" in staff.page
    assert re.search(r"12月10日（木）</th><td>相談員に、ほかの予約が入っています", staff.page)
    assert len((await desk.staff("GET", "/appointments")).json()["data"]) == 1

    form = staff.page
    await desk.booked("ren", counsellor, service_date=str(dates[4]))
    late = await staff.post(path, skip=[str(dates[1]), str(dates[2])])
    assert (late.status_code, "予約できない日がふえました" in staff.page) == (409, True)
    assert len((await desk.staff("GET", "/appointments")).json()["data"]) == 2
    for _ in range(2):  # pressed twice
        staff.page = form
        await staff.post(path, skip=[str(dates[1]), str(dates[4])])
    assert "3回の予約を入れました" in staff.page
    assert "12月10日（木）、12月31日（木）" in staff.page and "相談員の指名がありました" in staff.page

    series = re.search(r"/series/(ser_\w+)/skip", staff.page)
    assert series is not None
    made = (await desk.staff("GET", f"/series/{series[1]}")).json()["appointments"]
    assert [a["service_date"] for a in made] == [str(dates[0]), str(dates[2]), str(dates[3])]
    await staff.post(f"/series/{series[1]}/skip", appointment=made[1]["id"])
    await staff.post(f"/series/{series[1]}/end", from_date=str(dates[3]))
    left = (await desk.staff("GET", f"/series/{series[1]}")).json()["appointments"]
    assert [a["state"] for a in left] == ["confirmed", "cancelled", "cancelled"]
    other = (await desk.staff("GET", "/appointments")).json()["data"][-1]
    assert (await staff.post(f"/series/{series[1]}/skip", appointment=other["id"])).status_code == 404


async def test_counsellors_open_renew_and_close_their_own_calendar_address(desk: Desk) -> None:
    mine, other = await desk.counsellor(), await desk.counsellor()
    await desk.booked("aoi", mine)
    me = StaffBrowser(desk, "counsellor", counsellor_id=mine)
    path = f"/counsellors/{mine}/calendar"

    async def reads(address: str) -> int:
        answer = await desk.client.get(
            re.sub(r"^https?://[^/]+", "", address), headers={"Host": me.headers["Host"]}
        )
        assert answer.status_code != 200 or answer.text.count("BEGIN:VEVENT") == 1
        return answer.status_code

    async def made() -> str:
        await me.post(path)
        found = re.search(r'value="(http[^"]+/booking/feeds/[\w-]+\.ics)"', me.page)
        assert found is not None
        return found[1]

    await me.get(path)
    assert "いま、アドレスはありません" in me.page
    first = await made()
    assert await reads(first) == 200
    await me.get(path)
    assert "/booking/feeds/" not in me.page
    second = await made()
    assert (await reads(first), await reads(second)) == (404, 200)
    await me.post(f"{path}/close")
    assert (await reads(second), "いま、アドレスはありません" in me.page) == (404, True)
    theirs = path.replace(mine, other)
    assert (await me.get(theirs)).status_code == 403
    assert (await me.post(theirs)).status_code == 403
    assert (await me.post(f"{theirs}/close")).status_code == 403
