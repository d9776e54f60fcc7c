"""How a message is taken up: danger first, then the guide, then a person. One write per turn."""

from collections.abc import Sequence

from services.intake import answer as answers
from services.intake import consultation as rules
from services.intake.answer import MOST, Answer
from services.intake.consultation import Consultation, Turn, open_consultation
from services.intake.crisis import detect
from services.intake.guide import Guide
from services.intake.store.consultations import Consultations, turn_id
from services.intake.store.residents import Residents
from shared.changing import settled
from shared.clock import Clock
from shared.errors import Unavailable
from shared.events.envelope import Payload
from shared.events.intake import Channel, UrgentKind
from shared.idempotency import Command
from shared.mongo import Document
from shared.tenancy import Tenant


class Conversation:
    def __init__(
        self, clock: Clock, residents: Residents, consultations: Consultations, guide: Guide
    ) -> None:
        self.clock = clock
        self.residents = residents
        self.consultations = consultations
        self.guide = guide

    async def say(self, tenant: Tenant, resident_id: str, text: str, command: Command) -> tuple[str, Turn]:
        """Answer `text`; returns the consultation's id and the turn. A repeated `command` gives the same turn."""

        urgent = detect(text)  # before anything that could fail or be out of date

        async def attempt() -> tuple[str, Turn]:
            document, repeated = await self._meet(tenant.id, resident_id, command)
            if document and repeated:
                return document["_id"], repeated
            answer = self._crisis(tenant, urgent) if urgent else await self._from_guide(tenant, text)
            current = await self._current(tenant.id, resident_id, document, "web")
            changed, events = rules.take_turn(current, answer, urgent)
            return await self._write(tenant.id, changed, answer, events, command, text)

        try:
            return await settled(attempt)
        except Unavailable:
            if urgent is None:
                raise
            # nobody in danger waits for a database: the text is shown although nothing could be kept
            first = open_consultation(tenant.id, resident_id, 1, "web", self.clock.now())
            return first.id, Turn(
                turn_id(command), first.opened_at, "web", text, self._crisis(tenant, urgent)
            )

    async def ask_for_person(self, tenant: Tenant, resident_id: str, command: Command) -> tuple[str, Turn]:
        """Hand the consultation over; opens one when there is none."""

        async def attempt() -> tuple[str, Turn]:
            document, repeated = await self._meet(tenant.id, resident_id, command)
            if document and repeated:
                return document["_id"], repeated
            current = await self._current(tenant.id, resident_id, document, "web")
            changed, events = rules.hand_off(current)
            return await self._write(
                tenant.id, changed, answers.handed_off(tenant.spec.desk), events, command, None
            )

        return await settled(attempt)

    async def keep_line_text(
        self,
        tenant: Tenant,
        resident_id: str,
        text: str,
        origin: str,
        replies: Sequence[Payload],
        command: Command,
    ) -> None:
        """Keep what came by LINE on our side, with the `replies` that are due there; a repeated `command` changes nothing."""

        async def attempt() -> None:
            document, repeated = await self._meet(tenant.id, resident_id, command)
            if repeated:
                return
            urgent = detect(text)
            answer = self._crisis(tenant, urgent) if urgent else answers.received_on_line()
            current = await self._current(tenant.id, resident_id, document, "line")
            changed, events = rules.receive_on_line(current, urgent)
            await self._write(
                tenant.id, changed, answer, [*events, *replies], command, text, channel="line", origin=origin
            )

        await settled(attempt)

    async def turns(self, tenant: str, resident_id: str) -> list[tuple[str, Turn]]:
        """(consultation id, turn) of the newest consultations, oldest turn first."""
        documents = await self.consultations.latest(tenant, resident_id, 3)
        return [
            (document["_id"], turn)
            for document in reversed(documents)
            for turn in self.consultations.turns(tenant, document)
        ]

    def _crisis(self, tenant: Tenant, kind: UrgentKind) -> Answer:
        return answers.urgent(kind, tenant.spec.desk, self.clock.now())

    async def _from_guide(self, tenant: Tenant, text: str) -> Answer:
        found = await self.guide.search(tenant.id, text, self.clock.now(), MOST)
        return answers.from_programmes([programme for programme, _ in found], tenant.spec.desk)

    async def _meet(
        self, tenant: str, resident_id: str, command: Command
    ) -> tuple[Document | None, Turn | None]:
        latest = await self.consultations.latest(tenant, resident_id)
        if not latest:
            return None, None
        return latest[0], self.consultations.turn_of(tenant, latest[0], command)

    async def _current(
        self, tenant: str, resident_id: str, document: Document | None, channel: Channel
    ) -> Consultation:
        """The consultation that goes on, or the next one."""
        if document is not None:
            current = self.consultations.read(document)
            if not current.full:
                return current
            return open_consultation(tenant, resident_id, current.number + 1, channel, self.clock.now())
        await self.residents.get(tenant, resident_id)  # a session may outlive the resident
        return open_consultation(tenant, resident_id, 1, channel, self.clock.now())

    async def _write(
        self,
        tenant: str,
        changed: Consultation,
        answer: Answer,
        events: Sequence[Payload],
        command: Command,
        said: str | None,
        *,
        channel: Channel = "web",
        origin: str | None = None,
    ) -> tuple[str, Turn]:
        turn = Turn(turn_id(command), self.clock.now(), channel, said, answer, origin)
        await self.consultations.write(tenant, changed, turn, events, command)
        return changed.id, turn
