"""A message's way through its states."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notify import message as rules
from services.notify.contact import ContactPoint, Preferences, ways
from services.notify.message import BACKOFF, Message
from services.notify.providers.outcome import Kind, Outcome
from services.notify.sender import settle
from shared.events.notify import MessageDelivered, MessageFailed, MessageSuppressed
from shared.tenancy import QuietHours
from shared.trace import Trace

NOON = datetime(2026, 12, 1, 3, tzinfo=UTC)
NIGHT = datetime(2026, 12, 1, 15, tzinfo=UTC)
QUIET = QuietHours(start=time(21), end=time(8))


def a_message(**fields: object) -> Message:
    base = Message("kyoto", "msg_1", "res_1", "appointment.moved", NOON, Trace("c1"), due_at=NOON)
    return replace(base, **fields)  # type: ignore[arg-type]


def begun(message: Message, times: int = 1) -> Message:
    for _ in range(times):
        message = rules.begin(message, NOON)
    return message


def test_the_same_intent_has_the_same_id() -> None:
    made = rules.message_id("kyoto", "event-1", "appointment.moved")
    assert made == rules.message_id("kyoto", "event-1", "appointment.moved")
    others = [("kameoka", "event-1", "a.b"), ("kyoto", "event-2", "a.b"), ("kyoto", "event-1", "a.c")]
    assert len({rules.message_id(*other) for other in others} | {made}) == 4


def test_what_was_not_asked_for_waits_for_the_end_of_the_quiet_hours() -> None:
    held = rules.held_back(a_message(), NIGHT, QUIET)
    assert held is not None
    assert (held[0].due_at, held[0].state, held[1]) == (NOON.replace(hour=23), "created", [])
    assert rules.held_back(a_message(), NOON, QUIET) is None


def test_what_the_person_asked_for_does_not_wait() -> None:
    assert rules.held_back(a_message(asked=True), NIGHT, QUIET) is None


def test_what_would_come_too_late_is_not_sent() -> None:
    late = a_message(expires_at=NIGHT + timedelta(hours=1))
    for now in (NIGHT, NIGHT + timedelta(hours=2)):
        held = rules.held_back(late, now, QUIET)
        assert held is not None
        assert held[0].state == "suppressed"
        assert [e.reason for e in held[1] if isinstance(e, MessageSuppressed)] == ["expired"]


def test_a_message_nobody_has_begun_is_taken_back_at_once() -> None:
    change = rules.withdraw(a_message(due_at=NIGHT), "cancelled", NOON)
    assert change is not None
    assert (change[0].state, change[0].due_at) == ("suppressed", None)


def test_a_message_in_hand_is_marked_and_then_suppressed_unless_it_went_out() -> None:
    change = rules.withdraw(begun(a_message()), "cancelled", NOON)
    assert change is not None
    marked, events = change
    assert (marked.state, marked.due_at, events) == ("sending", NOON, [])
    held = rules.held_back(marked, NOON, QUIET)
    assert held is not None
    assert held[0].reason == "cancelled"
    assert rules.try_later(marked, "line", "x", NOON, definite=True, jitter=0)[0].state == "suppressed"
    assert rules.delivered(marked, "line", NOON)[0].state == "delivered"


def test_a_finished_message_is_not_taken_back() -> None:
    done, _ = rules.delivered(begun(a_message()), "line", NOON)
    assert rules.withdraw(done, "cancelled", NOON) is None


@given(st.integers(1, len(BACKOFF)), st.floats(0, 0.999))
def test_each_wait_is_the_planned_one_and_at_most_a_quarter_more(attempts: int, jitter: float) -> None:
    later, events = rules.try_later(
        begun(a_message(), attempts), "line", "line-500", NOON, definite=False, jitter=jitter
    )
    assert later.due_at is not None
    wait = later.due_at - NOON
    assert BACKOFF[attempts - 1] <= wait < BACKOFF[attempts - 1] * 1.25
    assert events == []


def test_all_waits_together_stay_within_the_life_of_a_retry_key() -> None:
    assert sum(BACKOFF, timedelta()) * 1.25 < timedelta(hours=24)


def test_after_the_last_wait_it_is_a_temporary_failure() -> None:
    tired = begun(a_message(), len(BACKOFF) + 1)
    over, events = rules.try_later(tired, "line", "line-500", NOON, definite=False, jitter=0)
    assert (over.state, over.reason, over.due_at) == ("temporary-failure", "line-500", None)
    assert isinstance(events[0], MessageFailed)


def test_a_provider_may_ask_for_a_longer_wait_within_reason() -> None:
    for asked, waited in ((timedelta(minutes=3), timedelta(minutes=3)), (timedelta(days=9), rules.MAX_WAIT)):
        later, _ = rules.try_later(
            begun(a_message()), "line", "x", NOON, definite=True, jitter=0, asked_wait=asked
        )
        assert later.due_at == NOON + waited


def test_only_an_unclear_attempt_leaves_a_message_in_doubt() -> None:
    first = begun(a_message())
    assert not first.in_doubt
    busy, _ = rules.try_later(first, "line", "x", NOON, definite=True, jitter=0)
    assert not begun(busy).in_doubt
    unclear, _ = rules.try_later(first, "line", "x", NOON, definite=False, jitter=0)
    assert begun(unclear).in_doubt
    assert unclear.via == "line"
    again, _ = rules.try_later(begun(unclear), "line", "x", NOON, definite=True, jitter=0)
    assert begun(again).in_doubt
    assert again.via == "line"


def test_an_attempt_that_was_never_recorded_leaves_a_message_in_doubt() -> None:
    assert begun(a_message(), 2).in_doubt


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        ("accepted", "delivered"),
        ("refused", "permanent-failure"),
        ("misconfigured", "technical-failure"),
        ("lost", "technical-failure"),
        ("busy", "sending"),
        ("unclear", "sending"),
    ],
)
def test_an_outcome_becomes_a_state(kind: Kind, state: str) -> None:
    message, events = settle(begun(a_message(reply_token="sealed")), "line", Outcome(kind, "code"), NOON, 0)
    assert message.state == state
    assert len(events) == (0 if message.open else 1)
    assert (message.reply_token is None) == (not message.open)
    if kind == "accepted":
        assert isinstance(events[0], MessageDelivered)


def test_line_comes_first_then_mail() -> None:
    both = ContactPoint("res_1", line="U1", email="a@mail.example")
    going = ways(both, reminder=False)
    assert [way.via for way in going if not isinstance(way, str)] == ["line", "email"]


@pytest.mark.parametrize(
    ("contact", "reminder", "why"),
    [
        (ContactPoint("res_1"), False, "no_contact"),
        (ContactPoint("res_1", line="U1", preferences=Preferences(line=False)), False, "opted_out"),
        (ContactPoint("res_1", line="U1", preferences=Preferences(reminders=False)), True, "opted_out"),
        (ContactPoint("res_1", preferences=Preferences(reminders=False)), True, "no_contact"),
    ],
)
def test_why_somebody_cannot_be_reached(contact: ContactPoint, reminder: bool, why: str) -> None:
    assert ways(contact, reminder=reminder) == why
