"""Sending messages: take one up, choose way and words, let the carrier call the provider (outside of any transaction), record the outcome."""

import asyncio
import random
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from services.notify import message as rules
from services.notify.carrier import Carrier, without_token
from services.notify.contact import ContactPoint, Unreachable, Via, Way, ways
from services.notify.due import Due
from services.notify.lanes import Lanes
from services.notify.message import Change, Message
from services.notify.providers.line import Line, fits
from services.notify.providers.outcome import Outcome
from services.notify.settings import Settings
from services.notify.store import Contacts, Messages, Templates
from services.notify.template import UnknownTemplate
from services.notify.texts import MissingPersonalisation
from services.notify.wording import Words, write_words
from shared import trace
from shared.errors import StaleVersion, Unavailable
from shared.runtime import Core
from shared.sealing import CannotOpen
from shared.tenancy import Tenant

log = structlog.get_logger()

RECORD_EVERY = 0.5
LANES, PER_TENANT = 48, 16


@dataclass(frozen=True)
class Stores:
    messages: Messages
    contacts: Contacts
    templates: Templates


class Sender:
    def __init__(self, core: Core, settings: Settings, stores: Stores, carrier: Carrier) -> None:
        self.core = core
        self.settings = settings
        self.messages = stores.messages
        self.contacts = stores.contacts
        self.templates = stores.templates
        self.carrier = carrier
        self.due: Due[Message] = Due(
            lambda tenant, limit: self.messages.due(tenant, core.clock.now(), limit),
            Lanes(self.send, total=LANES, per_lane=PER_TENANT),
            lambda message: message.tenant,
            lambda: core.registry.tenants,
            settings.due_every,
            settings.lease_seconds,
        )

    async def run(self, stop: asyncio.Event) -> None:
        """The worker: send what is due until `stop`, then finish what is in hand."""
        line = Line(self.settings.line_api_url, self.settings.provider_timeout)
        self.carrier.line = line
        try:
            await self.due.run(stop)
        finally:
            await line.close()

    async def send(self, message: Message) -> None:
        """Handle one message that is due. What cannot be recorded stays due."""
        tenant = self.core.registry.tenant(message.tenant)
        if tenant is None:
            return
        origin = message.trace
        cause = trace.Trace(origin.correlation_id, origin.causation_id, origin.traceparent)
        with trace.tracing(cause, tenant=message.tenant):
            try:
                await self._send(message, tenant)
            except (Unavailable, StaleVersion) as error:
                log.info("message_left_due", message_id=message.id, error=type(error).__name__)
            except Exception as error:
                log.error("message_failed", message_id=message.id, error=type(error).__name__, exc_info=error)
                await self._set_aside(message)

    async def _send(self, stored: Message, tenant: Tenant) -> None:
        now = self.core.clock.now()
        held = rules.held_back(stored, now, tenant.spec.quiet_hours)
        if held:
            await self.messages.save(stored.tenant, stored, *held)
            return
        contact, own = await asyncio.gather(
            self.contacts.find(stored.tenant, stored.resident_id),
            self.templates.named(stored.tenant, stored.template),
        )
        contact = contact or ContactPoint(stored.resident_id)
        going = self._ways(stored, contact, tenant)
        if isinstance(going, str):
            if stored.reply_token is None:
                await self.messages.save(stored.tenant, stored, *rules.suppressed(stored, going, now))
                return
            going = ()
        spoken = contact.language if stored.audience == "resident" else tenant.spec.languages[0]
        try:
            values = self.messages.open(stored.tenant, stored)
            words = write_words(stored, values, own, spoken, tenant, self.settings.public_url)
            token = stored.reply_token and self.messages.open_token(stored.tenant, stored.reply_token)
        except (UnknownTemplate, MissingPersonalisation, CannotOpen) as error:
            reason = (
                error.slug if isinstance(error, UnknownTemplate | MissingPersonalisation) else "unsealing"
            )
            await self._cannot(stored, reason)
            return
        if not fits(words.text.body):
            await self._cannot(stored, "too-long")
            return
        await self._carry(stored, words, token, going, tenant)

    def _ways(self, message: Message, contact: ContactPoint, tenant: Tenant) -> tuple[Way, ...] | Unreachable:
        if message.audience == "resident":
            return ways(contact, reminder=message.reminder)
        if message.audience == "company":
            return self._way_to_company(message)
        return (Way("email", tenant.spec.crisis_email),) if tenant.spec.crisis_email else "no_contact"

    def _way_to_company(self, message: Message) -> tuple[Way, ...] | Unreachable:
        try:
            return (Way("email", self.messages.open_address(message.tenant, message.to or "")),)
        except CannotOpen:
            return "no_contact"

    async def _cannot(self, stored: Message, reason: str) -> None:
        log.error("message_cannot_be_written", message_id=stored.id, template=stored.template, reason=reason)
        change = rules.failed(stored, "technical-failure", reason, self.core.clock.now())
        await self.messages.save(stored.tenant, stored, *change)

    async def _carry(
        self, stored: Message, words: Words, token: str | None, going: tuple[Way, ...], tenant: Tenant
    ) -> None:
        message = stored.worded(words.version, words.language)
        if not self.due.is_ours(stored):
            message = rules.begin(message, self.due.new_lease())
            message = stored = await self.messages.save(stored.tenant, stored, message)
        if token:
            outcome = await self.carrier.reply(message, token, words)
            certain = outcome.kind == "token_spent" or (outcome.another_way and not message.in_doubt)
            if not certain:
                await self._record(stored, message, "line", outcome)
                return
            message = stored = await self.messages.save(message.tenant, stored, without_token(message))
        via, outcome = await self.carrier.carry(message, words, going, tenant)
        await self._record(stored, message, via, outcome)

    async def _set_aside(self, message: Message) -> None:
        """A fault of ours: count it as an attempt in doubt, so that it neither runs hot nor is tried for ever."""
        try:
            stored = await self.messages.get(message.tenant, message.id)
            if stored.open:
                begun = rules.begin(stored, self.due.new_lease())
                outcome = Outcome("unclear", "internal")
                change = settle(begun, None, outcome, self.core.clock.now(), random.random())
                await self.messages.save(message.tenant, stored, *change)
        except (Unavailable, StaleVersion) as error:
            log.info("message_left_due", message_id=message.id, error=type(error).__name__)

    async def _record(self, stored: Message, message: Message, via: Via | None, outcome: Outcome) -> None:
        """Keep what came of an attempt, also when the record has moved on or the database is away for a while."""
        while True:
            change = settle(message, via, outcome, self.core.clock.now(), random.random())
            try:
                await self.messages.save(message.tenant, stored, *change)
                break
            except Unavailable:
                await asyncio.sleep(RECORD_EVERY)
            except StaleVersion:
                stored = await self.messages.get(message.tenant, message.id)
                if not stored.open or (stored.attempts > message.attempts and outcome.kind != "accepted"):
                    return  # somebody else has it in hand, our lease having run out
                message = replace(
                    stored, template_version=message.template_version, language=message.language
                )
        log.info(
            "message_attempted",
            message_id=message.id,
            template=message.template,
            provider=via,
            attempt=message.attempts,
            state=change[0].state,
            reason=outcome.reason or None,
        )


def settle(message: Message, via: Via | None, outcome: Outcome, now: datetime, jitter: float) -> Change:
    """What an outcome means for the message."""
    if outcome.kind == "accepted" and via is not None:
        return rules.delivered(message, via, now)
    if outcome.kind in ("busy", "unclear"):
        definite = outcome.kind == "busy"
        return rules.try_later(
            message,
            via,
            outcome.reason,
            now,
            definite=definite,
            jitter=jitter,
            asked_wait=outcome.retry_after,
        )
    if outcome.reason == "no_contact":
        return rules.suppressed(message, "no_contact", now)
    refused = outcome.kind == "refused"
    return rules.failed(message, "permanent-failure" if refused else "technical-failure", outcome.reason, now)
