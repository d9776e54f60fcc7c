"""The pages of the waiting list, as a browser without script sees them."""

import re

from services.booking.offering import Offering
from tests.harness import Harness
from tests.integration.booking.desk import A, Desk, open_desk
from tests.integration.booking.test_pages import Browser
from tests.integration.booking.test_waiting_list import MORNING, ONE_HOUR, worker


async def opened(harness: Harness) -> tuple[Desk, Browser]:
    """A morning at a desk whose waiting list is looked at by the test."""
    desk = await open_desk(harness, "waiting-offers", "hold-expiry")
    desk.at(MORNING)
    return desk, Browser(desk, "aoi")


async def look(desk: Desk) -> None:
    await worker(desk, Offering).look(desk.started.core.registry.tenants[A])


def act(browser: Browser, name: str) -> str:
    """The address of the form with this ending."""
    found: list[str] = re.findall(r'action="(/booking/waiting/[^"]+)"', browser.page)
    return next(address for address in found if address.endswith(name))


async def test_when_nothing_is_free_one_waits_and_takes_what_is_offered(harness: Harness) -> None:
    desk, aoi = await opened(harness)
    await aoi.get("/booking/times")
    assert "/booking/waiting/new" in aoi.page
    await aoi.get("/booking/waiting/new?channel=telephone")
    assert re.search(r'value="telephone" checked', aoi.page)
    await aoi.post("/booking/waiting", channel="online", days="weekdays", times="night")
    assert "月曜から金曜・夜（18:00から）" in aoi.page
    await desk.counsellor(weekly_hours=ONE_HOUR)
    await look(desk)
    await aoi.get("/booking/waiting")
    assert "12月3日（木） 24:30（日付が変わって0:30）から" in aoi.page
    assert "11:40 まで" in aoi.page
    done = await aoi.post(act(aoi, "/take"))
    assert done.status_code == 200
    assert "予約しました" in aoi.page


async def test_passing_keeps_the_place_and_leaving_ends_it(harness: Harness) -> None:
    desk, aoi = await opened(harness)
    await desk.counsellor(weekly_hours=ONE_HOUR)
    await aoi.get("/booking/waiting/new")
    await aoi.post("/booking/waiting", channel="online", days="any", times="any")
    await look(desk)
    await aoi.get("/booking/waiting")
    await aoi.post(act(aoi, "/pass"))
    assert "空いたら、お知らせします" in aoi.page
    await aoi.post(act(aoi, "/leave"))
    assert "いま待っているものはありません" in aoi.page


async def test_an_offer_that_has_ended_is_explained(harness: Harness) -> None:
    desk, aoi = await opened(harness)
    await desk.counsellor(weekly_hours=ONE_HOUR)
    await aoi.get("/booking/waiting/new")
    await aoi.post("/booking/waiting", channel="online")
    await look(desk)
    await aoi.get("/booking/waiting")
    taking = act(aoi, "/take")
    await aoi.post(act(aoi, "/pass"))
    late = await aoi.post(taking)
    assert late.status_code == 409
    assert "順番はそのままです" in aoi.page


async def test_one_can_wait_for_an_earlier_time_than_ones_own_appointment_only(harness: Harness) -> None:
    desk, aoi = await opened(harness)
    booked = await desk.booked("aoi", await desk.counsellor())
    await aoi.get(f"/booking/appointments/{booked}")
    assert f"/booking/waiting/new?earlier_than={booked}" in aoi.page
    await aoi.get(f"/booking/waiting/new?earlier_than={booked}")
    await aoi.post("/booking/waiting", days="any", times="any")
    assert "いまの予約より早い時間が空いたら" in aoi.page
    ren = Browser(desk, "ren")
    assert (await ren.get(f"/booking/waiting/new?earlier_than={booked}")).status_code == 404
    assert (await ren.post("/booking/waiting", earlier_than=booked)).status_code == 404
