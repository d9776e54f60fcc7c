"""The waiting list: who is told first when a time becomes free, and what becomes of the offer.

waiting -> offered -> taken | waiting again (passed, or not answered in time); left at any moment.

One time is offered to one person at a time: the one whom staff put first (triage), then the one who has waited longest. Nobody loses
their place by saying no; they are only not asked about the same time again. Source of the order: urgency before date of entry, as in
waiting lists of health services; within one urgency first come, first served.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from services.booking.appointment import Appointment
from services.booking.counsellor import Gender
from services.booking.service_day import MINUTES
from services.booking.slot import Slot
from shared.errors import Conflict, Invalid
from shared.events.booking import (
    AppointmentChannel,
    WaitlistJoined,
    WaitlistLeft,
    WaitlistOffered,
    WaitlistTaken,
)
from shared.events.envelope import Payload
from shared.quiet_hours import quiet_period
from shared.tenancy import Booking, QuietHours

State = Literal["waiting", "offered", "taken", "left"]
OPEN: tuple[State, ...] = ("waiting", "offered")
MOST_OPEN = 3
"""Entries that one person may have at once."""
REMEMBERED = 200
"""Times that were passed and are not offered again."""
BEFORE: tuple[str, ...] = ("held", "confirmed")
"""States of an appointment that is still to come."""
SHORTEST_OFFER = timedelta(minutes=5)


class OfferEnded(Conflict):
    """The time is no longer kept for this person, or it is another one by now."""

    slug = "waiting-offer-ended"


class WaitingEnough(Conflict):
    slug = "waiting-enough"


@dataclass(frozen=True)
class Window:
    """Times that suit: `weekdays` (0 is Monday) from `start_minute` to `end_minute` of the service day, 0..1800."""

    weekdays: tuple[int, ...]
    start_minute: int = 0
    end_minute: int = MINUTES

    def admits(self, slot: Slot) -> bool:
        within = self.start_minute <= slot.start_minute and slot.end_minute <= self.end_minute
        return slot.service_date.weekday() in self.weekdays and within


@dataclass(frozen=True)
class Wanted:
    """What somebody waits for. No windows: any time. `earlier_than` is their appointment that an earlier time would replace."""

    channel: AppointmentChannel
    minutes: int
    windows: tuple[Window, ...] = ()
    counsellor_id: str | None = None
    language: str | None = None
    skills: tuple[str, ...] = ()
    earlier_than: str | None = None
    gender: Gender | None = None


@dataclass(frozen=True)
class Offer:
    """`appointment_id` is the hold that keeps the time until `until` (UTC)."""

    appointment_id: str
    slot: Slot
    until: datetime


@dataclass(frozen=True)
class Entry:
    """`priority` 0..3, set by staff, 3 first. `passed` holds the times (see `time_key`) that are not offered again."""

    id: str
    resident_id: str
    wanted: Wanted
    joined_at: datetime
    priority: int = 0
    state: State = "waiting"
    offer: Offer | None = None
    offers: int = 0
    passed: tuple[str, ...] = ()
    version: int = 0

    @property
    def place(self) -> str:
        """Sorts as the list is served."""
        return f"{3 - self.priority}:{self.joined_at.isoformat()}:{self.id}"


Outcome = tuple[Entry, list[Payload]]


def time_key(slot: Slot) -> str:
    """A time as a person sees it: it is the same with another counsellor."""
    return f"{slot.service_date.isoformat()}:{slot.start_minute}"


def check_windows(windows: Sequence[Window]) -> None:
    """Raises Invalid, naming the field."""
    for n, window in enumerate(windows):
        if not 0 <= window.start_minute < window.end_minute <= MINUTES:
            raise Invalid(f"windows.{n}.end_minute", "must be after start_minute, 1800 at most")


def join(new_id: str, resident_id: str, wanted: Wanted, open_entries: int, now: datetime) -> Outcome:
    """Raises WaitingEnough."""
    if open_entries >= MOST_OPEN:
        raise WaitingEnough()
    entry = Entry(new_id, resident_id, wanted, now)
    return entry, [WaitlistJoined(resident_id=resident_id, waiting_id=new_id)]


def suits(entry: Entry, slot: Slot, earlier: Appointment | None = None) -> bool:
    """Whether the time is one to offer to them. `earlier` is the appointment that it would replace."""
    wanted = entry.wanted
    if wanted.earlier_than and not (earlier and earlier.state == "confirmed"):
        return False
    if earlier and slot.starts_at >= earlier.slot.starts_at:
        return False
    if time_key(slot) in entry.passed:
        return False
    return not wanted.windows or any(window.admits(slot) for window in wanted.windows)


def may_be_told(entry: Entry, now: datetime, quiet: QuietHours) -> bool:
    """Nobody is offered a time at night, unless they asked for it that same night."""
    period = quiet_period(now, quiet)
    return period is None or period[0] <= entry.joined_at


def offered_until(slot: Slot, now: datetime, terms: Booking) -> datetime | None:
    """Until when the time is kept for them; never into the notice before its start. None when that is too soon to ask anybody."""
    last = slot.starts_at - timedelta(minutes=terms.minimum_notice_minutes)
    until = min(now + timedelta(minutes=terms.offer_minutes), last)
    return until if until >= now + SHORTEST_OFFER else None


@dataclass(frozen=True)
class Look:
    """One look at what is free. `free` lists, for each entry, slots of its kind in order of time; `earlier` the appointments to be replaced;
    `refused`, for each entry, times (see `time_key`) that could not be held just now."""

    now: datetime
    terms: Booking
    quiet: QuietHours
    free: Mapping[str, Sequence[Slot]]
    earlier: Mapping[str, Appointment] = field(default_factory=dict)
    refused: Mapping[str, Collection[str]] = field(default_factory=dict)


def is_moot(entry: Entry, look: Look) -> bool:
    """Whether the appointment that an earlier time was to replace is over, or there no more."""
    wanted = entry.wanted.earlier_than
    if wanted is None or entry.state != "waiting":
        return False
    earlier = look.earlier.get(wanted)
    return earlier is None or earlier.state not in BEFORE or earlier.slot.starts_at <= look.now


def next_offers(entries: Iterable[Entry], look: Look) -> list[tuple[Entry, Slot, datetime]]:
    """(entry, slot, until) for everybody who is next for some free time: each person one, each counsellor's time one person."""
    given: dict[str, list[Slot]] = {}
    asked: set[str] = set()
    found = []
    left = {id(slots): list(slots) for slots in look.free.values()}
    for entry in sorted(entries, key=lambda e: e.place):
        if entry.state != "waiting" or entry.resident_id in asked or entry.id not in look.free:
            continue
        if not may_be_told(entry, look.now, look.quiet):
            continue
        first = _first(entry, look, left[id(look.free[entry.id])], given)
        if first:
            slot, until = first
            given.setdefault(slot.counsellor_id, []).append(slot)
            asked.add(entry.resident_id)
            found.append((entry, slot, until))
    return found


def _first(
    entry: Entry, look: Look, slots: list[Slot], given: Mapping[str, Sequence[Slot]]
) -> tuple[Slot, datetime] | None:
    """The first slot to offer to them, and until when. What can be offered to nobody any more is taken out of `slots` on the way, so that
    nobody looks at it again."""
    earlier = look.earlier.get(entry.wanted.earlier_than or "")
    refused = look.refused.get(entry.id, ())
    kept: list[Slot] = []
    for n, slot in enumerate(slots):
        if earlier and slot.starts_at >= earlier.slot.starts_at:
            slots[:n] = kept
            return None
        until = offered_until(slot, look.now, look.terms)
        if until is None or any(_meet(slot, other) for other in given.get(slot.counsellor_id, ())):
            continue
        kept.append(slot)
        if suits(entry, slot, earlier) and time_key(slot) not in refused:
            slots[: n + 1] = kept
            return slot, until
    slots[:] = kept
    return None


def not_to_be_with(
    entry: Entry, slot: Slot, offers: Iterable[tuple[Entry, Slot, datetime]]
) -> tuple[str, ...]:
    """Counsellors whom the others of `offers` are to be offered at that time."""
    others = {at.counsellor_id for other, at, _ in offers if other.id != entry.id and _at_once(slot, at)}
    return tuple(sorted(others - {slot.counsellor_id}))


def offer(entry: Entry, held: Appointment) -> Outcome:
    """The time is held: ask. Raises OfferEnded when the hold is over already."""
    if held.state != "held" or held.held_until is None:
        raise OfferEnded()
    slot = held.slot
    offered = replace(
        entry, state="offered", offer=Offer(held.id, slot, held.held_until), offers=entry.offers + 1
    )
    event = WaitlistOffered(
        resident_id=entry.resident_id,
        waiting_id=entry.id,
        appointment_id=held.id,
        channel=slot.channel,
        service_date=slot.service_date,
        start_minute=slot.start_minute,
        end_minute=slot.end_minute,
        starts_at=slot.starts_at,
        offered_until=held.held_until,
        earlier_than=entry.wanted.earlier_than,
    )
    return offered, [event]


def take(entry: Entry, *, as_held: bool = False) -> Outcome:
    """The time is theirs: their appointment has moved there, or (`as_held`, and for who had none) the hold became one. Raises OfferEnded."""
    held = current(entry).appointment_id
    now_theirs = held if as_held else entry.wanted.earlier_than or held
    taken = replace(entry, state="taken")
    return taken, [
        WaitlistTaken(resident_id=entry.resident_id, waiting_id=entry.id, appointment_id=now_theirs)
    ]


def put_back(entry: Entry, slot: Slot | None = None) -> Outcome:
    """They said no, did not answer, or cannot have the time (`slot`): they keep their place, and are not asked about it again."""
    key = time_key(slot or current(entry).slot)
    passed = (*entry.passed, key)[-REMEMBERED:]
    return replace(entry, state="waiting", offer=None, passed=passed), []


def prioritised(entry: Entry, priority: int) -> Entry:
    """The entry at its place by the urgency that staff see, 0..3. Raises Invalid."""
    if not 0 <= priority <= 3:
        raise Invalid("priority", "must be 0..3")
    return replace(entry, priority=priority)


def leave(entry: Entry) -> Outcome | None:
    """None for who has left, or has a time already."""
    if entry.state not in OPEN:
        return None
    left = replace(entry, state="left", offer=None)
    return left, [WaitlistLeft(resident_id=entry.resident_id, waiting_id=entry.id)]


def current(entry: Entry, key: str | None = None) -> Offer:
    """The offer they have, which is of the time `key` if one is named. Raises OfferEnded."""
    if entry.state != "offered" or entry.offer is None:
        raise OfferEnded()
    if key is not None and time_key(entry.offer.slot) != key:
        raise OfferEnded()
    return entry.offer


def _meet(one: Slot, other: Slot) -> bool:
    return one.counsellor_id == other.counsellor_id and _at_once(one, other)


def _at_once(one: Slot, other: Slot) -> bool:
    return one.starts_at < other.ends_at and other.starts_at < one.ends_at
