"""Appointments as an iCalendar feed (RFC 5545) that a person's own calendar reads. It says when, and nothing about anybody."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Literal

import icalendar

from services.booking.appointment import Appointment
from shared.events.booking import AppointmentChannel

Whose = Literal["counsellor", "resident"]
PRODUCT = "-//Banso//Booking//JA"
OURS = "@banso"
"""How the UIDs of our events end."""
REFRESH = timedelta(minutes=15)
CHANNELS: dict[AppointmentChannel, str] = {
    "online": "オンライン",
    "telephone": "電話",
    "face_to_face": "窓口",
}
SHOWN = ("confirmed", "attended", "missed", "cancelled")
"""A hold is no appointment yet."""


def feed(appointments: Iterable[Appointment], whose: Whose) -> bytes:
    """The feed: the same appointments always give the same bytes.

    A UID stays through every change and SEQUENCE grows with each; what was cancelled stays, marked so, that calendars take it away.
    """
    calendar = icalendar.Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("X-WR-CALNAME", "相談の予定")
    calendar.add("REFRESH-INTERVAL", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("X-PUBLISHED-TTL", icalendar.vDuration(REFRESH))
    for appointment in appointments:
        if appointment.state in SHOWN:
            calendar.add_component(_event(appointment, whose))
    return bytes(calendar.to_ical())


def _event(appointment: Appointment, whose: Whose) -> icalendar.Event:
    slot = appointment.slot
    event = icalendar.Event()
    event.add("UID", appointment.id + OURS)
    event.add("DTSTAMP", appointment.created_at)
    event.add("SEQUENCE", max(appointment.version - 1, 0))
    event.add("DTSTART", slot.starts_at)
    event.add("DTEND", slot.ends_at)
    said = f"相談（{CHANNELS[slot.channel]}）" if whose == "counsellor" else "相談の予約"
    event.add("SUMMARY", said)
    event.add("STATUS", "CANCELLED" if appointment.state == "cancelled" else "CONFIRMED")
    event.add("TRANSP", "TRANSPARENT" if appointment.state == "cancelled" else "OPAQUE")
    event.add("CLASS", "PRIVATE")
    return event
