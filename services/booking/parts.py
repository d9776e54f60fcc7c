"""What booking is made of, put together once: stores, and the use cases on top of them."""

from dataclasses import dataclass

from services.booking.assigning import Assigning
from services.booking.desk import Desk
from services.booking.diary import Diary
from services.booking.openings import Openings
from services.booking.placing import Placing
from services.booking.pooling import Pooling
from services.booking.recurring import Recurring
from services.booking.roster import Roster
from services.booking.sessions import Sessions
from services.booking.store import (
    AllSeries,
    Appointments,
    Bookings,
    Calendars,
    Counsellors,
    Ledger,
    Residents,
    Rooms,
)
from services.booking.store.holdings import Holdings
from shared.clock import Clock
from shared.outbox import Outbox
from shared.registry import Registry
from shared.sealing import Sealer


@dataclass(frozen=True)
class Parts:
    counsellors: Counsellors
    rooms: Rooms
    appointments: Appointments
    calendars: Calendars
    bookings: Bookings
    residents: Residents
    diary: Diary
    openings: Openings
    desk: Desk
    roster: Roster
    recurring: Recurring
    pooling: Pooling
    sessions: Sessions


def parts_of(
    outbox: Outbox, sealer: Sealer, clock: Clock, registry: Registry, pools_every: float = 3.0
) -> Parts:
    """Everything on one database, told the time by `clock`."""
    counsellors = Counsellors(outbox, clock)
    rooms = Rooms(outbox, clock)
    appointments = Appointments(outbox, sealer)
    calendars = Calendars(outbox.db)
    ledger = Ledger(outbox.db)
    pooling = Pooling(clock, registry, counsellors, ledger, pools_every)
    bookings = Bookings(outbox, appointments, calendars, ledger, pooling.exchange)
    residents = Residents(outbox.db)
    diary = Diary(clock, counsellors, rooms, Holdings(outbox.db))
    openings = Openings(clock, counsellors, diary, registry, pooling.left)
    assigning = Assigning(openings, calendars, registry)
    placing = Placing(clock, openings, calendars, bookings, assigning)
    desk = Desk(clock, appointments, bookings, residents, placing)
    roster = Roster(clock, counsellors, calendars, appointments)
    recurring = Recurring(openings, assigning, placing, desk, residents, AllSeries(outbox))
    sessions = Sessions(clock, registry, counsellors, calendars, appointments, desk)
    return Parts(
        counsellors,
        rooms,
        appointments,
        calendars,
        bookings,
        residents,
        diary,
        openings,
        desk,
        roster,
        recurring,
        pooling,
        sessions,
    )
