"""Intake's events: how people are reached, free replies, and people in danger."""

import json
from datetime import datetime
from functools import partial
from typing import Any

from ulid import ULID

from services.notify.contact import ContactPoint
from services.notify.message import Message, message_id
from services.notify.reactions.outgoing import Outgoing, trace_of
from services.notify.store import Appointments, Contacts
from shared.clock import Clock
from shared.errors import Permanent
from shared.events import intake
from shared.events.envelope import Event
from shared.inbox import Reaction, Tx
from shared.sealing import CannotOpen, Sealer

CRISIS_PAGE = "crisis.page"


class ResidentReactions:
    def __init__(
        self,
        outgoing: Outgoing,
        contacts: Contacts,
        appointments: Appointments,
        sealer: Sealer,
        clock: Clock,
    ) -> None:
        self.outgoing = outgoing
        self.contacts = contacts
        self.appointments = appointments
        self.sealer = sealer
        self.clock = clock

    def reactions(self) -> tuple[Reaction, ...]:
        return (
            Reaction(intake.ContactChanged, self.contact_changed),
            Reaction(intake.ReplyRequested, self.reply_requested),
            Reaction(intake.ConsultationUrgent, self.consultation_urgent),
            Reaction(intake.ReferralSent, self.referral_sent),
        )

    async def contact_changed(self, tx: Tx, event: Event, data: intake.ContactChanged) -> None:
        """Keep the newest; an older event that comes late changes nothing."""
        known = self._open(event.tenantid, intake.CONTACTS_FIELD, data.contacts)
        contact = ContactPoint(
            data.resident_id, known.get("line"), known.get("email"), language=data.language
        )
        self.contacts.stage(tx, event.tenantid, contact, event.sequence)

    async def reply_requested(self, tx: Tx, event: Event, data: intake.ReplyRequested) -> None:
        """Answer at once what the person did just now. A question about an appointment of theirs names its time."""
        values = self._open(event.tenantid, intake.PERSONALISATION_FIELD, data.personalisation)
        token = self._plain(event.tenantid, intake.REPLY_FIELD, data.reply_token)
        messages = self.outgoing.sender.messages
        now = self.clock.now()
        about = str(values.pop("appointment_id", ""))
        known = await self.appointments.find(tx, event.tenantid, about) if about else None
        slot = known.slot if known and known.resident_id == data.resident_id else None
        message = partial(self._message, event, data.resident_id, data.template, now)
        self.outgoing.stage(
            tx,
            event,
            message(
                personalisation=messages.seal(event.tenantid, {k: str(v) for k, v in values.items()}),
                reply_token=messages.seal_token(event.tenantid, token),
                token_at=ULID.from_str(event.id).datetime,
                slot=slot,
                appointment_id=about or None,
            ),
            now,
        )

    async def consultation_urgent(self, tx: Tx, event: Event, data: intake.ConsultationUrgent) -> None:
        """Page the municipality's people. The mail says where to look, not what was said."""
        values = {
            "kind": data.kind,
            "consultation_id": data.consultation_id,
            "resident_id": data.resident_id,
        }
        now = self.clock.now()
        sealed = self.outgoing.sender.messages.seal(event.tenantid, values)
        page = self._message(
            event, data.resident_id, CRISIS_PAGE, now, personalisation=sealed, audience="crisis"
        )
        self.outgoing.stage(tx, event, page, now)

    async def referral_sent(self, tx: Tx, event: Event, data: intake.ReferralSent) -> None:
        """Tell the agency that the referral names, and the municipality's own systems."""
        self.outgoing.tenant(event)
        await self.outgoing.tell_partners(tx, event, data.resident_id, data.agency_id)

    def _message(self, event: Event, resident_id: str, template: str, now: datetime, **more: Any) -> Message:
        self.outgoing.tenant(event)
        return Message(
            tenant=event.tenantid,
            id=message_id(event.tenantid, event.id, template),
            resident_id=resident_id,
            template=template,
            created_at=now,
            due_at=now,
            asked=True,
            trace=trace_of(event),
            **more,
        )

    def _open(self, tenant: str, field: str, sealed: str) -> dict[str, Any]:
        try:
            values = json.loads(self._plain(tenant, field, sealed))
        except ValueError as error:
            raise Permanent(f"{field} holds no JSON") from error
        if not isinstance(values, dict):
            raise Permanent(f"{field} holds no object")
        return values

    def _plain(self, tenant: str, field: str, sealed: str) -> str:
        try:
            return self.sealer.open(tenant, field, sealed)
        except CannotOpen as error:
            raise Permanent(f"{field} cannot be opened") from error
