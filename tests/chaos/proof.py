"""The proof: what was acknowledged against what is in the databases, on the phones and at the partner."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from services.notify.providers.line import retry_key
from shared.events.envelope import Event
from tests.chaos.databases import Databases
from tests.chaos.ledger import Ledger, Promised

REGISTERED = "banso.intake.resident.registered.v1"
COMPLETED = "banso.matching.questionnaire.completed.v1"
PROPOSED = "banso.matching.slate.proposed.v1"
HELD = "banso.booking.appointment.held.v1"
CONFIRMED = "banso.booking.appointment.confirmed.v1"
CANCELLED = "banso.booking.appointment.cancelled.v1"
SENT = "banso.intake.referral.sent.v1"
ACKNOWLEDGED = "banso.intake.referral.acknowledged.v1"


@dataclass(frozen=True)
class Outside:
    """What the stand-ins saw: accepted LINE requests, inboxes by (tenant, user), the partner's webhooks."""

    accepted: list[dict[str, Any]]
    inboxes: dict[tuple[str, str], list[str]]
    webhooks: list[dict[str, Any]]


def findings(ledger: Ledger, databases: Databases, outside: Outside) -> list[str]:
    """Everything that is not as promised; empty when every acknowledged request has its effects exactly once."""
    events = databases.events()
    found = [*_events_once(events), *_timeline(events, databases)]
    found += _residents(ledger, databases)
    steps: dict[str, Counter[str]] = {}
    for row in databases.rows("intake", "timeline"):
        steps.setdefault(row["resident_id"], Counter())[row["type"]] += 1
    for promised in ledger.residents:
        found += _steps(promised, steps.get(promised.resident_id, Counter()))
    found += _appointments(ledger, databases)
    found += _messages(databases, events, outside)
    found += _phones(outside)
    found += _referrals(ledger, outside)
    return found


def _events_once(events: Iterable[Event]) -> Iterator[str]:
    """No change of an aggregate was made twice: its type, subject and version occur once."""
    counts = Counter((e.type, e.subject, e.sequence) for e in events)
    yield from (f"event twice: {key}" for key, count in counts.items() if count > 1)


def _timeline(events: list[Event], databases: Databases) -> Iterator[str]:
    """The timeline has exactly the logged events that name a resident."""
    logged = {e.id for e in events if isinstance(e.data.get("resident_id"), str)}
    shown = {row["_id"] for row in databases.rows("intake", "timeline")}
    yield from (f"event lost before the timeline: {event}" for event in logged - shown)
    yield from (f"timeline step without a logged event: {event}" for event in shown - logged)


def _residents(ledger: Ledger, databases: Databases) -> Iterator[str]:
    """Every promised resident exists, matching knows them, and nobody was registered twice."""
    promised = {p.resident_id for p in ledger.residents}
    there = {row["_id"] for row in databases.rows("intake", "residents")}
    known = {row["_id"] for row in databases.rows("matching", "residents")}
    yield from (f"registered resident lost: {r}" for r in promised - there)
    yield from (f"matching does not know: {r}" for r in promised - known)
    yield from (f"resident that nobody asked for: {r}" for r in there - promised)


def _steps(promised: Promised, steps: Counter[str]) -> Iterator[str]:
    """Each acknowledged request left exactly one step."""
    cancelled = sum(1 for state in promised.appointments.values() if state == "cancelled")
    wanted = {
        REGISTERED: 1,
        COMPLETED: promised.questionnaires,
        PROPOSED: len(promised.slates),
        HELD: len(promised.appointments),
        CONFIRMED: len(promised.confirmed),
        CANCELLED: cancelled,
        SENT: len(promised.referrals),
        ACKNOWLEDGED: len(promised.referrals),
    }
    for kind, count in wanted.items():
        if steps[kind] != count:
            yield f"{promised.resident_id}: {steps[kind]} steps {kind}, acknowledged {count}"


def _appointments(ledger: Ledger, databases: Databases) -> Iterator[str]:
    stored = {row["_id"]: row["state"] for row in databases.rows("booking", "appointments")}
    promised = {a: state for p in ledger.residents for a, state in p.appointments.items()}
    for appointment in stored.keys() | promised.keys():
        if stored.get(appointment) != promised.get(appointment):
            yield f"{appointment}: is {stored.get(appointment)}, acknowledged {promised.get(appointment)}"


def _messages(databases: Databases, events: list[Event], outside: Outside) -> Iterator[str]:
    """Each confirmation and cancellation was told once; LINE took each intent once, and nothing without an intent."""
    messages = {row["_id"]: row for row in databases.rows("notify", "messages")}
    asked = Counter((row["template"], row.get("appointment_id")) for row in messages.values())
    cancelled = {e.data["appointment_id"] for e in events if e.type == CANCELLED}
    for appointment in (e.data["appointment_id"] for e in events if e.type == CONFIRMED):
        confirmations = asked["appointment.confirmed", appointment]
        # a cancellation that overtakes the confirmation leaves nothing to confirm
        if confirmations != 1 and not (confirmations == 0 and appointment in cancelled):
            yield f"{appointment}: {confirmations} confirmations"
    for appointment in cancelled:
        if asked["appointment.cancelled", appointment] != 1:
            yield f"{appointment}: {asked['appointment.cancelled', appointment]} messages of its cancellation"
    pushes = Counter(request["retry_key"] for request in outside.accepted if request["via"] == "push")
    keys = {retry_key(row["tenant_id"], message): row for message, row in messages.items()}
    yield from (f"push without an intent: {key}" for key in pushes.keys() - keys.keys())
    yield from (f"pushed {count} times: {key}" for key, count in pushes.items() if count > 1)
    for row in messages.values():
        if row["state"] in ("permanent-failure", "technical-failure"):
            yield f"message {row['_id']} ({row['template']}): {row['state']} {row.get('reason')}"


def _phones(outside: Outside) -> Iterator[str]:
    """Nobody reads the same text twice: greetings, links and confirmations differ by what they are about."""
    for user, texts in outside.inboxes.items():
        for text, count in Counter(texts).items():
            if count > 1:
                yield f"{user} reads {count} times: {text[:60]!r}"


def _referrals(ledger: Ledger, outside: Outside) -> Iterator[str]:
    told = Counter(w["payload"]["data"].get("referral_id") for w in outside.webhooks)
    for referral in (r for p in ledger.residents for r in p.referrals):
        if told[referral] != 1:
            yield f"{referral}: the partner knows {told[referral]} webhooks of it"
