"""Matching's events about companies: the link by which one signs in or proves its new address, and what became of its registration and its
address. By e-mail alone."""

import json
from collections.abc import Mapping
from datetime import datetime

from services.notify.message import Message, message_id
from services.notify.reactions.outgoing import Outgoing, trace_of
from shared.clock import Clock
from shared.errors import Permanent
from shared.events.envelope import Event
from shared.events.matching import catalogue
from shared.inbox import Reaction, Tx
from shared.sealing import CannotOpen, Sealer


class CompanyReactions:
    def __init__(self, outgoing: Outgoing, sealer: Sealer, clock: Clock) -> None:
        self.outgoing = outgoing
        self.sealer = sealer
        self.clock = clock

    def reactions(self) -> tuple[Reaction, ...]:
        return (
            Reaction(catalogue.CompanyLinkRequested, self.link_requested),
            Reaction(catalogue.CompanyApproved, self.approved),
            Reaction(catalogue.CompanyDeclined, self.declined),
            Reaction(catalogue.CompanyChanged, self.changed),
        )

    async def link_requested(self, tx: Tx, event: Event, data: catalogue.CompanyLinkRequested) -> None:
        """At once and at any hour: somebody waits for it. A link that has run out is not sent."""
        link = self._open(event.tenantid, catalogue.COMPANY_LINK_FIELD, data.link)
        template = "company.new_address" if data.purpose == "new_address" else "company.link"
        self._write(tx, event, template, data.contact, {"link": link}, asked=True, until=data.expires_at)

    async def approved(self, tx: Tx, event: Event, data: catalogue.CompanyApproved) -> None:
        """Outside of the quiet hours."""
        self._write(tx, event, "company.approved", data.contact, {})

    async def declined(self, tx: Tx, event: Event, data: catalogue.CompanyDeclined) -> None:
        """The reason is said by the template's own words."""
        self._write(tx, event, "company.declined", data.contact, {data.reason: "yes"})

    async def changed(self, tx: Tx, event: Event, data: catalogue.CompanyChanged) -> None:
        """Only when it took another address: whoever reads the one before hears of it at once, as they may know nothing of it."""
        self._write(tx, event, "company.moved", data.former_contact, {}, asked=True)

    def _write(
        self,
        tx: Tx,
        event: Event,
        template: str,
        contact: str | None,
        values: Mapping[str, str],
        *,
        asked: bool = False,
        until: datetime | None = None,
    ) -> None:
        self.outgoing.tenant(event)
        if contact is None:
            return
        try:
            address = str(
                json.loads(self._open(event.tenantid, catalogue.COMPANY_CONTACT_FIELD, contact))["email"]
            )
        except (KeyError, TypeError, ValueError) as error:
            raise Permanent("the contact of a company holds no address") from error
        messages, now = self.outgoing.sender.messages, self.clock.now()
        message = Message(
            tenant=event.tenantid,
            id=message_id(event.tenantid, event.id, template),
            resident_id="",
            audience="company",
            to=messages.seal_address(event.tenantid, address),
            template=template,
            created_at=now,
            due_at=now,
            asked=asked,
            expires_at=until,
            personalisation=messages.seal(event.tenantid, values),
            trace=trace_of(event),
        )
        self.outgoing.stage(tx, event, message, now)

    def _open(self, tenant: str, field: str, sealed: str) -> str:
        try:
            return self.sealer.open(tenant, field, sealed)
        except CannotOpen as error:
            raise Permanent(f"{field} cannot be opened") from error
