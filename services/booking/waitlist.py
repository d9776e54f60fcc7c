"""What residents and staff do with the waiting list: joining and leaving it, taking an offer or letting it pass, what comes first.

An offered time is an ordinary hold with its own end, so that nobody else can have it meanwhile, and the expiry of holds ends the offer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import structlog

from services.booking import waiting as rules
from services.booking.acting import Performer
from services.booking.appointment import Appointment, HoldExpired, WrongState
from services.booking.chosen import Chosen
from services.booking.desk import Desk
from services.booking.openings import Openings
from services.booking.slot import check_minutes
from services.booking.store import Waiting
from services.booking.waiting import Entry, OfferEnded, Outcome, Wanted
from shared.changing import settled
from shared.clock import Clock
from shared.errors import NotFound, Refused, StaleVersion
from shared.events.envelope import Payload
from shared.events.intake import ChosenAction
from shared.idempotency import Command
from shared.tenancy import Tenant

log = structlog.get_logger()


class Waitlist:
    def __init__(self, clock: Clock, waiting: Waiting, desk: Desk, openings: Openings) -> None:
        self.clock = clock
        self.waiting = waiting
        self.desk = desk
        self.openings = openings

    async def join(self, tenant: Tenant, resident_id: str, wanted: Wanted, command: Command) -> Entry:
        """Raises Invalid, WaitingEnough, NotFound (no such counsellor or appointment of theirs)."""
        new_id = command.new_id("wai")
        check_minutes(wanted.minutes, tenant.spec.booking.cell_minutes)
        rules.check_windows(wanted.windows)
        if wanted.counsellor_id and wanted.counsellor_id not in await self.openings.people(tenant):
            raise NotFound("no such counsellor")
        if wanted.earlier_than:
            wanted = _as_before(wanted, await self.desk.get(tenant, wanted.earlier_than, resident_id))
        mine = await self.waiting.of_resident(tenant.id, resident_id)
        still = sum(entry.state in rules.OPEN and entry.id != new_id for entry in mine)
        entry, events = rules.join(new_id, resident_id, wanted, still, self.clock.now())
        await self.waiting.add(tenant.id, entry, events, command)
        return self.waiting.read(await self.waiting.fetch(tenant.id, new_id))

    async def get(self, tenant: Tenant, entry_id: str, resident_id: str | None = None) -> Entry:
        """Raises NotFound, also for another resident's when `resident_id` asks."""
        entry = self.waiting.read(await self.waiting.fetch(tenant.id, entry_id))
        if resident_id not in (None, entry.resident_id):
            raise NotFound(f"no waiting {entry_id} of this resident")
        return entry

    async def leave(self, tenant: Tenant, entry_id: str, resident_id: str, command: Command) -> Entry:
        """Raises NotFound."""

        async def attempt() -> Entry:
            entry = await self.get(tenant, entry_id, resident_id)
            outcome = rules.leave(entry)
            if outcome is None:
                return entry
            left = await self.waiting.change(tenant.id, *outcome, command)
            await self._let_go(tenant, entry, command)
            return left

        return await settled(attempt)

    async def prioritise(self, tenant: Tenant, entry_id: str, priority: int, version: int | None) -> Entry:
        """Put an open entry at its place by urgency. Raises NotFound, Conflict, StaleVersion."""

        async def attempt() -> Entry:
            entry = await self.get(tenant, entry_id)
            if version is not None and version != entry.version:
                raise StaleVersion(f"it is at version {entry.version} now")
            if entry.state not in rules.OPEN:
                raise WrongState()
            if entry.priority == priority:
                return entry
            return await self.waiting.change(tenant.id, rules.prioritised(entry, priority), [])

        return await settled(attempt, expected=version)

    async def take(
        self, tenant: Tenant, entry_id: str, resident_id: str, command: Command, key: str | None = None
    ) -> Entry:
        """The offered time (`key`, if one is named) is theirs; an appointment it was to replace moves there, in one step.

        Raises NotFound, OfferEnded, and what confirming or moving raises.
        """

        async def attempt() -> Entry:
            entry = await self.get(tenant, entry_id, resident_id)
            if entry.state == "taken" and entry.offer and key in (None, rules.time_key(entry.offer.slot)):
                return entry
            offer = rules.current(entry, key)
            earlier = entry.wanted.earlier_than
            try:
                if earlier:
                    await self.desk.swap(tenant, offer.appointment_id, earlier, command, resident_id)
                else:
                    await self.desk.confirm(tenant, offer.appointment_id, command, resident_id)
            except (HoldExpired, WrongState) as over:
                became = await self.became(tenant, entry)
                if became is None or became[0].state != "taken":
                    raise OfferEnded() from over
            return await self.waiting.change(tenant.id, *rules.take(entry), command)

        return await settled(attempt)

    async def pass_(
        self, tenant: Tenant, entry_id: str, resident_id: str, command: Command, key: str | None = None
    ) -> Entry:
        """Not this time: they keep their place. Raises NotFound, OfferEnded."""

        async def attempt() -> Entry:
            document = await self.waiting.fetch(tenant.id, entry_id)
            entry = await self.get(tenant, entry_id, resident_id)
            if command.seen_in(document):
                return entry
            rules.current(entry, key)
            back = await self.waiting.change(tenant.id, *rules.put_back(entry), command)
            await self._let_go(tenant, entry, command)
            return back

        return await settled(attempt)

    def performers(self) -> Mapping[ChosenAction, Performer]:
        """The same by a button on LINE, which names the time that it was about."""

        async def take(tenant: Tenant, chosen: Chosen, command: Command) -> Sequence[Payload]:
            await self.take(tenant, chosen.subject_id or "", chosen.resident_id, command, _key(chosen))
            return ()

        async def pass_(tenant: Tenant, chosen: Chosen, command: Command) -> Sequence[Payload]:
            try:
                await self.pass_(tenant, chosen.subject_id or "", chosen.resident_id, command, _key(chosen))
            except OfferEnded:  # what they do not want has gone already
                return ()
            return ()

        return {"waitlist.take": take, "waitlist.pass": pass_}

    async def became(self, tenant: Tenant, entry: Entry) -> Outcome | None:
        """What has become of the offer; None while it lasts."""
        offer = rules.current(entry)
        held = await self.desk.get(tenant, offer.appointment_id)
        if held.state == "held":
            return None
        if held.state != "cancelled":
            return rules.take(entry, as_held=True)
        if entry.wanted.earlier_than:
            moved = await self.desk.get(tenant, entry.wanted.earlier_than)
            if moved.slot.starts_at == offer.slot.starts_at:
                return rules.take(entry)
        return rules.put_back(entry)

    async def _let_go(self, tenant: Tenant, entry: Entry, command: Command) -> None:
        """Give the offered time back at once. If this is lost on the way, the hold's own end does it."""
        if entry.offer is None:
            return
        try:
            await self.desk.cancel(
                tenant, entry.offer.appointment_id, "resident", None, command, entry.resident_id
            )
        except Refused as error:
            log.info("offered_time_not_let_go", waiting_id=entry.id, error=type(error).__name__)


def _as_before(wanted: Wanted, present: Appointment) -> Wanted:
    """An earlier time asks of whoever it is with what the appointment asked for, unless something else is said."""
    kept = present.wishes
    return replace(
        wanted,
        language=wanted.language or kept.language,
        skills=wanted.skills or kept.skills,
        gender=wanted.gender or (kept.gender if kept.gender_required else None),
    )


def _key(chosen: Chosen) -> str | None:
    if chosen.service_date is None or chosen.start_minute is None:
        return None
    return f"{chosen.service_date.isoformat()}:{chosen.start_minute}"
