"""Free times day by day and why there are none, over HTTP."""

from typing import Any

from tests.integration.booking.desk import DAY, EVERY_NIGHT, A, Desk

EXCEPT_THURSDAY = [hours for hours in EVERY_NIGHT if hours["weekday"] != DAY.weekday()]


async def get(desk: Desk, path: str, who: str | None = None, **query: Any) -> dict[str, Any]:
    headers = desk.who(who) if who else desk.harness.staff(A)
    params = {"from": DAY.isoformat(), "days": 1, **query}
    prefix = "/booking/v1/me" if who else "/booking/v1"
    answer = await desk.client.get(f"{prefix}{path}", headers=headers, params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def counts(desk: Desk, who: str | None = None, **query: Any) -> dict[int, int]:
    (day,) = (await get(desk, "/availability/days", who, **query))["days"] or [{"starts": [], "counts": []}]
    return dict(zip(day["starts"], day["counts"], strict=True))


async def test_each_start_says_how_many_are_free_and_slots_say_the_same(desk: Desk) -> None:
    one, _ = await desk.counsellor(), await desk.counsellor(channels=["telephone"])
    await desk.counsellor(languages=["ja", "en"], skills=["care"], gender="female")
    await desk.booked("aoi", one, 1470)
    everybody = await counts(desk)
    assert (everybody[1320], everybody[1410], everybody[1425], everybody[1530]) == (2, 2, 1, 2)
    slots = (await get(desk, "/availability"))["slots"]
    assert len(slots) == sum(everybody.values())
    assert (await counts(desk, "aoi")).get(1470) is None  # no time to be in two places
    assert (await counts(desk, "ren"))[1470] == 1
    assert (await counts(desk, channel="telephone"))[1470] == 2
    for narrower in ({"language": "en"}, {"skill": "care"}, {"gender": "female"}):
        assert (await counts(desk, **narrower))[1320] == 1
    assert await counts(desk, skill=["care", "law"]) == {}
    assert (await counts(desk, counsellor_id=one))[1320] == 1


async def test_a_day_on_which_the_resident_has_enough_is_not_offered_to_them(desk: Desk) -> None:
    counsellor = await desk.counsellor()
    for start in (1320, 1380, 1440):
        await desk.booked("aoi", counsellor, start)
    assert await counts(desk, "aoi") == {}
    assert (await counts(desk, "ren"))[1500] == 1


async def test_a_full_day_and_a_room_that_is_taken_are_not_offered(desk: Desk) -> None:
    room = {"name": "見本の部屋", "kind": "room", "channels": ["face_to_face"]}
    assert (await desk.staff("POST", "/rooms", room)).status_code == 201
    one = await desk.counsellor(channels=["face_to_face", "online"], daily_cap=1)
    await desk.counsellor(channels=["face_to_face"])
    assert (await counts(desk, channel="face_to_face"))[1470] == 2
    await desk.booked("aoi", one, 1470, channel="face_to_face")
    left = await counts(desk, channel="face_to_face")
    assert 1470 not in left  # the room
    assert left[1320] == 1  # the counsellor's one appointment of the day is made
    assert await counts(desk) == {}


async def test_why_names_the_rule_and_what_would_help(desk: Desk) -> None:
    await desk.counsellor(weekly_hours=EXCEPT_THURSDAY)
    await desk.counsellor(channels=["telephone"])
    why = await get(desk, "/availability/why")
    assert why["free"] == 0
    told = {(r["code"], r["unit"], r["count"]) for r in why["reasons"]}
    assert told == {("channel", "people", 1), ("weekly", "days", 1)}
    by_code = {h["code"]: h for h in why["helps"]}
    assert by_code["other-day"]["value"] == "2026-12-04"
    assert by_code["channel"]["value"] == "telephone"
    assert (
        by_code["channel"]["text"] == f"電話なら、空いている時間が{by_code['channel']['times']}件あります。"
    )


async def test_residents_are_told_in_words_without_numbers_of_people(desk: Desk) -> None:
    one = await desk.counsellor(weekly_hours=EXCEPT_THURSDAY)
    why = await get(desk, "/availability/why", "aoi")
    assert [(r["code"], r["count"]) for r in why["reasons"]] == [("closed", None)]
    assert one not in str(why)
    free = await get(desk, "/availability/why", "aoi", **{"from": "2026-12-04"})
    assert free["free"] > 0
    assert free["helps"] == []


async def test_a_wish_that_makes_no_sense_is_refused_by_name(desk: Desk) -> None:
    for question in ("days", "why"):
        for query, field in (
            ({"from": "9999-12-31"}, "from"),
            ({"minutes": 50}, "minutes"),
            ({"channel": "letter"}, "channel"),
            ({"days": 32}, "days"),
            ({"skill": "\x00"}, "skill.0"),
        ):
            answer = await desk.client.get(
                f"/booking/v1/availability/{question}", headers=desk.harness.staff(A), params=query
            )
            assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, field)
