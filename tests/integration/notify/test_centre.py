"""A notice is answered kindly, free hours are offered by a button, and a contract's end is said ahead; nobody hears about anybody else."""

from datetime import date, timedelta

import pytest

from services.intake.line_choice import read_choice
from shared.clock import parse_service_time
from shared.events import booking
from shared.events.booking import AttendanceStatus
from shared.events.envelope import Payload
from shared.ids import derived_id, new_ulid
from tests.integration.notify.world import World

DAY = date(2026, 12, 3)


def attendance(resident: str, status: AttendanceStatus, shift: str | None) -> booking.AttendanceReported:
    return booking.AttendanceReported(
        resident_id=resident,
        status=status,
        shift_id=shift,
        service_date=DAY if shift else None,
        unclear=shift is None,
    )


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("absent", "12月3日（木）のお休みのこと、わかりました"),
        ("late", "遅れること"),
        ("leaving_early", "早く帰ること"),
    ],
)
async def test_a_notice_is_answered_at_once_even_at_night(
    world: World, status: AttendanceStatus, said: str
) -> None:
    world.at("2026-12-03T24:40")
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    event = world.event(attendance(resident, status, derived_id("shf", new_ulid())), resident)
    await world.publish(event)
    assert (await world.finished(event, f"attendance.{status}"))["state"] == "delivered"
    text = (await world.outside.inbox(user))[0]["message"]["text"]
    assert said in text
    assert "なぜ" not in text


@pytest.mark.parametrize(("status", "label"), [("late", "着きました"), ("absent", "やっぱり行きます")])
async def test_what_has_changed_since_a_notice_is_said_by_a_button(
    world: World, status: AttendanceStatus, label: str
) -> None:
    user = await world.outside.friend()
    resident, shift = await world.resident({"line": user}), derived_id("shf", new_ulid())
    event = world.event(attendance(resident, status, shift), resident)
    await world.publish(event)
    await world.finished(event, f"attendance.{status}")
    choice = read_choice((await world.outside.buttons(user))[label])
    assert choice is not None
    assert (choice.action, choice.subject_id) == ("shift.present", shift)


async def test_a_notice_that_nobody_could_place_asks_nothing_more_of_the_person(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    event = world.event(attendance(resident, "absent", None), resident)
    await world.publish(event)
    await world.finished(event, "attendance.unclear")
    assert "もう何もしなくて大丈夫です" in (await world.outside.inbox(user))[0]["message"]["text"]


async def test_what_staff_wrote_down_is_not_answered(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    shift = derived_id("shf", new_ulid())
    silent = world.event(attendance(resident, "late", shift), shift, actor="staff:a")
    spoken = world.event(attendance(resident, "absent", shift), shift, sequence=2)
    await world.publish(silent, spoken)
    await world.finished(spoken, "attendance.absent")
    texts = [m["message"] for m in await world.outside.inbox(user) if m["message"]["type"] == "text"]
    assert len(texts) == 1


async def test_free_hours_are_offered_with_a_button_until_the_offer_ends(world: World) -> None:
    user = await world.outside.friend()
    resident, shift = await world.resident({"line": user}), derived_id("shf", new_ulid())
    payload = booking.ShiftOffered(
        resident_id=resident,
        shift_id=shift,
        centre_id=derived_id("cen", new_ulid()),
        service_date=DAY,
        start_minute=1380,
        end_minute=1500,
        starts_at=parse_service_time("2026-12-03T23:00"),
        ends_at=parse_service_time("2026-12-03T25:00"),
        offered_until=world.now + timedelta(minutes=30),
    )
    event = world.event(payload, shift)
    await world.publish(event)
    assert (await world.finished(event, "shift.offered"))["state"] == "delivered"
    assert "12月3日（木） 23:00-25:00" in (await world.outside.inbox(user))[0]["message"]["text"]
    buttons = await world.outside.buttons(user)
    choice = read_choice(buttons["はたらきます"])
    assert choice is not None
    assert (choice.action, choice.subject_id) == ("shift.take", shift)
    late = world.event(payload, shift, sequence=2)
    world.at("2026-12-01T13:30")
    await world.publish(late)
    assert (await world.finished(late, "shift.offered"))["reason"] == "expired"


@pytest.mark.parametrize(
    ("renewal", "ending", "template"),
    [("automatic", False, "automatic"), ("agreed", False, "agreed"), ("automatic", True, "ending")],
)
async def test_a_contracts_end_is_said_ahead_with_what_happens_then(
    world: World, renewal: str, ending: bool, template: str
) -> None:
    user = await world.outside.friend()
    resident, contract = await world.resident({"line": user}), derived_id("ctr", new_ulid())
    payload = booking.ContractExpiring.model_validate(
        {
            "resident_id": resident,
            "contract_id": contract,
            "centre_id": derived_id("cen", new_ulid()),
            "ends_on": date(2027, 5, 31),
            "renewal": renewal,
            "ending": ending,
        }
    )
    event = world.event(payload, contract)
    await world.publish(event)
    assert (await world.finished(event, f"contract.expiring.{template}"))["state"] == "delivered"
    assert "5月31日（月）" in (await world.outside.inbox(user))[0]["message"]["text"]


def planned_for(template: str, resident: str, world: World, *, news: bool = True) -> Payload:
    """What others have planned for the resident, or have taken back; without `news` what they need not hear of."""
    shift = {
        "resident_id": resident,
        "shift_id": derived_id("shf", new_ulid()),
        "centre_id": derived_id("cen", new_ulid()),
        "service_date": DAY,
        "start_minute": 1380,
        "end_minute": 1500,
        "starts_at": parse_service_time("2026-12-03T23:00"),
        "ends_at": parse_service_time("2026-12-03T25:00"),
    }
    stay = {
        "resident_id": resident,
        "experience_id": derived_id("exp", new_ulid()),
        "place_id": derived_id("plc", new_ulid()),
        "from_date": DAY,
    }
    contract = {k: shift[k] for k in ("resident_id", "centre_id")} | {"contract_id": derived_id("ctr", "one")}
    kinds: dict[str, tuple[type[Payload], dict[str, object]]] = {
        "shift.planned": (booking.ShiftPlanned, {**shift, "tell": news}),
        "shift.withdrawn": (booking.ShiftChanged, {**shift, "withdrawn": True, "tell": news}),
        "contract.proposed": (
            booking.ContractProposed,
            {**contract, "starts_on": DAY, "ends_on": date(2027, 6, 2)},
        ),
        "experience.requested": (
            booking.ExperienceRequested,
            {**stay, "to_date": DAY, "agree_by": parse_service_time("2026-12-03T18:00")},
        ),
        "experience.confirmed": (
            booking.ExperienceAgreed,
            {**stay, "party": "workplace", "complete": news},
        ),
        "experience.ended": (
            booking.ExperienceCancelled,
            {**stay, "by": "system" if news else "resident"},
        ),
    }
    kind, fields = kinds[template]
    return kind.model_validate(fields)


async def test_what_others_planned_is_told_once_and_what_one_did_oneself_is_not(world: World) -> None:
    user = await world.outside.friend()
    resident = await world.resident({"line": user})
    templates = {
        "shift.planned": "最初は 12月3日（木） 23:00-25:00",
        "shift.withdrawn": "センターの都合で",
        "contract.proposed": "12月3日（木）からの契約の案",
        "experience.requested": "12月3日（木）まで、とっておきます",
        "experience.confirmed": "12月3日（木）からの職場体験が決まりました",
        "experience.ended": "12月3日（木）からの職場体験は、なくなりました",
    }
    silent = [
        world.event(planned_for(template, resident, world, news=False), resident, sequence=n)
        for n, template in enumerate(("shift.planned", "shift.withdrawn", "experience.confirmed"), 1)
    ]
    silent.append(world.event(planned_for("experience.ended", resident, world, news=False), resident))
    spoken = {
        template: world.event(planned_for(template, resident, world), resident, sequence=n)
        for n, template in enumerate(templates, 10)
    }
    await world.publish(*silent, *spoken.values())
    for template, event in spoken.items():
        assert (await world.finished(event, template))["state"] == "delivered", template
    texts = [m["message"]["text"] for m in await world.outside.inbox(user) if m["message"]["type"] == "text"]
    assert len(texts) == len(templates)
    for said in templates.values():
        assert sum(said in text for text in texts) == 1, said
