"""Requests and answers beside the model's own words for them."""

from datetime import date, datetime
from typing import Any

from tests.integration.booking.life.model import Kept, Person, Room, Wish


def wish_of(slot: Any) -> Wish:
    """A slot of an answer."""
    start, end = slot["start_minute"], slot["end_minute"]
    day = date.fromisoformat(slot["service_date"])
    return Wish(slot["counsellor_id"], slot["channel"], day, start, end - start)


def shown(row: Any) -> tuple[Any, ...]:
    """What the service says of an appointment."""
    return (
        wish_of(row), datetime.fromisoformat(row["starts_at"]), row["resident_id"], row["state"],
        row["room_id"], row["cancelled_by"], row["missed_by"], row["reaffirmed_at"] is not None,
        row["series_id"], row["version"],
    )  # fmt: skip


def said(kept: Kept) -> tuple[Any, ...]:
    """What the model says of an appointment."""
    return (
        kept.wish, kept.wish.time[0], kept.resident, kept.state, kept.room, kept.cancelled_by, kept.missed_by,
        kept.reaffirmed, kept.series, kept.version,
    )  # fmt: skip


def counsellor_body(person: Person) -> dict[str, Any]:
    return {
        "display_name": "見本 相談員",
        "channels": person.channels,
        "weekly_hours": [{"weekday": d, "start_minute": s, "end_minute": e} for d, s, e in person.weekly],
        "exceptions": [
            {"service_date": str(day), "spans": [{"start_minute": s, "end_minute": e} for s, e in spans]}
            for day, spans in person.exceptions.items()
        ],
        "works_holidays": person.works_holidays,
        "daily_cap": person.cap,
        "active": person.active,
    }


def room_body(room: Room) -> dict[str, Any]:
    return {"name": "見本 相談室", "kind": "room", "channels": room.channels, "active": room.active}
