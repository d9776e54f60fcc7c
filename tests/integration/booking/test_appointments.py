"""An appointment's life over HTTP, and what the other services hear of it."""

from datetime import UTC, datetime, timedelta

from shared.events.envelope import Event
from tests.harness import eventually
from tests.integration.booking.desk import DAY, NOW, A, Desk, resident_id

START = datetime(2026, 12, 3, 15, 30, tzinfo=UTC)
BOOKING = "banso.booking.appointment."


async def heard(desk: Desk, count: int) -> list[Event]:
    async def published() -> list[Event]:
        return [e for e in await desk.harness.published("booking") if e.type.startswith(BOOKING)]

    return await eventually(published, until=lambda found: len(found) >= count)


def verbs(events: list[Event]) -> list[str]:
    return [e.type.removeprefix(BOOKING).removesuffix(".v1") for e in events]


async def test_the_whole_life_is_told_in_events_with_the_service_day_and_the_instants(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    made = await desk.booked("aoi", counsellor)
    moved = await desk.act("aoi", made, "move", {"service_date": DAY.isoformat(), "start_minute": 1500})
    assert moved.json()["label"] == "25:00-26:00"
    desk.at(START + timedelta(minutes=31))
    marked = await desk.staff("POST", f"/appointments/{made}/attended", {"note": "また来週"})
    assert marked.json()["state"] == "attended"

    events = await heard(desk, 4)
    assert verbs(events) == ["held", "confirmed", "moved", "attended"]
    assert [e.sequence for e in events] == [1, 2, 3, 4]
    assert {e.subject for e in events} == {made}
    held, confirmed, change, _ = (e.data for e in events)
    assert (held["service_date"], held["start_minute"]) == ("2026-12-03", 1470)
    assert confirmed["starts_at"] == "2026-12-03T15:30:00Z"
    assert (change["previous_starts_at"], change["starts_at"]) == (
        "2026-12-03T15:30:00Z",
        "2026-12-03T16:00:00Z",
    )
    assert events[0].actor == f"resident:{resident_id('aoi')}"


async def test_the_join_link_comes_with_the_confirmation_of_an_online_appointment(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    held = await desk.hold("aoi", desk.wish(counsellor))
    assert held.json()["join_url"] is None
    confirmed = await desk.act("aoi", held.json()["id"], "confirm")
    assert confirmed.json()["join_url"] == f"https://meet.example/{held.json()['id']}"
    by_phone = await desk.hold("ren", desk.wish(counsellor, 1320, channel="telephone"))
    assert (await desk.act("ren", by_phone.json()["id"], "confirm")).json()["join_url"] is None


async def test_a_hold_that_is_sent_again_gives_the_same_appointment(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    answers = [await desk.hold("aoi", desk.wish(counsellor), key="k-1") for _ in range(3)]
    assert [a.status_code for a in answers] == [201, 201, 201]
    assert len({a.json()["id"] for a in answers}) == 1
    other = await desk.hold("aoi", desk.wish(counsellor, 1320), key="k-1")
    assert (other.status_code, other.json()["type"].rpartition("/")[2]) == (409, "idempotency-conflict")
    assert len(await heard(desk, 1)) == 1


async def test_a_hold_that_is_sent_again_after_its_notice_has_passed_is_still_answered(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    first = await desk.hold("aoi", desk.wish(counsellor), key="k-1")
    await desk.act("aoi", first.json()["id"], "confirm")
    desk.at(START)
    again = await desk.hold("aoi", desk.wish(counsellor), key="k-1")
    assert (again.status_code, again.json()["state"]) == (201, "confirmed")


async def test_a_confirmation_that_is_sent_again_confirms_once(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    held = (await desk.hold("aoi", desk.wish(counsellor))).json()
    answers = [await desk.act("aoi", held["id"], "confirm", key="k-2") for _ in range(3)]
    assert [(a.status_code, a.json()["version"]) for a in answers] == [(200, 2)] * 3
    assert verbs(await heard(desk, 2)) == ["held", "confirmed"]
    another = await desk.act("aoi", held["id"], "confirm", key="k-3")
    assert (another.status_code, another.json()["type"].rpartition("/")[2]) == (409, "wrong-state")


async def test_a_request_that_changed_nothing_changes_nothing_later_either(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    here, there = ({"service_date": DAY.isoformat(), "start_minute": minute} for minute in (1470, 1500))
    stays = await desk.act("aoi", made, "move", here, key="stay")
    assert (stays.status_code, stays.json()["start_minute"]) == (200, 1470)
    for key in ("coming", "still coming"):
        assert (await desk.act("aoi", made, "reaffirm", key=key)).status_code == 200
    moved = await desk.act("aoi", made, "move", there)
    assert (moved.json()["start_minute"], moved.json()["version"]) == (1500, 6)
    again = [
        await desk.act("aoi", made, "move", here, key="stay"),
        await desk.act("aoi", made, "reaffirm", key="still coming"),
    ]
    assert [answer.json() for answer in again] == [moved.json(), moved.json()]
    assert verbs(await heard(desk, 4)) == ["held", "confirmed", "reaffirmed", "moved"]


async def test_who_loses_a_time_is_shown_the_three_nearest(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    await desk.booked("aoi", counsellor)
    lost = await desk.hold("ren", desk.wish(counsellor, 1485))
    assert lost.status_code == 409
    problem = lost.json()
    assert problem["type"].endswith("/slot-taken")
    assert [slot["label"] for slot in problem["alternatives"]] == [
        "25:30-26:30",
        "25:45-26:45",
        "23:30-24:30",
    ]
    choice = problem["alternatives"][0]
    taken = await desk.hold("ren", desk.wish(counsellor, choice["start_minute"]))
    assert taken.status_code == 201


async def test_availability_leaves_out_what_the_counsellor_and_the_resident_have(desk: Desk) -> None:
    one, other = await desk.counsellor(), await desk.counsellor()
    await desk.booked("aoi", one, 1380)
    assert await desk.free("aoi", counsellor_id=other) == await desk.free("ren", counsellor_id=one)
    assert "23:00-24:00" in await desk.free("ren", counsellor_id=other)
    assert "23:00-24:00" not in await desk.free("aoi", counsellor_id=other)


async def test_staff_book_for_a_resident_list_the_day_and_cancel(desk: Desk) -> None:
    one, other = await desk.counsellor(), await desk.counsellor()
    body = desk.wish(one) | {"resident_id": await desk.registered("aoi")}
    booked = await desk.staff("POST", "/appointments", body)
    assert (booked.status_code, booked.json()["state"]) == (201, "confirmed")
    await desk.booked("ren", other, 1380)
    await desk.booked("sora", one, 1380, service_date="2026-12-04")
    day = (await desk.staff("GET", "/appointments?service_date=2026-12-03")).json()["data"]
    assert [a["label"] for a in day] == ["23:00-24:00", "24:30-25:30"]
    mine = (await desk.staff("GET", f"/appointments?counsellor_id={one}")).json()["data"]
    assert [a["service_date"] for a in mine] == ["2026-12-03", "2026-12-04"]
    path = f"/appointments/{booked.json()['id']}"
    cancelled = await desk.staff("POST", f"{path}/cancel", {"reason": "相談員の都合"})
    assert (cancelled.json()["cancelled_by"], cancelled.json()["cancel_reason"]) == ("staff", "相談員の都合")
    assert verbs(await heard(desk, 6)).count("cancelled") == 1


async def test_lists_go_on_where_the_page_ended(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    for minute in (1320, 1380, 1440, 1500):
        await desk.booked(f"r{minute}", counsellor, minute)
    seen: list[int] = []
    query = "?limit=3"
    while query:
        page = (await desk.staff("GET", f"/appointments{query}")).json()
        seen += [a["start_minute"] for a in page["data"]]
        query = f"?limit=3&cursor={page['next']}" if page["next"] else ""
    assert seen == [1320, 1380, 1440, 1500]


async def test_notes_and_reasons_are_sealed_and_shown_to_those_who_may_read(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    desk.at(START)
    await desk.staff("POST", f"/appointments/{made}/attended", {"note": "秘密の記録"})
    stored = await desk.started.core.db["appointments"].find_one({"_id": made})
    assert "秘密の記録" not in str(stored)
    assert (await desk.staff("GET", f"/appointments/{made}")).json()["note"] == "秘密の記録"
    writer = await desk.harness.key(A, "appointments:write")
    blind = await desk.client.post(
        f"/booking/v1/appointments/{made}/missed", headers=writer, json={"note": "別の記録"}
    )
    assert (blind.status_code, blind.json()["state"], blind.json()["note"]) == (200, "missed", None)
    own = await desk.client.get(f"/booking/v1/me/appointments/{made}", headers=desk.who("aoi"))
    assert "note" not in own.json()
    assert "記録" not in "".join(e.model_dump_json() for e in await heard(desk, 4))


async def test_nobody_is_marked_before_the_appointment_begins(desk: Desk) -> None:
    made = await desk.booked("aoi", await desk.counsellor())
    early = await desk.staff("POST", f"/appointments/{made}/missed")
    assert (early.status_code, early.json()["type"].rpartition("/")[2]) == (409, "not-started")


async def test_a_counsellor_is_changed_at_the_version_that_was_read(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    path = f"/booking/v1/counsellors/{counsellor}"
    shown = await desk.client.get(path, headers=desk.harness.staff(A))
    body = {k: v for k, v in shown.json().items() if k not in ("id", "version")} | {"display_name": "改名"}
    headers = desk.harness.staff(A) | {"If-Match": shown.headers["ETag"]}
    changed = await desk.client.put(path, headers=headers, json=body)
    assert (changed.status_code, changed.headers["ETag"]) == (200, '"2"')
    stale = await desk.client.put(path, headers=headers, json=body | {"display_name": "また改名"})
    assert stale.status_code == 412
    assert (await desk.client.get(path, headers=desk.harness.staff(A))).json()["display_name"] == "改名"


async def test_input_that_makes_no_sense_is_refused_by_name(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    for more, field in (
        ({"start_minute": 1471}, "start_minute"),
        ({"start_minute": 10**30}, "start_minute"),
        ({"service_date": "9999-12-31"}, "service_date"),
        ({"service_date": "0001-01-01"}, "service_date"),
        ({"minutes": 10}, "minutes"),
        ({"channel": "letter"}, "channel"),
        ({"counsellor_id": "cou_\x00"}, "counsellor_id"),
        ({"tenant": "sample-b"}, "tenant"),
    ):
        answer = await desk.hold("aoi", desk.wish(counsellor) | more)
        assert answer.status_code == 422, more
        assert answer.json()["errors"][0]["field"] == field
    for cursor in ("x", "WyJcdWQ4MDAiXQ", "WzFd"):
        answer = await desk.staff("GET", f"/appointments?cursor={cursor}")
        assert answer.status_code == 422
    for days in ("9999-12-31", "0001-01-01"):
        answer = await desk.client.get(
            "/booking/v1/me/availability", headers=desk.who("aoi"), params={"from": days}
        )
        assert answer.status_code == 422
    surrogate = '{"display_name": "\\ud800", "channels": ["online"]}'
    answer = await desk.client.post(
        "/booking/v1/counsellors",
        headers=desk.harness.staff(A) | {"Content-Type": "application/json"},
        content=surrogate,
    )
    assert answer.status_code == 422
    assert desk.started.core.clock.now() - NOW < timedelta(minutes=5)
