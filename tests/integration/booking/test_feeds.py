"""Calendar feeds and imports over HTTP: secret, revocable, and saying only when."""

from typing import Any

import httpx
import icalendar

from tests.harness import Harness, a_tenant
from tests.integration.booking.desk import DAY, B, Desk, open_desk, resident_id

MINE = "/booking/v1/me/calendar-feed"


async def opened(desk: Desk, name: str, key: str | None = None) -> str:
    """The address of a new feed of the resident, as a path."""
    headers = desk.who(name) | ({"Idempotency-Key": key} if key else {})
    answer = await desk.client.post(MINE, headers=headers)
    assert answer.status_code == 201, answer.text
    url = httpx.URL(answer.json()["url"])
    assert url.host == "sample-a.localhost"
    return url.path


async def events(desk: Desk, path: str) -> list[Any]:
    answer = await desk.client.get(path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"].startswith("text/calendar")
    return icalendar.Calendar.from_ical(answer.content).walk("VEVENT")


async def test_a_residents_feed_shows_their_appointments_and_nobody_elses(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    booked = await desk.booked("aoi", counsellor)
    await desk.booked("ren", counsellor, 1380)
    await desk.hold("aoi", desk.wish(counsellor, 1545))
    (event,) = await events(desk, await opened(desk, "aoi"))
    assert (event["UID"], event["SUMMARY"]) == (f"{booked}@banso", "相談の予約")


async def test_a_counsellors_feed_names_no_resident(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    await desk.booked("aoi", counsellor)
    await desk.booked("ren", counsellor, 1380)
    made = await desk.staff("POST", f"/counsellors/{counsellor}/calendar-feed")
    path = httpx.URL(made.json()["url"]).path
    text = (await desk.client.get(path)).text
    assert text.count("BEGIN:VEVENT") == 2
    assert resident_id("aoi") not in text
    assert "res_" not in text


async def test_a_feed_that_has_not_changed_is_not_sent_again(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    booked = await desk.booked("aoi", counsellor)
    path = await opened(desk, "aoi")
    first = await desk.client.get(path)
    assert first.headers["cache-control"].startswith("private")
    tag = {"If-None-Match": first.headers["etag"]}
    assert (await desk.client.get(path, headers=tag)).status_code == 304
    await desk.act("aoi", booked, "cancel")
    changed = await desk.client.get(path, headers=tag)
    assert changed.status_code == 200
    (event,) = icalendar.Calendar.from_ical(changed.content).walk("VEVENT")
    assert event["STATUS"] == "CANCELLED"


async def test_an_address_that_was_renewed_or_taken_back_leads_nowhere(desk: Desk) -> None:
    first = await opened(desk, "aoi", "one")
    assert await opened(desk, "aoi", "one") == first  # the same request gives the same address
    second = await opened(desk, "aoi", "two")
    assert (await desk.client.get(first)).status_code == 404
    assert (await desk.client.get(second)).status_code == 200
    assert (await desk.client.delete(MINE, headers=desk.who("aoi"))).status_code == 204
    assert (await desk.client.delete(MINE, headers=desk.who("aoi"))).status_code == 204
    assert (await desk.client.get(second)).status_code == 404
    for key in ("one", "two"):  # a request that is sent again brings no lost address back
        again = await desk.client.post(MINE, headers=desk.who("aoi") | {"Idempotency-Key": key})
        assert (again.status_code, again.json()["type"].rpartition("/")[2]) == (409, "feed-ended")
    assert {(await desk.client.get(path)).status_code for path in (first, second)} == {404}
    stored = await desk.started.core.db["feeds"].find({}).to_list(None)
    assert second.split("/")[-1].removesuffix(".ics") not in str(stored)


async def test_an_address_leads_nowhere_at_another_municipality(desk: Desk) -> None:
    path = await opened(desk, "aoi")
    elsewhere = await desk.client.get(path, headers={"Host": f"{B}.localhost"})
    assert elsewhere.status_code == 404


async def test_whoever_tries_addresses_is_slowed_down(harness: Harness) -> None:
    desk = await open_desk(harness)
    await harness.declare(a_tenant("sample-a", quotas={"anonymous_per_minute": 5}))
    answers = [
        (await desk.client.get(f"/booking/feeds/{'x' * 42}{n % 10}.ics")).status_code for n in range(12)
    ]
    assert set(answers) == {404, 429}


def busy(*times: str) -> bytes:
    """A calendar file with events `0101T010000Z/020000Z`-like spans of DAY's year."""
    text = "".join(
        f"BEGIN:VEVENT\r\nUID:u{n}\r\nDTSTART:{start}\r\nDTEND:{end}\r\nEND:VEVENT\r\n"
        for n, (start, _, end) in enumerate(t.partition("/") for t in times)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//sample//EN\r\n{text}END:VCALENDAR\r\n".encode()


async def imported(desk: Desk, counsellor: str, body: bytes) -> httpx.Response:
    path = f"/booking/v1/counsellors/{counsellor}/busy-import"
    return await desk.client.post(path, headers=desk.harness.staff("sample-a"), content=body)


async def test_imported_busy_times_are_not_offered_and_the_next_import_replaces_them(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    assert "22:00-23:00" in await desk.free("aoi")
    answer = await imported(desk, counsellor, busy("20261203T130000Z/20261203T140000Z"))
    assert (answer.status_code, answer.json()["imported"]) == (200, 1)
    free = await desk.free("aoi")
    assert "22:00-23:00" not in free
    assert "23:00-24:00" in free
    refused = await desk.hold("aoi", desk.wish(counsellor, 1320))
    assert (refused.status_code, refused.json()["type"].rpartition("/")[2]) == (409, "slot-not-offered")
    await imported(desk, counsellor, busy("20261203T140000Z/20261203T150000Z"))
    free = await desk.free("aoi")
    assert "22:00-23:00" in free
    assert "23:00-24:00" not in free


async def test_an_import_names_the_appointments_that_it_touches_and_changes_none(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    booked = await desk.booked("aoi", counsellor)
    answer = (
        await imported(desk, counsellor, busy("20261203T150000Z/20261203T160000Z", "yesterday/today"))
    ).json()
    assert [touched["appointment_id"] for touched in answer["touches"]] == [booked]
    assert [skipped["event"] for skipped in answer["skipped"]] == ["line 9, u1"]
    shown = (await desk.staff("GET", f"/appointments/{booked}")).json()
    assert (shown["state"], shown["service_date"]) == ("confirmed", DAY.isoformat())


async def test_what_is_no_calendar_file_changes_nothing_and_names_its_line(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    await imported(desk, counsellor, busy("20261203T130000Z/20261203T140000Z"))
    refused = await imported(desk, counsellor, b"BEGIN:VCALENDAR\r\nnot a line\r\nEND:VCALENDAR\r\n")
    assert refused.status_code == 422
    assert "line 2" in refused.text
    assert "22:00-23:00" not in await desk.free("aoi")
