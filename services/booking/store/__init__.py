"""What booking keeps: counsellors, appointments (they carry the events), and calendars as bits (they carry none)."""

from services.booking.store.appointments import APPOINTMENTS, Appointments
from services.booking.store.bookings import Bookings
from services.booking.store.calendars import CALENDARS, Calendars, CellsTaken
from services.booking.store.counsellors import COUNSELLORS, Counsellors

COLLECTIONS = (COUNSELLORS, APPOINTMENTS, CALENDARS)

__all__ = [
    "APPOINTMENTS",
    "COLLECTIONS",
    "Appointments",
    "Bookings",
    "Calendars",
    "CellsTaken",
    "Counsellors",
]
