"""The page of the personal calendar feed: an address that is shown once, made anew, and taken back for good."""

import re

import httpx

from tests.integration.booking.desk import Desk
from tests.integration.booking.test_pages import Browser

PAGE = "/booking/calendar"


def address(browser: Browser) -> str:
    """The path of the address on the page."""
    found = re.search(r'id="address" value="([^"]+)" readonly', browser.page)
    assert found, browser.page
    return httpx.URL(found[1]).path


async def test_the_address_is_shown_once_and_shows_the_appointment(desk: Desk) -> None:
    booked = await desk.booked("aoi", await desk.counsellor())
    aoi = Browser(desk, "aoi")
    await aoi.get("/booking/mine")
    assert f'href="{PAGE}"' in aoi.page
    await aoi.get(PAGE)
    assert "アドレスを知っている人は、だれでも、相談の予約の時間を見られます" in aoi.page
    form = aoi.page
    await aoi.post(PAGE)
    made = address(aoi)
    assert f"{booked}@banso" in (await desk.client.get(made)).text
    aoi.page = form
    await aoi.post(PAGE)
    assert address(aoi) == made, "sent again, the form gives the same address"
    await aoi.get(PAGE)
    assert "もう作ってあります" in aoi.page and made.split("/")[-1] not in aoi.page


async def test_a_new_address_ends_the_old_one_and_no_old_form_brings_it_back(desk: Desk) -> None:
    aoi = Browser(desk, "aoi")
    await aoi.get(PAGE)
    first_form = aoi.page
    await aoi.post(PAGE)
    first = address(aoi)
    await aoi.post(PAGE)
    second = address(aoi)
    assert [(await desk.client.get(path)).status_code for path in (first, second)] == [404, 200]
    aoi.page = first_form
    await aoi.post(PAGE)
    assert "前に作ったアドレスは、もう終わっています" in aoi.page
    assert [(await desk.client.get(path)).status_code for path in (first, second)] == [404, 200]
    second_form = aoi.page
    await aoi.post(f"{PAGE}/end")
    assert "カレンダーに出すのをやめました" in aoi.page and "アドレスを作る" in aoi.page
    aoi.page = first_form
    await aoi.post(PAGE)
    assert (await desk.client.get(first)).status_code == 404
    aoi.page = second_form
    await aoi.post(PAGE)
    assert (await desk.client.get(address(aoi))).status_code == 200, "a new form makes a new address"
