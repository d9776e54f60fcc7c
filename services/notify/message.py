"""A message: one intent to tell somebody something, and its way through the states of GOV.UK Notify.

created -> sending -> delivered | permanent-failure | temporary-failure | technical-failure, or suppressed

Its id is derived from what asked for it, so that the same intent can never be made twice. An attempt is counted before the provider is
called; one that ended without a definite answer leaves the message in doubt, and then only a way that cannot send twice is taken.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from services.notify.contact import Via
from services.notify.slot import Slot
from shared.events.envelope import Payload
from shared.events.notify import MessageAccepted, MessageDelivered, MessageFailed, MessageSuppressed
from shared.ids import derived_id
from shared.quiet_hours import quiet_until
from shared.tenancy import QuietHours
from shared.trace import Trace

State = Literal[
    "created", "sending", "delivered", "permanent-failure", "temporary-failure", "technical-failure", "suppressed"
]  # fmt: skip
Failure = Literal["permanent-failure", "temporary-failure", "technical-failure"]
Reason = Literal["no_contact", "opted_out", "cancelled", "superseded", "expired", "test_key"]
OPEN: tuple[State, ...] = ("created", "sending")

BACKOFF = tuple(timedelta(seconds=s) for s in (2, 10, 60, 300, 900, 1800, 3600, 7200, 14400, 28800))
"""Waits after failed attempts, about 16 h in all: LINE remembers a retry key for 24 h (Messaging API reference)."""
MAX_WAIT = timedelta(hours=6)
"""The longest wait that a provider may ask for."""

Change = tuple["Message", list[Payload]]


@dataclass(frozen=True)
class Message:
    """Instants are UTC; `lease_until` and `token_at` are the machine's time, all others the domain's.

    `personalisation` (a JSON object of texts) and `reply_token` are sealed. `asked` says that the person did something just now that this
    answers: quiet hours do not hold it. After `expires_at` it makes no sense any more. `settled` counts attempts with a definite answer.
    `slot` is the time it is about, `times` those that the person may choose from. One to a company names no resident; `to` is its sealed
    e-mail address.
    """

    tenant: str
    id: str
    resident_id: str
    template: str
    created_at: datetime
    trace: Trace
    version: int = 1
    audience: Literal["resident", "crisis", "company"] = "resident"
    to: str | None = None
    state: State = "created"
    due_at: datetime | None = None
    asked: bool = False
    reminder: bool = False
    expires_at: datetime | None = None
    personalisation: str | None = None
    reply_token: str | None = None
    token_at: datetime | None = None
    slot: Slot | None = None
    times: tuple[Slot, ...] = ()
    appointment_id: str | None = None
    template_version: int | None = None
    language: str | None = None
    attempts: int = 0
    settled: int = 0
    lease_until: datetime | None = None
    via: Via | None = None
    withdrawn: Reason | None = None
    reason: str | None = None
    finished_at: datetime | None = None

    @property
    def open(self) -> bool:
        return self.state in OPEN

    @property
    def in_doubt(self) -> bool:
        """While an attempt is in hand: whether an earlier one may have reached the person all the same."""
        return self.attempts - 1 > self.settled

    def worded(self, template_version: int, language: str) -> "Message":
        """With the words it is given for good."""
        return replace(self, template_version=template_version, language=language)


def message_id(tenant: str, cause: str, template: str) -> str:
    """The id of the message that `cause` (an event id, a command key) asks for."""
    return derived_id("msg", tenant, cause, template)


def accept(message: Message) -> Change:
    """The message as it is first kept."""
    return message, _told(message, MessageAccepted)


def begin(message: Message, lease_until: datetime) -> Message:
    """Count an attempt and hold the message until `lease_until`, so that nobody else takes it up meanwhile."""
    return replace(message, state="sending", attempts=message.attempts + 1, lease_until=lease_until)


def held_back(message: Message, now: datetime, quiet: QuietHours) -> Change | None:
    """What must happen instead of sending now: withdrawn and expired messages are suppressed, others wait for the end of the quiet hours.

    None when the message may go.
    """
    if message.withdrawn:
        return suppressed(message, message.withdrawn, now)
    if message.expires_at and now >= message.expires_at:
        return suppressed(message, "expired", now)
    until = None if message.asked else quiet_until(now, quiet)
    if until is None:
        return None
    if message.expires_at and until >= message.expires_at:
        return suppressed(message, "expired", now)
    return replace(message, due_at=until, lease_until=None), []


def delivered(message: Message, via: Via, now: datetime) -> Change:
    """The provider took it."""
    done = _finished(message, "delivered", now)
    return replace(done, via=via, reason=None), _told(message, MessageDelivered, via=via)


def failed(message: Message, state: Failure, reason: str, now: datetime) -> Change:
    """It cannot be sent; `reason` is a code."""
    done = replace(_finished(message, state, now), reason=reason)
    return done, _told(message, MessageFailed, reason=state)


def suppressed(message: Message, reason: Reason, now: datetime) -> Change:
    """It is not sent, on purpose."""
    done = replace(_finished(message, "suppressed", now), reason=reason)
    return done, _told(message, MessageSuppressed, reason=reason)


def try_later(
    message: Message,
    via: Via | None,
    reason: str,
    now: datetime,
    *,
    definite: bool,
    jitter: float,
    asked_wait: timedelta | None = None,
) -> Change:
    """An attempt failed for now. `definite`: the provider certainly did not take it. `jitter` in [0, 1) adds up to a quarter.

    A message that was withdrawn meanwhile is suppressed; after the last wait it is a temporary failure.
    """
    if message.withdrawn:
        return suppressed(message, message.withdrawn, now)
    if message.attempts > len(BACKOFF):
        return failed(message, "temporary-failure", reason, now)
    wait = BACKOFF[message.attempts - 1] * (1 + jitter / 4)
    wait = max(wait, min(asked_wait or timedelta(), MAX_WAIT))
    certain = definite and not message.in_doubt
    again = replace(
        message,
        due_at=now + wait,
        lease_until=None,
        reason=reason,
        via=None if certain else via,
        settled=message.attempts if certain else message.settled,
    )
    return again, []


def withdraw(message: Message, reason: Reason, now: datetime) -> Change | None:
    """What the message was about is no longer so. One that nobody has begun to send is suppressed at once; one that is being sent is marked
    and due now: whoever has it in hand finishes it. None for one that is finished or marked already."""
    if not message.open or message.withdrawn:
        return None
    if message.attempts == 0:
        return suppressed(message, reason, now)
    return replace(message, withdrawn=reason, due_at=now), []


def _finished(message: Message, state: State, now: datetime) -> Message:
    """A finished message needs its reply token no more."""
    return replace(message, state=state, due_at=None, lease_until=None, reply_token=None, finished_at=now)


def _told(message: Message, event: type[Payload], **more: str) -> list[Payload]:
    """What others hear. A message to a company is a step in nobody's case: others hear nothing of it."""
    if message.audience == "company":
        return []
    named = {"message_id": message.id, "resident_id": message.resident_id, "template": message.template}
    return [event.model_validate({**named, **more})]
