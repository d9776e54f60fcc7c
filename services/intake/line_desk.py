"""What intake does with LINE's events: fixed choices, links to the chat page, and nothing of a consultation on LINE's side.

Every event is handled at least once and takes effect once: its effect carries a command made of the event's id.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace

from services.intake import attendance_line, entry
from services.intake.answer import hotline_text
from services.intake.conversation import Conversation
from services.intake.crisis import detect
from services.intake.hotlines import open_now
from services.intake.line import LineEvent, keyed_hash, resident_of
from services.intake.line_choice import Choice, read_choice
from services.intake.resident import Resident, register, with_contact
from services.intake.store import Entries, Residents, Timeline
from shared import trace
from shared.changing import settled
from shared.errors import NotFound
from shared.events.booking import WorkerEnrolled
from shared.events.envelope import Payload
from shared.events.intake import (
    PERSONALISATION_FIELD,
    REPLY_FIELD,
    ContactChanged,
    ReplyRequested,
)
from shared.idempotency import Command
from shared.runtime import Core
from shared.tenancy import Tenant


def command_of(tenant: str, event: LineEvent) -> Command:
    """The command that an event's effect carries."""
    digest = hashlib.sha256(f"line|{tenant}|{event.event_id}".encode()).hexdigest()[:40]
    return Command(digest, digest)


class LineDesk:
    def __init__(
        self,
        core: Core,
        residents: Residents,
        entries: Entries,
        conversation: Conversation,
        timeline: Timeline,
    ) -> None:
        self.core = core
        self.residents = residents
        self.entries = entries
        self.conversation = conversation
        self.timeline = timeline

    async def handle(self, tenant: Tenant, event: LineEvent) -> None:
        """Give `event` its effect; doing so again changes nothing."""
        if event.kind == "ignored":
            return
        secret = self._secret(tenant)
        resident_id = resident_of(tenant.id, secret, event.user_id)
        command = command_of(tenant.id, event)
        trace.acting_as(f"resident:{resident_id}")
        if event.kind == "follow":
            greeting = self._reply(tenant, resident_id, event, "line.greeting", {})
            await self._write(tenant, resident_id, event, command, greeting)
        elif event.kind == "unfollow":
            await self._unfollow(tenant, resident_id, event, command)
        elif event.kind == "unsend":
            await self._forget(tenant, resident_id, event, command)
        elif event.kind == "text" and not event.wants_to_consult:
            notice = await self._notice(tenant, resident_id, event)
            if notice:
                await self._write(tenant, resident_id, event, command, [notice])
            else:
                await self._keep(tenant, resident_id, event, command)
        elif (choice := await self._choice(tenant, resident_id, event)) is not None:
            chosen = self._chosen(tenant, resident_id, event, choice)
            await self._write(tenant, resident_id, event, command, chosen)
        else:
            template = "line.link" if event.wants_to_consult else "line.neutral"
            link = {"link": await self._link(tenant, resident_id, command)}
            reply = self._reply(tenant, resident_id, event, template, link)
            await self._write(tenant, resident_id, event, command, reply)

    async def _notice(self, tenant: Tenant, resident_id: str, event: LineEvent) -> Payload | None:
        """One line by which somebody who works with a centre is absent, late or leaves early. Its words, and with them a reason, are
        kept nowhere. Danger comes first, and from anybody else the same words are a message like any other."""
        said = None if detect(event.text) else attendance_line.said(event.text)
        if said is None or not await self._works(tenant, resident_id):
            return None
        return attendance_line.chosen(resident_id, said, self.core.clock.now())

    async def _works(self, tenant: Tenant, resident_id: str) -> bool:
        return await self.timeline.has(tenant.id, resident_id, WorkerEnrolled.TYPE)

    async def _choice(self, tenant: Tenant, resident_id: str, event: LineEvent) -> Choice | None:
        """What somebody whom we know chose by a button; None for anything else."""
        choice = read_choice(event.text) if event.kind == "postback" else None
        if choice is None:
            return None
        try:
            await self.residents.document(tenant.id, resident_id)
        except NotFound:
            return None
        return choice

    def _chosen(
        self, tenant: Tenant, resident_id: str, event: LineEvent, choice: Choice
    ) -> Sequence[Payload]:
        """A question and its no are answered here, without asking anybody; whether a choice can be done is told by who does it."""
        if choice.act == "ask":
            about = {"appointment_id": choice.subject_id or ""}
            return self._reply(tenant, resident_id, event, "line.ask_cancel", about)
        if choice.act == "keep":
            return self._reply(tenant, resident_id, event, "line.kept", {})
        return [choice.event(resident_id)]

    async def _write(
        self,
        tenant: Tenant,
        resident_id: str,
        event: LineEvent,
        command: Command,
        replies: Sequence[Payload],
    ) -> None:
        """Who writes to us is reached by LINE: register or update the resident, with the replies in the same write."""

        async def attempt() -> None:
            try:
                document = await self.residents.document(tenant.id, resident_id)
            except NotFound:
                made, events = self._first_contact(tenant, resident_id, event)
                await self.residents.add(tenant.id, made, [*events, *replies], command)
                return
            if command.seen_in(document):
                return
            changed = reached(self.residents.read(tenant.id, document), event)
            known = document["line_at"] == changed.line_at
            events = [] if known else [self._contact(tenant, changed)]
            await self.residents.change(tenant.id, changed, [*events, *replies], command)

        await settled(attempt)

    async def _unfollow(self, tenant: Tenant, resident_id: str, event: LineEvent, command: Command) -> None:
        async def attempt() -> None:
            try:
                document = await self.residents.document(tenant.id, resident_id)
            except NotFound:
                return
            found = self.residents.read(tenant.id, document)
            if command.seen_in(document) or _older(event, found):
                return
            changed = replace(with_contact(found, "line", None), line_at=event.at)
            await self.residents.change(tenant.id, changed, [self._contact(tenant, changed)], command)

        await settled(attempt)

    async def _keep(self, tenant: Tenant, resident_id: str, event: LineEvent, command: Command) -> None:
        """A text is kept on our side and answered neutrally; words of danger get the hotlines at once."""
        try:
            await self.residents.get(tenant.id, resident_id)
        except NotFound:
            made, events = self._first_contact(tenant, resident_id, event)
            await self.residents.add(tenant.id, made, events, command)
        link = await self._link(tenant, resident_id, command)
        danger = detect(event.text)
        if danger:
            lines = hotline_text(open_now(danger, self.core.clock.now()))
            replies = self._reply(
                tenant, resident_id, event, "line.crisis", {"hotlines": lines, "link": link}
            )
        else:
            # who works with a centre may have meant a notice that was not understood: buttons say it
            template = "line.worker" if await self._works(tenant, resident_id) else "line.neutral"
            replies = self._reply(tenant, resident_id, event, template, {"link": link})
        origin = keyed_hash(self._secret(tenant), "message", event.message_id)
        await self.conversation.keep_line_text(tenant, resident_id, event.text, origin, replies, command)

    async def _forget(self, tenant: Tenant, resident_id: str, event: LineEvent, command: Command) -> None:
        origin = keyed_hash(self._secret(tenant), "message", event.message_id)
        consultations = self.conversation.consultations
        await settled(lambda: consultations.forget(tenant.id, resident_id, origin, command))

    def _first_contact(
        self, tenant: Tenant, resident_id: str, event: LineEvent
    ) -> tuple[Resident, Sequence[Payload]]:
        made, events = register(
            resident_id,
            "line",
            tenant.spec.languages[0],
            tenant.spec.municipality_code,
            self.core.clock.now(),
            {"line": event.user_id},
        )
        made = replace(made, line_at=event.at)
        return made, [*events, self._contact(tenant, made)]

    async def _link(self, tenant: Tenant, resident_id: str, command: Command) -> str:
        """A one-time link to the chat page; the same event gives the same link."""
        token = entry.make_token(self._secret(tenant), command.key)
        await self.entries.add(
            tenant.id, entry.make_link(tenant.id, token, resident_id, self.core.clock.now())
        )
        return tenant.page_url(self.core.settings.public_url, f"/intake/enter/{token}")

    def _reply(
        self, tenant: Tenant, resident_id: str, event: LineEvent, template: str, values: Mapping[str, str]
    ) -> list[Payload]:
        """The reply that is due; none without a reply token (LINE gives none where another system answers)."""
        if not event.reply_token:
            return []
        seal = self.core.sealer.seal
        return [
            ReplyRequested(
                resident_id=resident_id,
                channel="line",
                template=template,
                reply_token=seal(tenant.id, REPLY_FIELD, event.reply_token),
                personalisation=seal(tenant.id, PERSONALISATION_FIELD, json.dumps(dict(values))),
            )
        ]

    def _contact(self, tenant: Tenant, resident: Resident) -> ContactChanged:
        return ContactChanged(
            resident_id=resident.id,
            contacts=self.residents.sealed_contacts(tenant.id, resident),
            language=resident.language,
        )

    def _secret(self, tenant: Tenant) -> str:
        return self.core.secrets.text(tenant.id, "session_key")


def reached(resident: Resident, event: LineEvent) -> Resident:
    """The resident after `event`: reached by LINE, unless a later unfollow is known already."""
    if _older(event, resident) or (event.kind != "follow" and "line" in resident.contacts):
        return resident
    return replace(with_contact(resident, "line", event.user_id), line_at=event.at)


def _older(event: LineEvent, resident: Resident) -> bool:
    """Events may come late and out of order; the latest follow or unfollow counts."""
    return resident.line_at is not None and event.at < resident.line_at
