"""Who it will be when a resident names nobody, and why."""

import asyncio
from collections import Counter
from typing import Any

from tests.integration.booking.desk import DAY, NOW, Desk
from tests.integration.booking.test_pages import Browser

ANYBODY = None


async def held(desk: Desk, name: str, start: int = 1470, **more: Any) -> Any:
    answer = await desk.hold(name, desk.wish(ANYBODY, start, **more))
    assert answer.status_code == 201, answer.text
    return answer.json()


async def reason(desk: Desk, appointment_id: str) -> Any:
    return (await desk.staff("GET", f"/appointments/{appointment_id}")).json()["assignment"]


async def test_a_time_without_a_name_gets_somebody_and_staff_see_why(desk: Desk) -> None:
    only = await desk.counsellor()
    made = await held(desk, "aoi")
    assert made["counsellor_id"] == only
    why = await reason(desk, made["id"])
    assert (why["code"], why["considered"]) == ("only", 1)


async def test_the_turn_goes_round_by_what_everybody_has_already(desk: Desk) -> None:
    people = [await desk.counsellor() for _ in range(3)]
    starts = (1320, 1380, 1440, 1500, 1560)
    got = [(await held(desk, f"n{n}", start))["counsellor_id"] for n, start in enumerate(starts)]
    assert set(Counter(got).values()) == {1, 2} and set(got) == set(people)


async def test_the_counsellor_of_last_time_comes_before_whose_turn_it_is(desk: Desk) -> None:
    first, _ = await desk.counsellor(), await desk.counsellor()
    before = await desk.booked("aoi", first, service_date="2026-12-01", start_minute=1560)
    desk.at(NOW.replace(hour=17, minute=30))
    assert (await desk.staff("POST", f"/appointments/{before}/attended")).status_code == 200
    again = await held(desk, "aoi", 1470)
    assert again["counsellor_id"] == first
    assert (await reason(desk, again["id"]))["code"] == "continuity"
    anew = await held(desk, "aoi", 1320, anew=True)
    assert anew["counsellor_id"] != first


async def test_a_language_and_a_skill_are_conditions_and_a_gender_is_a_wish_unless_it_must_be(
    desk: Desk,
) -> None:
    await desk.counsellor()
    english = await desk.counsellor(languages=["ja", "en"], skills=["single-parents"], gender="female")
    made = await held(desk, "aoi", language="en", skills=["single-parents"])
    assert made["counsellor_id"] == english
    nobody = await desk.hold("rin", desk.wish(ANYBODY, 1320, language="pt"))
    assert nobody.json()["type"].endswith("nobody-free")
    wished = await held(desk, "yui", 1320, gender="female")
    assert (wished["counsellor_id"], (await reason(desk, wished["id"]))["matched"]) == (
        english,
        ["gender", "own"],
    )
    instead = await held(desk, "mei", 1500, gender="male")
    assert instead["counsellor_id"] != ""
    must = desk.wish(ANYBODY, 1560, gender="male", gender_required=True)
    assert (await desk.hold("sora", must)).json()["type"].endswith("nobody-free")


async def test_a_day_that_is_full_by_this_very_appointment_is_not_full_for_its_move(desk: Desk) -> None:
    mine = await desk.counsellor(daily_cap=1)
    made = await desk.booked("aoi", mine)
    await desk.counsellor()
    aoi = Browser(desk, "aoi")
    await aoi.get(f"/booking/appointments/{made}/move?slot={DAY}|1380")
    assert "変更の前と同じ相談員です" in aoi.page
    await aoi.post(f"/booking/appointments/{made}/move")
    moved = (await desk.staff("GET", f"/appointments/{made}")).json()
    assert (moved["start_minute"], moved["counsellor_id"]) == (1380, mine)
    assert (moved["assignment"]["code"], moved["assignment"]["considered"]) == ("present", 2)


async def test_many_at_once_for_one_time_get_one_counsellor_each_and_the_rest_is_told(desk: Desk) -> None:
    people = {await desk.counsellor() for _ in range(4)}
    answers = await asyncio.gather(*(desk.hold(f"n{n}", desk.wish(ANYBODY)) for n in range(9)))
    won = [a.json()["counsellor_id"] for a in answers if a.status_code == 201]
    assert sorted(won) == sorted(people)
    assert all(a.json()["alternatives"] for a in answers if a.status_code == 409)
