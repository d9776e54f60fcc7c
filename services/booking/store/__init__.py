"""What booking keeps: counsellors, appointments (they carry the events), calendars as bits (they carry none), known residents."""

from services.booking.store.appointments import APPOINTMENTS, Appointments
from services.booking.store.bookings import Bookings
from services.booking.store.calendars import CALENDARS, Calendars, CellsTaken
from services.booking.store.centre_collections import CENTRE_COLLECTIONS
from services.booking.store.chosen_actions import CHOSEN_ACTIONS, ChosenActions
from services.booking.store.counsellors import COUNSELLORS, Counsellors
from services.booking.store.feeds import FEEDS, Feeds
from services.booking.store.ledger import LEDGER, Ledger
from services.booking.store.residents import RESIDENTS, Residents
from services.booking.store.rooms import ROOMS, Rooms
from services.booking.store.series import SERIES, AllSeries
from services.booking.store.waiting import WAITING, Waiting

COLLECTIONS = (
    COUNSELLORS,
    APPOINTMENTS,
    CALENDARS,
    RESIDENTS,
    ROOMS,
    SERIES,
    CHOSEN_ACTIONS,
    LEDGER,
    FEEDS,
    WAITING,
    *CENTRE_COLLECTIONS,
)

__all__ = [
    "APPOINTMENTS",
    "COLLECTIONS",
    "AllSeries",
    "Appointments",
    "Bookings",
    "Calendars",
    "CellsTaken",
    "ChosenActions",
    "Counsellors",
    "Feeds",
    "Ledger",
    "Residents",
    "Rooms",
    "Waiting",
]
