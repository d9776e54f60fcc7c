"""The waiting list against the real calendars: one offer at a time, kept as a hold, taken, passed on, or answered from LINE."""

from datetime import timedelta
from typing import Any, TypeVar

import httpx
import pytest

from services.booking import offering
from services.booking.audit import audit
from services.booking.availability import NoRoom
from services.booking.desk import Desk as BookingDesk
from services.booking.expiry import Expiry
from services.booking.offering import Offering
from services.booking.store import Waiting
from shared.events.envelope import Event, envelop
from shared.events.intake import ActionChosen
from tests.harness import Harness, a_tenant, eventually
from tests.integration.booking.desk import DAY, NOW, A, B, Desk, open_desk, resident_id

MORNING = NOW + timedelta(hours=10)
"""10:40 in Tokyo: no quiet hours."""
ONE_HOUR = [{"weekday": 3, "start_minute": 1470, "end_minute": 1530}]
"""Thursdays 24:30-25:30, so that a week has one time."""


@pytest.fixture
async def slow(harness: Harness) -> Desk:
    """Looks are made by the test."""
    desk = await open_desk(harness, "waiting-offers", "hold-expiry")
    await harness.declare(a_tenant("sample-a", booking={"horizon_days": 5}))
    desk.at(MORNING)
    return desk


T = TypeVar("T")


def worker(desk: Desk, kind: type[T]) -> T:
    """The running service's own."""
    owners = (getattr(run, "__self__", None) for run in desk.started.service.workers)
    return next(owner for owner in owners if isinstance(owner, kind))


async def look(desk: Desk) -> int:
    """One look at what is free. What was written is known to the diary at once in the process that wrote it."""
    tenant = desk.started.core.registry.tenants[A]
    return await worker(desk, Offering).look(tenant)


async def join(desk: Desk, name: str, **body: Any) -> str:
    answer = await desk.client.post("/booking/v1/me/waiting", headers=desk.who(name), json=body)
    assert answer.status_code == 201, answer.text
    made: str = answer.json()["id"]
    return made


async def mine(desk: Desk, name: str) -> dict[str, Any]:
    """The resident's newest entry."""
    found: list[dict[str, Any]] = (
        await desk.client.get("/booking/v1/me/waiting", headers=desk.who(name))
    ).json()
    return found[0]


async def act(desk: Desk, name: str, waiting_id: str, action: str) -> httpx.Response:
    return await desk.client.post(f"/booking/v1/me/waiting/{waiting_id}/{action}", headers=desk.who(name))


async def offers(desk: Desk) -> list[Event]:
    return await desk.harness.published("booking", "banso.booking.waitlist.offered.v1")


async def test_a_time_that_becomes_free_goes_to_who_has_waited_longest_then_to_the_next(slow: Desk) -> None:
    counsellor = await slow.counsellor(weekly_hours=ONE_HOUR)
    taken = await slow.booked("first", counsellor)
    aoi, ren = await join(slow, "aoi"), await join(slow, "ren")
    assert await look(slow) == 0
    await slow.act("first", taken, "cancel")
    assert await look(slow) == 1
    assert await look(slow) == 0  # one offer at a time
    offer = (await mine(slow, "aoi"))["offer"]
    assert (offer["label"], (await mine(slow, "ren"))["state"]) == ("24:30-25:30", "waiting")
    stranger = await slow.hold("stranger", slow.wish(counsellor))
    assert stranger.status_code == 409  # it is kept
    slow.at(MORNING + timedelta(minutes=61))
    await worker(slow, Expiry).once()
    assert await look(slow) == 1
    assert ((await mine(slow, "aoi"))["state"], (await mine(slow, "ren"))["state"]) == ("waiting", "offered")
    late = await act(slow, "aoi", aoi, "take")
    assert (late.status_code, late.json()["type"].rpartition("/")[2]) == (409, "waiting-offer-ended")
    done = await act(slow, "ren", ren, "take")
    assert (done.status_code, done.json()["state"]) == (200, "taken")
    said = await eventually(lambda: offers(slow), until=lambda found: len(found) == 2)
    assert [e.data["waiting_id"] for e in said] == [aoi, ren]
    confirmed = await slow.harness.published("booking", "banso.booking.appointment.confirmed.v1")
    assert confirmed[-1].data["resident_id"] == resident_id("ren")
    assert (await audit(slow.started.core.db)).findings == []


async def test_whom_staff_put_first_is_asked_first(slow: Desk) -> None:
    counsellor = await slow.counsellor(weekly_hours=ONE_HOUR)
    taken = await slow.booked("first", counsellor)
    aoi, ren = await join(slow, "aoi"), await join(slow, "ren")
    path = f"/waiting/{ren}/priority"
    assert (await slow.staff("PUT", path, {"priority": 2})).json()["priority"] == 2
    listed = (await slow.staff("GET", "/waiting")).json()["data"]
    assert [entry["id"] for entry in listed] == [ren, aoi]
    await slow.act("first", taken, "cancel")
    assert await look(slow) == 1
    assert (await mine(slow, "ren"))["state"] == "offered"


async def test_who_passes_keeps_the_place_and_the_time_goes_on(slow: Desk) -> None:
    counsellor = await slow.counsellor(weekly_hours=ONE_HOUR)
    aoi = await join(slow, "aoi")
    await join(slow, "ren")
    assert await look(slow) == 1
    for _ in range(2):  # pressed twice
        assert (await act(slow, "aoi", aoi, "pass")).status_code in (200, 409)
    assert await look(slow) == 1
    assert ((await mine(slow, "aoi"))["state"], (await mine(slow, "ren"))["state"]) == ("waiting", "offered")
    assert (await slow.hold("stranger", slow.wish(counsellor))).status_code == 409
    listed = (await slow.staff("GET", "/waiting")).json()["data"]
    assert (listed[0]["id"], listed[0]["passed"]) == (aoi, 1)


async def test_an_earlier_time_replaces_the_appointment_in_one_step(slow: Desk) -> None:
    hours = [
        {"weekday": 3, "start_minute": 1470, "end_minute": 1530},
        {"weekday": 5, "start_minute": 600, "end_minute": 660},
    ]
    counsellor = await slow.counsellor(weekly_hours=hours)
    taken = await slow.booked("first", counsellor)
    later = (DAY + timedelta(days=2)).isoformat()
    present = await slow.booked("aoi", counsellor, 600, service_date=later)
    entry = await join(slow, "aoi", earlier_than=present)
    assert await look(slow) == 0
    await slow.act("first", taken, "cancel")
    await slow.counsellor(weekly_hours=ONE_HOUR)  # whose turn it would be
    assert await look(slow) == 1
    for _ in range(2):
        assert (await act(slow, "aoi", entry, "take")).json()["state"] == "taken"
    shown = (await slow.staff("GET", f"/appointments/{present}")).json()
    assert (shown["state"], shown["service_date"], shown["start_minute"]) == (
        "confirmed",
        DAY.isoformat(),
        1470,
    )
    assert (shown["counsellor_id"], shown["assignment"]["code"]) == (counsellor, "present")
    assert (await slow.hold("ren", slow.wish(counsellor, 600, service_date=later))).status_code == 201
    taken_events = await eventually(
        lambda: slow.harness.published("booking", "banso.booking.waitlist.taken.v1")
    )
    assert [e.data["appointment_id"] for e in taken_events] == [present]
    assert (await audit(slow.started.core.db)).findings == []


async def test_who_waits_for_an_earlier_time_waits_no_longer_than_for_the_appointment(slow: Desk) -> None:
    counsellor = await slow.counsellor(weekly_hours=ONE_HOUR)
    present = await slow.booked("aoi", counsellor)
    await join(slow, "aoi", earlier_than=present)
    assert await look(slow) == 0
    assert (await mine(slow, "aoi"))["state"] == "waiting"
    await slow.act("aoi", present, "cancel")
    assert await look(slow) == 0
    assert (await mine(slow, "aoi"))["state"] == "left"


async def test_many_free_times_and_many_who_wait_hide_nobodys_own(
    slow: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offering, "READ", 1)
    monkeypatch.setattr(offering, "LOOKED_AT", 4)
    every_day = [{"weekday": n, "start_minute": 540, "end_minute": 1080} for n in range(7)]
    for _ in range(2):
        await slow.counsellor(weekly_hours=every_day)
    night, weekend = {"start_minute": 1320}, {"weekdays": [5, 6]}
    await join(slow, "yui", windows=[night])
    await join(slow, "aoi", windows=[weekend])
    assert await look(slow) == 1
    offer = (await mine(slow, "aoi"))["offer"]
    assert (offer["service_date"], offer["label"]) == ("2026-12-05", "9:00-10:00")


async def test_who_confirms_by_the_page_has_taken_the_offer(slow: Desk) -> None:
    await slow.counsellor(weekly_hours=ONE_HOUR)
    await join(slow, "aoi")
    await look(slow)
    held = (await mine(slow, "aoi"))["offer"]["appointment_id"]
    assert (await slow.act("aoi", held, "confirm")).status_code == 200
    await look(slow)
    assert (await mine(slow, "aoi"))["state"] == "taken"


async def test_leaving_gives_the_kept_time_back(slow: Desk) -> None:
    counsellor = await slow.counsellor(weekly_hours=ONE_HOUR)
    aoi = await join(slow, "aoi")
    await look(slow)
    left = await slow.client.delete(f"/booking/v1/me/waiting/{aoi}", headers=slow.who("aoi"))
    assert left.status_code == 204
    assert (await slow.hold("ren", slow.wish(counsellor))).status_code == 201
    assert (await mine(slow, "aoi"))["state"] == "left"
    assert await look(slow) == 0


async def test_nobody_is_asked_in_the_night_but_who_asked_that_night(slow: Desk) -> None:
    await slow.counsellor(weekly_hours=ONE_HOUR)
    await join(slow, "aoi")
    slow.at(NOW + timedelta(days=1))  # 24:40
    assert await look(slow) == 0
    await join(slow, "ren")
    assert await look(slow) == 1
    assert ((await mine(slow, "ren"))["state"], (await mine(slow, "aoi"))["state"]) == ("offered", "waiting")


async def test_a_crash_between_hold_and_offer_makes_no_second_hold(
    slow: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await slow.counsellor(weekly_hours=[*ONE_HOUR, {"weekday": 4, "start_minute": 600, "end_minute": 660}])
    await join(slow, "aoi")
    change = Waiting.change

    async def crash(*_: Any, **__: Any) -> None:
        raise RuntimeError("sample")

    monkeypatch.setattr(Waiting, "change", crash)
    with pytest.raises(RuntimeError):
        await look(slow)
    monkeypatch.setattr(Waiting, "change", change)
    assert await look(slow) == 1
    assert (await mine(slow, "aoi"))["offer"]["label"] == "24:30-25:30"
    holds = await slow.started.core.db["appointments"].count_documents({"tenant_id": A, "state": "held"})
    assert holds == 1


async def test_an_offer_is_taken_from_line_while_it_is_that_offer(slow: Desk) -> None:
    await slow.counsellor(weekly_hours=ONE_HOUR)
    aoi = await join(slow, "aoi")
    await look(slow)

    def tap(minute: int) -> Event:
        payload = ActionChosen(
            resident_id=resident_id("aoi"),
            action="waitlist.take",
            subject_id=aoi,
            service_date=DAY,
            start_minute=minute,
        )
        return envelop([payload], source="/intake", tenant=A, subject="x", sequence=1, now=NOW)[0]

    await slow.harness.publish(tap(600))
    refused = await eventually(lambda: slow.harness.published("booking", "banso.booking.action.refused.v1"))
    assert refused[0].data["reason"] == "offer_ended"
    await slow.harness.publish(tap(1470))

    async def state() -> str:
        return str((await mine(slow, "aoi"))["state"])

    await eventually(state, until=lambda found: found == "taken")


async def test_nobody_sees_or_takes_what_somebody_else_waits_for(slow: Desk) -> None:
    await slow.counsellor(weekly_hours=ONE_HOUR)
    aoi = await join(slow, "aoi")
    await look(slow)
    for name, tenant in (("ren", A), ("aoi", B)):
        headers = slow.who(name, tenant)
        for action in ("take", "pass"):
            answer = await slow.client.post(f"/booking/v1/me/waiting/{aoi}/{action}", headers=headers)
            assert answer.status_code == 404
        assert (await slow.client.delete(f"/booking/v1/me/waiting/{aoi}", headers=headers)).status_code == 404
    assert (await slow.staff("PUT", f"/waiting/{aoi}/priority", {"priority": 1}, B)).status_code == 404
    assert (await slow.staff("GET", "/waiting", tenant=B)).json()["data"] == []
    assert (await mine(slow, "aoi"))["state"] == "offered"


async def test_what_cannot_be_waited_for_is_refused(slow: Desk) -> None:
    headers = slow.who("aoi")
    bodies: tuple[dict[str, Any], ...] = (
        {"minutes": 7},
        {"windows": [{"start_minute": 600, "end_minute": 600}]},
        {"windows": [{"weekdays": []}]},
    )
    for body in bodies:
        assert (
            await slow.client.post("/booking/v1/me/waiting", headers=headers, json=body)
        ).status_code == 422
    unknown = {"counsellor_id": "cou_" + "a" * 26}
    assert (
        await slow.client.post("/booking/v1/me/waiting", headers=headers, json=unknown)
    ).status_code == 404
    for _ in range(3):
        await join(slow, "aoi")
    fourth = await slow.client.post("/booking/v1/me/waiting", headers=headers, json={})
    assert (fourth.status_code, fourth.json()["type"].rpartition("/")[2]) == (409, "waiting-enough")


async def test_the_worker_asks_by_itself(harness: Harness) -> None:
    desk = await open_desk(harness, offering_every=0.05)
    desk.at(MORNING)
    await desk.counsellor(weekly_hours=ONE_HOUR)
    await join(desk, "aoi")

    async def state() -> str:
        return str((await mine(desk, "aoi"))["state"])

    await eventually(state, until=lambda found: found == "offered")


async def test_a_time_that_looks_free_and_cannot_be_held_keeps_nobody_from_the_next_one(
    slow: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await slow.counsellor(weekly_hours=[*ONE_HOUR, {"weekday": 4, "start_minute": 600, "end_minute": 660}])
    await join(slow, "aoi")
    hold_for = BookingDesk.hold_for

    async def without_a_room(
        self: BookingDesk, tenant: Any, who: str, wish: Any, *rest: Any, **more: Any
    ) -> Any:
        if wish.start_minute == 1470:
            raise NoRoom(())
        return await hold_for(self, tenant, who, wish, *rest, **more)

    monkeypatch.setattr(BookingDesk, "hold_for", without_a_room)
    assert [await look(slow), await look(slow)] == [0, 1]
    assert (await mine(slow, "aoi"))["offer"]["label"] == "10:00-11:00"
