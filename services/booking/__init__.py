"""Booking: when, with whom, and never two at once. See `docs/decisions/0007-calendar-bits.md` for how calendars are kept."""
