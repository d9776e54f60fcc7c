"""Holds that run out, and the moment at which somebody confirms one."""

import asyncio
from datetime import timedelta

import pytest

from services.booking.audit import audit
from services.booking.desk import Desk as BookingDesk
from services.booking.expiry import Expiry
from services.booking.parts import parts_of
from shared.clock import Clock
from tests.harness import Harness, eventually
from tests.integration.booking.desk import NOW, A, B, Desk, open_desk, resident_id

SOON = 0.05
NEVER = 3600.0


async def state(desk: Desk, appointment_id: str) -> str:
    shown = await desk.staff("GET", f"/appointments/{appointment_id}")
    found: str = shown.json()["state"]
    return found


async def test_a_hold_keeps_its_time_and_gives_it_back_when_it_runs_out(harness: Harness) -> None:
    desk = await open_desk(harness, expiry_every=SOON)
    counsellor = await desk.counsellor()
    held = (await desk.hold("aoi", desk.wish(counsellor))).json()["id"]
    desk.at(NOW + timedelta(minutes=9, seconds=50))
    assert (await desk.hold("ren", desk.wish(counsellor))).status_code == 409
    desk.at(NOW + timedelta(minutes=10, seconds=1))
    await eventually(lambda: state(desk, held), until=lambda found: found == "cancelled")
    assert (await desk.hold("ren", desk.wish(counsellor))).status_code == 201
    late = await desk.act("aoi", held, "confirm")
    assert (late.status_code, late.json()["type"].rpartition("/")[2]) == (409, "hold-expired")
    cancelled = await eventually(
        lambda: harness.published("booking", "banso.booking.appointment.cancelled.v1")
    )
    assert [(e.data["by"], e.data["was_confirmed"]) for e in cancelled] == [("system", False)]
    assert (await audit(desk.started.core.db)).findings == []


async def test_a_hold_that_ran_out_cannot_be_confirmed_even_before_anybody_noticed(harness: Harness) -> None:
    desk = await open_desk(harness, "hold-expiry")
    held = (await desk.hold("aoi", desk.wish(await desk.counsellor()))).json()["id"]
    desk.at(NOW + timedelta(minutes=11))
    late = await desk.act("aoi", held, "confirm")
    assert (late.status_code, late.json()["type"].rpartition("/")[2]) == (409, "hold-expired")


async def test_what_is_confirmed_does_not_expire(harness: Harness) -> None:
    desk = await open_desk(harness, expiry_every=SOON)
    counsellor = await desk.counsellor()
    kept = await desk.booked("aoi", counsellor)
    lost = (await desk.hold("ren", desk.wish(counsellor, 1380))).json()["id"]
    desk.at(NOW + timedelta(minutes=11))
    await eventually(lambda: state(desk, lost), until=lambda found: found == "cancelled")
    assert await state(desk, kept) == "confirmed"


async def test_a_hold_that_cannot_be_read_keeps_no_other_municipality_waiting(harness: Harness) -> None:
    desk = await open_desk(harness, "hold-expiry")
    for tenant in (A, B):
        counsellor = await desk.counsellor(tenant)
        assert (await desk.hold("aoi", desk.wish(counsellor), tenant=tenant)).status_code == 201
    core = desk.started.core
    first, second = [t for t in core.registry.tenants if t in (A, B)]
    await harness.published("booking")  # no event is taken out of an appointment meanwhile
    await core.db["appointments"].update_many({"tenant_id": first}, {"$set": {"note": "sealed by nobody"}})
    desk.at(NOW + timedelta(minutes=11))
    assert await Expiry(core.db, core.registry, with_clock(desk, timedelta()), NEVER).once() == 1
    found = await core.db["appointments"].find_one({"tenant_id": second})
    assert found is not None
    assert found["state"] == "cancelled"


async def test_a_hold_that_cannot_be_read_keeps_no_other_of_its_municipality(harness: Harness) -> None:
    desk = await open_desk(harness, "hold-expiry")
    counsellor = await desk.counsellor()
    for name, start in (("aoi", 1470), ("yui", 1350)):
        assert (await desk.hold(name, desk.wish(counsellor, start))).status_code == 201
    core = desk.started.core
    spoilt = {"tenant_id": A, "resident_id": resident_id("aoi")}
    await core.db["appointments"].update_one(spoilt, {"$set": {"note": "sealed by nobody"}})
    desk.at(NOW + timedelta(minutes=11))
    assert await Expiry(core.db, core.registry, with_clock(desk, timedelta()), NEVER).once() == 1
    found = await core.db["appointments"].find_one({"tenant_id": A, "resident_id": resident_id("yui")})
    assert found is not None
    assert found["state"] == "cancelled"


def with_clock(desk: Desk, shift: timedelta) -> BookingDesk:
    """The same desk in a process whose clock is `shift` ahead of the other's."""
    core = desk.started.core
    clock = Clock()
    clock.shift = core.clock.shift + shift
    return parts_of(core.outbox, core.sealer, clock, core.registry).desk


@pytest.mark.parametrize("round_", range(3))
async def test_confirming_and_expiring_at_once_end_in_one_of_the_two(harness: Harness, round_: int) -> None:
    """The expiry believes that time is up, the confirmation that it is not: both decide on what they read."""
    desk = await open_desk(harness, "hold-expiry")
    counsellor = await desk.counsellor()
    held = [
        (await desk.hold(f"r{n}", desk.wish(counsellor, 1320 + 15 * n, minutes=15))).json()["id"]
        for n in range(12)
    ]
    ahead = with_clock(desk, timedelta(minutes=11))
    confirming = [desk.act(f"r{n}", appointment_id, "confirm") for n, appointment_id in enumerate(held)]
    _, answers = await asyncio.gather(ahead.expire_due(A), asyncio.gather(*confirming))
    states = [await state(desk, appointment_id) for appointment_id in held]
    granted = {200: "confirmed", 409: "cancelled"}
    assert states == [granted[answer.status_code] for answer in answers], "what was confirmed stays so"
    assert (await audit(desk.started.core.db)).findings == []
    free = await desk.free("nobody", minutes=15)
    for n, found in enumerate(states):
        start = 1320 + 15 * n
        label = f"{start // 60}:{start % 60:02d}-{(start + 15) // 60}:{(start + 15) % 60:02d}"
        assert (label in free) == (found == "cancelled")
