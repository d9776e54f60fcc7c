"""Pages for residents, without script: three steps from the list of times to a booking, then see, move and cancel it."""

from services.booking.pages.appointments import appointment_pages
from services.booking.pages.times import time_pages

__all__ = ["appointment_pages", "time_pages"]
