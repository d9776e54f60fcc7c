"""A resident: somebody who made first contact, anonymous until they choose otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from shared.events.envelope import Payload
from shared.events.intake import Channel, ResidentRegistered


@dataclass(frozen=True)
class Resident:
    """`contacts` maps `line` and `email` to where the person is reached; `line_at` is the latest follow or unfollow (UTC)."""

    id: str
    channel: Channel
    language: str
    created_at: datetime
    contacts: Mapping[str, str] = field(default_factory=dict)
    line_at: datetime | None = None
    version: int = 1

    @property
    def anonymous(self) -> bool:
        """Nobody gave a name or a contact of their own; a LINE account says nothing about who somebody is."""
        return "email" not in self.contacts


def register(
    resident_id: str,
    channel: Channel,
    language: str,
    municipality_code: str,
    now: datetime,
    contacts: Mapping[str, str] | None = None,
    *,
    test: bool = False,
) -> tuple[Resident, Sequence[Payload]]:
    """First contact. `municipality_code` is the tenant's own, 6 digits; `test`: with a test key."""
    made = Resident(
        resident_id,
        channel,
        language,
        now,
        dict(contacts or {}),
        line_at=now if channel == "line" else None,
    )
    event = ResidentRegistered(
        resident_id=made.id,
        channel=channel,
        anonymous=made.anonymous,
        municipality_code=municipality_code,
        test=test,
    )
    return made, [event]


def with_contact(resident: Resident, kind: str, value: str | None) -> Resident:
    """The resident reached (or, with None, no longer reached) by `kind`."""
    contacts = {k: v for k, v in resident.contacts.items() if k != kind}
    if value is not None:
        contacts[kind] = value
    return replace(resident, contacts=contacts)
