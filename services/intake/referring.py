"""Referring somebody: drafts, sending under consent, the agency's answer, and what the agency may see."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from services.intake import referral as rules
from services.intake.conversation import Conversation
from services.intake.referral import Referral
from services.intake.store import Consents, Referrals, Residents
from shared.changing import settled
from shared.clock import Clock
from shared.errors import Invalid, NotFound
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.tenancy import Tenant

Step = Callable[[Referral, datetime], tuple[Referral, Sequence[Payload]]]


class Referring:
    def __init__(
        self,
        clock: Clock,
        residents: Residents,
        consents: Consents,
        referrals: Referrals,
        conversation: Conversation,
    ) -> None:
        self.clock = clock
        self.residents = residents
        self.consents = consents
        self.referrals = referrals
        self.conversation = conversation

    async def draft(self, tenant: Tenant, referral: Referral, command: Command) -> Referral:
        """Raises NotFound for a resident or consent that is not this tenant's, Invalid for an unknown agency."""
        if tenant.agency(referral.agency_id) is None:
            raise Invalid("agency_id", "not an agency of this municipality")
        await self.residents.get(tenant.id, referral.resident_id)
        consent = await self.consents.get(tenant.id, referral.consent_id)
        if consent.resident_id != referral.resident_id:
            raise NotFound("another resident's consent")
        return await self.referrals.add(tenant.id, referral, command)

    async def get(self, tenant: str, referral_id: str, agency: str | None) -> Referral:
        """Raises NotFound, also for an agency that it was not sent to."""
        found = await self.referrals.get(tenant, referral_id)
        _must_reach(found, agency)
        return found

    async def send(self, tenant: str, referral_id: str, command: Command) -> Referral:
        """Raises ConsentMissing and ReferralClosed."""

        async def attempt() -> Referral:
            document = await self.referrals.document(tenant, referral_id)
            found = self.referrals.read(tenant, document)
            if command.seen_in(document):
                return found
            consent = await self.consents.get(tenant, found.consent_id)
            changed, events = rules.send(found, consent, self.clock.now())
            await self.referrals.change(tenant, changed, events, command)
            return changed

        return await settled(attempt)

    async def answer(
        self, tenant: str, referral_id: str, agency: str, step: Step, command: Command
    ) -> Referral:
        """The agency's answer. Raises NotFound for another agency, ReferralClosed when it was answered before."""

        async def attempt() -> Referral:
            document = await self.referrals.document(tenant, referral_id)
            found = self.referrals.read(tenant, document)
            _must_reach(found, agency)
            if command.seen_in(document):
                return found
            changed, events = step(found, self.clock.now())
            await self.referrals.change(tenant, changed, events, command)
            return changed

        return await settled(attempt)

    async def shared(self, tenant: str, referral: Referral, now: datetime) -> dict[str, Any]:
        """The values of the fields that the agency may see at `now`."""
        consent = await self.consents.get(tenant, referral.consent_id)
        fields = rules.visible_fields(referral, consent, now)
        if not fields:
            return {}
        resident = await self.residents.get(tenant, referral.resident_id)
        values: dict[str, Any] = {}
        if "channel" in fields:
            values["channel"] = resident.channel
        if "language" in fields:
            values["language"] = resident.language
        if "contact" in fields:
            values["email"] = resident.contacts.get("email")
        if "note" in fields:
            values["note"] = referral.note
        if "consultation" in fields:
            turns = await self.conversation.turns(tenant, referral.resident_id)
            values["consultation"] = [{"at": turn.at, "text": turn.said} for _, turn in turns if turn.said]
        return values


def _must_reach(referral: Referral, agency: str | None) -> None:
    if agency is not None and (referral.agency_id != agency or referral.state == "draft"):
        raise NotFound("not sent to this agency")
