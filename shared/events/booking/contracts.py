"""Contracts between workers and centres."""

from datetime import date
from typing import ClassVar, Literal

from shared.events.envelope import Payload


class _Contract(Payload):
    resident_id: str
    contract_id: str
    centre_id: str
    ends_on: date


class ContractProposed(_Contract):
    """A centre proposes a first term; it begins once the worker has agreed, too."""

    TYPE: ClassVar[str] = "banso.booking.contract.proposed.v1"
    starts_on: date


class ContractStarted(_Contract):
    TYPE: ClassVar[str] = "banso.booking.contract.started.v1"
    starts_on: date


class ContractExpiring(_Contract):
    """The term nears its end. `renewal` automatic: it goes on unless somebody ends it (`ending`: somebody has); agreed: only if both say so."""

    TYPE: ClassVar[str] = "banso.booking.contract.expiring.v1"
    renewal: Literal["automatic", "agreed"] = "automatic"
    ending: bool = False


class ContractRenewed(_Contract):
    TYPE: ClassVar[str] = "banso.booking.contract.renewed.v1"


class ContractEnded(_Contract):
    TYPE: ClassVar[str] = "banso.booking.contract.ended.v1"


EVENTS: tuple[type[Payload], ...] = (
    ContractProposed,
    ContractStarted,
    ContractExpiring,
    ContractRenewed,
    ContractEnded,
)
