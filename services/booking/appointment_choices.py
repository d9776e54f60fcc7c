"""What a resident may do with an appointment by a button on LINE: the same as on the pages, by the same rules."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from services.booking.acting import Performer
from services.booking.appointment import AlreadyStarted, Appointment, WrongState
from services.booking.availability import DayFull, NoRoom, ResidentBusy, ResidentDayFull, SlotTaken
from services.booking.chosen import Chosen
from services.booking.desk import Desk
from services.booking.near_times import near_times
from services.booking.openings import Openings
from services.booking.wish import Wish
from shared.clock import Clock
from shared.errors import NotFound
from shared.events.booking import AppointmentTimesOffered, OfferedTime
from shared.events.envelope import Payload
from shared.events.intake import ChosenAction
from shared.idempotency import Command
from shared.tenancy import Tenant

TAKEN = (SlotTaken, DayFull, NoRoom, ResidentBusy, ResidentDayFull)
BEFORE, AFTER = 3, 10
"""Service days before and after the present time within which other times are looked for."""


class AppointmentChoices:
    def __init__(self, clock: Clock, desk: Desk, openings: Openings) -> None:
        self.clock = clock
        self.desk = desk
        self.openings = openings

    def performers(self) -> Mapping[ChosenAction, Performer]:
        return {
            "appointment.reaffirm": self.reaffirm,
            "appointment.cancel": self.cancel,
            "appointment.times": self.times,
            "appointment.move": self.move,
        }

    async def reaffirm(self, tenant: Tenant, chosen: Chosen, command: Command) -> Sequence[Payload]:
        """Raises NotFound, WrongState, AlreadyStarted."""
        await self.desk.reaffirm(tenant, _subject(chosen), command, chosen.resident_id)
        return ()

    async def cancel(self, tenant: Tenant, chosen: Chosen, command: Command) -> Sequence[Payload]:
        """Pressed twice is cancelled once. Raises NotFound, WrongState, AlreadyStarted."""
        who = chosen.resident_id
        try:
            await self.desk.cancel(tenant, _subject(chosen), "resident", None, command, who)
        except WrongState:
            present = await self.desk.get(tenant, _subject(chosen), who)
            if present.cancelled_by != "resident":
                raise
        return ()

    async def times(self, tenant: Tenant, chosen: Chosen, command: Command) -> Sequence[Payload]:
        """Three free times near the present one. Raises NotFound, WrongState, AlreadyStarted."""
        present = await self.desk.get(tenant, _subject(chosen), chosen.resident_id)
        if present.state != "confirmed":
            raise WrongState()
        if self.clock.now() >= present.slot.starts_at:
            raise AlreadyStarted()
        return [await self._offer(tenant, present)]

    async def move(self, tenant: Tenant, chosen: Chosen, command: Command) -> Sequence[Payload]:
        """Move to the time that was chosen; when it is taken by now, offer others. Raises what `Desk.move` raises."""
        day, minute = chosen.service_date, chosen.start_minute
        if day is None or minute is None:
            raise NotFound("no time was chosen")

        def wish_of(present: Appointment) -> Wish:
            return present.wish(present.slot.counsellor_id, day, minute)

        try:
            await self.desk.move(tenant, _subject(chosen), wish_of, command, chosen.resident_id)
        except TAKEN:
            present = await self.desk.get(tenant, _subject(chosen), chosen.resident_id)
            offer = await self._offer(tenant, present, again=True)
            if not offer.times:
                raise
            return [offer]
        return ()

    async def _offer(
        self, tenant: Tenant, present: Appointment, *, again: bool = False
    ) -> AppointmentTimesOffered:
        slot = present.slot
        first = max(slot.service_date - timedelta(days=BEFORE), self.openings.today(tenant))
        days = max((slot.service_date - first).days, 0) + AFTER + 1
        free = await self.openings.free(
            tenant,
            first,
            days,
            slot.channel,
            slot.minutes,
            resident_id=present.resident_id,
            counsellor_id=slot.counsellor_id,  # the same person: a button says when, and the talk goes on
            own_limit=True,
            moving=present,
        )
        times = tuple(
            OfferedTime(
                service_date=near.service_date,
                start_minute=near.start_minute,
                end_minute=near.end_minute,
                starts_at=near.starts_at,
            )
            for near in near_times(free, slot)
        )
        return AppointmentTimesOffered(
            resident_id=present.resident_id, appointment_id=present.id, times=times, again=again
        )


def _subject(chosen: Chosen) -> str:
    if chosen.subject_id is None:
        raise NotFound("no appointment was named")
    return chosen.subject_id
