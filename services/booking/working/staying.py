"""Stays at cooperating workplaces: a seat and the resident's time for all sessions at once, then three agreements."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, datetime, timedelta

import structlog

from services.booking.centre import experience as rules
from services.booking.centre.experience import Experience, Outcome
from services.booking.centre.place import Place, check_place, check_prerequisites, sessions_of
from services.booking.centre.shift import seat_id
from services.booking.slot import check_date
from services.booking.store.calendars import CellsTaken
from services.booking.store.experiences import Change, Experiences
from services.booking.store.places import Places
from services.booking.working.crew import Crew, TimeTaken, expect
from shared.errors import Conflict, Invalid, NotFound, StaleVersion, Unavailable
from shared.events.booking import Party
from shared.idempotency import Command
from shared.mongo import Document, Duplicate
from shared.tenancy import Tenant

log = structlog.get_logger()

TRIES = 25
Rule = Callable[[Experience, datetime], Outcome | None]


class PlaceFull(Conflict):
    """No seat of the place is free in all the sessions."""

    slug = "place-full"


class Staying:
    def __init__(self, crew: Crew, places: Places, experiences: Experiences) -> None:
        self.crew = crew
        self.places = places
        self.experiences = experiences

    async def add_place(self, tenant: str, place: Place, command: Command) -> Place:
        """Raises Invalid, IdempotencyConflict."""
        await self.places.add(tenant, check_place(place), command)
        return await self.places.get(tenant, place.id)

    async def change_place(self, tenant: str, place: Place, expected: int | None) -> Place:
        """Raises NotFound, Invalid, StaleVersion. Stays that exist stay as they are."""
        present = await self.places.get(tenant, place.id)
        expect(expected, present.version)
        wanted = replace(check_place(place), version=present.version)
        return present if wanted == present else await self.places.change(tenant, wanted)

    async def request(
        self,
        tenant: Tenant,
        resident_id: str,
        place_id: str,
        from_date: date,
        to_date: date,
        weekdays: Collection[int] | None,
        met: Collection[str],
        command: Command,
    ) -> Experience:
        """Hold a seat for a resident until all three have agreed. Raises NotFound, Invalid, PrerequisitesMissing, PlaceFull, TimeTaken."""
        new_id = command.new_id("exp")
        if made := await self._made(tenant, new_id, command):
            return made
        check_date("from_date", from_date, self.crew.today(tenant))
        if not await self.crew.residents.known(tenant.id, resident_id):
            raise NotFound(f"no resident {resident_id}")
        place = await self.places.get(tenant.id, place_id)
        check_prerequisites(place, met)
        zone, now = self.crew.zone(tenant), self.crew.now()
        sessions = rules.sessions_at(sessions_of(place, from_date, to_date, weekdays), zone)
        if sessions[0].starts_at <= now:
            raise Invalid("from_date", "the first session has already begun")
        agree_by = now + timedelta(days=place.agree_days)
        stay, events = rules.request(
            new_id, resident_id, place_id, from_date, to_date, sessions, agree_by, now
        )
        for attempt in range(TRIES):
            seated = await self._seated(tenant, place, stay, attempt)
            try:
                return await self.experiences.keep(tenant.id, Change(None, seated, events), command)
            except (CellsTaken, Duplicate):
                if made := await self._made(tenant, new_id, command):
                    return made
                await self._refuse_taken(tenant, seated)
        raise Unavailable("too many changes of the same seats at once")

    async def agree(
        self,
        tenant: Tenant,
        experience_id: str,
        party: Party,
        by: str,
        command: Command,
        resident_id: str | None = None,
    ) -> Experience:
        """Raises NotFound, ExperienceState."""
        return await self._change(
            tenant, experience_id, lambda e, now: rules.agree(e, party, by, now), command, resident_id
        )

    async def withdraw(
        self,
        tenant: Tenant,
        experience_id: str,
        party: Party,
        command: Command,
        resident_id: str | None = None,
    ) -> Experience:
        """Raises NotFound, ExperienceState."""
        return await self._change(
            tenant, experience_id, lambda e, _: rules.withdraw(e, party), command, resident_id
        )

    async def complete(self, tenant: Tenant, experience_id: str, command: Command) -> Experience:
        """Raises NotFound, ExperienceState, NotOver."""
        return await self._change(tenant, experience_id, rules.complete, command)

    async def expire_due(self, tenant: Tenant) -> int:
        """Let go of seats that not all agreed to in time; returns how many. One that fails keeps no other waiting."""
        gone = 0
        for experience_id in await self.experiences.due(tenant.id, self.crew.now()):
            try:
                await self._change(tenant, experience_id, rules.expire, None)
                gone += 1
            except Unavailable:
                raise
            except Exception as error:
                log.error("stay_not_expired", experience_id=experience_id, error=type(error).__name__)
        return gone

    async def latest(self, tenant: str, resident_id: str, limit: int) -> list[tuple[Experience, Place]]:
        """A resident's stays with their places, the latest request first."""
        stays = await self.experiences.latest(tenant, resident_id, limit)
        places = {name: await self.places.get(tenant, name) for name in {stay.place_id for stay in stays}}
        return [(stay, places[stay.place_id]) for stay in stays]

    async def get(self, tenant: Tenant, experience_id: str, resident_id: str | None = None) -> Experience:
        """Raises NotFound, also for another resident's when `resident_id` asks."""
        return self.experiences.read(await self._fetch(tenant, experience_id, resident_id))

    async def _change(
        self,
        tenant: Tenant,
        experience_id: str,
        rule: Rule,
        command: Command | None,
        resident_id: str | None = None,
    ) -> Experience:
        for _ in range(TRIES):
            document = await self._fetch(tenant, experience_id, resident_id)
            before = self.experiences.read(document)
            if command and command.seen_in(document):
                return before
            outcome = rule(before, self.crew.now())
            if outcome is None:
                return before
            try:
                return await self.experiences.keep(tenant.id, Change(before, *outcome), command)
            except StaleVersion:
                continue
        raise Unavailable("too many changes of the same stay at once")

    async def _seated(self, tenant: Tenant, place: Place, stay: Experience, attempt: int) -> Experience:
        """The stay at a seat that looks free in every session. Raises PlaceFull."""
        free = {seat_id(place.id, n) for n in range(1, place.seats + 1)}
        for session in stay.sessions:
            ids = sorted(free)
            free &= set(await self.crew.calendars.free_of(tenant.id, ids, session.starts_at, session.ends_at))
            if not free:
                raise PlaceFull()
        ordered = sorted(free)
        chosen = ordered[(sum(stay.id.encode()) + attempt) % len(ordered)]
        return replace(stay, seat=int(chosen.rpartition(".")[2]))

    async def _refuse_taken(self, tenant: Tenant, stay: Experience) -> None:
        for resource, _ in await self.crew.calendars.in_the_way(stay.claims(tenant.id)):
            if resource.kind == "resident":
                raise TimeTaken()

    async def _made(self, tenant: Tenant, new_id: str, command: Command) -> Experience | None:
        """What this very request made before. Raises IdempotencyConflict when it came with another body."""
        try:
            document = await self.experiences.fetch(tenant.id, new_id)
        except NotFound:
            return None
        command.seen_in(document)
        return self.experiences.read(document)

    async def _fetch(self, tenant: Tenant, experience_id: str, resident_id: str | None) -> Document:
        document = await self.experiences.fetch(tenant.id, experience_id)
        if resident_id not in (None, document["resident_id"]):
            raise NotFound(f"no stay {experience_id} of this resident")
        return document
