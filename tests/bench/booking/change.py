"""An appointment that moves with every change: what a process hears when somebody books."""

from datetime import UTC, datetime, timedelta

from services.booking.cells import first_cell, words_of
from services.booking.service_day import earliest_running, instant
from shared.events.booking import AppointmentConfirmed
from shared.events.envelope import Event
from shared.ids import derived_id
from shared.mongo import Document
from tests.bench.booking.sample import MINUTES, TOKYO, Staff
from tests.bench.sample import TENANT


def a_change(number: int, counsellor_id: str, event_id: str, now: datetime) -> Event:
    """The `number`th state of one made-up appointment: another hour of another day each time."""
    day = earliest_running(now, TOKYO) + timedelta(days=2 + number % 20)
    minute = 600 + number * 15 % 600
    starts_at = instant(day, minute, TOKYO)
    appointment_id = derived_id("apt", "bench-change")
    payload = AppointmentConfirmed(
        resident_id=derived_id("res", "bench"),
        appointment_id=appointment_id,
        counsellor_id=counsellor_id,
        channel="online",
        service_date=day,
        start_minute=minute,
        end_minute=minute + MINUTES,
        starts_at=starts_at,
        ends_at=starts_at + timedelta(minutes=MINUTES),
    )
    return Event(
        id=event_id,
        source="/booking",
        type=payload.TYPE,
        subject=appointment_id,
        time=datetime.now(UTC),
        tenantid=TENANT,
        sequence=number,
        correlationid=event_id,
        data=payload.model_dump(mode="json"),
    )


def calendars(made: Staff) -> list[Document]:
    """The calendar documents of a staff, as booking stores them."""
    days: dict[tuple[str, int], tuple[int, Document]] = {}
    for number, (who, first, end, _) in enumerate(made.busy):
        zero = first_cell(datetime.fromtimestamp(first * 300, UTC).date())
        for start, stop, base in ((first, min(end, zero + 288), zero), (zero + 288, end, zero + 288)):
            if start < stop:
                bits, owners = days.get((who, base), (0, {}))
                owners[derived_id("apt", f"bench-{number}")] = [start - base, stop - base]
                days[who, base] = (bits | (1 << (stop - base)) - (1 << (start - base)), owners)
    return [_calendar(who, base, bits, owners) for (who, base), (bits, owners) in days.items()]


def _calendar(who: str, base: int, bits: int, owners: Document) -> Document:
    day = datetime.fromtimestamp(base * 300, UTC).date().isoformat()
    return {
        "_id": f"{TENANT}:{who}:{day}",
        "tenant_id": TENANT,
        "kind": "counsellor",
        "resource_id": who,
        "day": day,
        "owners": owners,
        "count": len(owners),
        **words_of(bits),
    }
