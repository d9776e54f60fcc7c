"""Events that intake publishes."""

from datetime import date
from typing import ClassVar, Literal

from pydantic import Field

from shared.events.envelope import Payload

Channel = Literal["line", "web"]
UrgentKind = Literal["suicide", "violence", "abuse", "eviction", "hunger"]

# the names under which sealed fields of these events are sealed (shared/sealing.py binds a box to its field)
CONTACTS_FIELD = "resident.contacts"
REPLY_FIELD = "reply.reply_token"
PERSONALISATION_FIELD = "reply.personalisation"


class ResidentRegistered(Payload):
    """Somebody made first contact. Anonymous until they choose otherwise. `test`: registered with a test key, so that nothing is learned
    from them and they count nowhere."""

    TYPE: ClassVar[str] = "banso.intake.resident.registered.v1"
    resident_id: str
    channel: Channel
    anonymous: bool
    municipality_code: str = Field(pattern=r"^\d{6}$")
    test: bool = False


class ContactChanged(Payload):
    """How the resident can be reached now. `contacts` is sealed JSON (as `CONTACTS_FIELD`): `{"line": user id} | {"email": address}`, both or none."""

    TYPE: ClassVar[str] = "banso.intake.resident.contact_changed.v1"
    resident_id: str
    contacts: str
    language: str = "ja"


class ReplyRequested(Payload):
    """A free LINE reply is due at once: `reply_token` and `personalisation` (a JSON object) are sealed, as `REPLY_FIELD`
    and `PERSONALISATION_FIELD`."""

    TYPE: ClassVar[str] = "banso.intake.reply.requested.v1"
    resident_id: str
    channel: Literal["line"]
    template: str
    reply_token: str
    personalisation: str


ChosenAction = Literal[
    "appointment.reaffirm",
    "appointment.cancel",
    "appointment.times",
    "appointment.move",
    "waitlist.take",
    "waitlist.pass",
    "shift.absent",
    "shift.late",
    "shift.leave_early",
    "shift.present",
    "shift.take",
]


class ActionChosen(Payload):
    """A resident pressed one of LINE's fixed choices, or wrote one line that can only mean it (shifts). The text itself is not here.

    `subject_id` is the appointment, waiting entry or shift; `service_date` and `start_minute` the time chosen (appointment.move).
    """

    TYPE: ClassVar[str] = "banso.intake.action.chosen.v1"
    resident_id: str
    action: ChosenAction
    subject_id: str | None = None
    service_date: date | None = None
    start_minute: int | None = Field(default=None, ge=0, le=1800)


class ConsentGranted(Payload):
    """`scope` lists the fields that may be shared, `agencies` with whom."""

    TYPE: ClassVar[str] = "banso.intake.consent.granted.v1"
    resident_id: str
    consent_id: str
    purpose: str
    basis: Literal["consent", "support_meeting", "child_abuse_notification"]
    agencies: tuple[str, ...]
    scope: tuple[str, ...]


class ConsentWithdrawn(Payload):
    TYPE: ClassVar[str] = "banso.intake.consent.withdrawn.v1"
    resident_id: str
    consent_id: str
    purpose: str


class ConsultationOpened(Payload):
    TYPE: ClassVar[str] = "banso.intake.consultation.opened.v1"
    resident_id: str
    consultation_id: str
    channel: Channel


class ConsultationAnswered(Payload):
    """`programme_ids` are the programmes that the answer named; none means the answer honestly offered a person."""

    TYPE: ClassVar[str] = "banso.intake.consultation.answered.v1"
    resident_id: str
    consultation_id: str
    programme_ids: tuple[str, ...]


class ConsultationHandedOff(Payload):
    """The resident asked for a person."""

    TYPE: ClassVar[str] = "banso.intake.consultation.handed_off.v1"
    resident_id: str
    consultation_id: str


class ConsultationUrgent(Payload):
    """Words of danger were met; the fixed crisis answer was shown and a person is to be paged."""

    TYPE: ClassVar[str] = "banso.intake.consultation.urgent.v1"
    resident_id: str
    consultation_id: str
    kind: UrgentKind


class ProgrammePublished(Payload):
    TYPE: ClassVar[str] = "banso.intake.programme.published.v1"
    programme_id: str


class ProgrammeRetired(Payload):
    TYPE: ClassVar[str] = "banso.intake.programme.retired.v1"
    programme_id: str


class ReferralSent(Payload):
    TYPE: ClassVar[str] = "banso.intake.referral.sent.v1"
    resident_id: str
    referral_id: str
    agency_id: str
    consent_id: str


class ReferralAcknowledged(Payload):
    TYPE: ClassVar[str] = "banso.intake.referral.acknowledged.v1"
    resident_id: str
    referral_id: str
    agency_id: str


class ReferralDeclined(Payload):
    """`reason` is a code: `capacity`, `not_eligible`, `out_of_area` or `other`."""

    TYPE: ClassVar[str] = "banso.intake.referral.declined.v1"
    resident_id: str
    referral_id: str
    agency_id: str
    reason: Literal["capacity", "not_eligible", "out_of_area", "other"]


EVENTS: tuple[type[Payload], ...] = (
    ResidentRegistered,
    ContactChanged,
    ReplyRequested,
    ActionChosen,
    ConsentGranted,
    ConsentWithdrawn,
    ConsultationOpened,
    ConsultationAnswered,
    ConsultationHandedOff,
    ConsultationUrgent,
    ProgrammePublished,
    ProgrammeRetired,
    ReferralSent,
    ReferralAcknowledged,
    ReferralDeclined,
)
