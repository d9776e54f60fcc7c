"""The mock LINE platform's rules, without sockets: retry keys, reply tokens, quota, blocks, its journal."""

from pathlib import Path
from typing import Any

import pytest

from tests.fakes.line.channel import Channel, parse_channel
from tests.fakes.line.memory import Memory
from tests.fakes.line.sending import Answer, Sending, accept
from tests.fakes.line.users import Act, BadAct, perform

USER = "U" + "a" * 32
OTHER = "U" + "b" * 32
KEY = "123e4567-e89b-12d3-a456-426614174000"
NOON = 1_760_000_000.0
CHANNEL = Channel("sample-a", Path("s"), Path("t"), "http://127.0.0.1:1/hook", "U" + "0" * 32)


def act(memory: Memory, action: str, at: float = NOON, user: str = USER, **params: Any) -> dict[str, Any]:
    return perform(memory, Act(CHANNEL, user, action, params, at))


def push(
    memory: Memory, key: str | None = KEY, at: float = NOON, to: Any = USER, quota: int | None = None
) -> Answer:
    body = {"to": to, "messages": [{"type": "text", "text": "予約できました"}]}
    via = "multicast" if isinstance(to, list) else "push"
    return accept(memory, Sending(CHANNEL, via, body, key, f"request-{at}", at), quota)


def reply(memory: Memory, token: str, at: float = NOON, channel: Channel = CHANNEL) -> Answer:
    body = {"replyToken": token, "messages": [{"type": "text", "text": "ようこそ"}]}
    return accept(memory, Sending(channel, "reply", body, None, "request-reply", at), None)


def friend(journal: Path | None = None) -> Memory:
    memory = Memory(journal)
    act(memory, "follow")
    return memory


def test_a_retry_key_is_accepted_once_and_then_names_the_first_request() -> None:
    memory = friend()
    first, second = push(memory), push(memory, at=NOON + 5)
    assert (first.status, second.status) == (200, 409)
    assert second.headers == {"X-Line-Accepted-Request-Id": f"request-{NOON}"}
    assert second.body["sentMessages"] == first.body["sentMessages"]
    assert len(memory.inbox("sample-a", USER)) == 1


def test_a_retry_key_is_forgotten_after_a_day() -> None:
    memory = friend()
    push(memory)
    assert push(memory, at=NOON + 24 * 3600).status == 409
    assert push(memory, at=NOON + 24 * 3600 + 1).status == 200


def test_without_a_retry_key_the_same_push_arrives_twice() -> None:
    memory = friend()
    push(memory, key=None)
    push(memory, key=None)
    assert len(memory.inbox("sample-a", USER)) == 2


def test_a_retry_key_must_be_a_uuid_and_is_refused_on_reply() -> None:
    memory = friend()
    assert push(memory, key="once").status == 400
    body = {"replyToken": "t", "messages": [{"type": "text", "text": "x"}]}
    assert accept(memory, Sending(CHANNEL, "reply", body, KEY, "r", NOON), None).status == 400


def test_a_refused_request_does_not_use_up_its_retry_key() -> None:
    memory = friend()
    assert push(memory, quota=0).status == 429
    assert push(memory).status == 200


def test_a_reply_token_works_once() -> None:
    memory = friend()
    token = act(memory, "message", text="こんにちは")["replyToken"]
    assert [reply(memory, token).status, reply(memory, token).status] == [200, 400]
    assert [entry["via"] for entry in memory.inbox("sample-a", USER)] == ["reply"]


def test_a_reply_token_lives_one_minute_and_belongs_to_its_channel() -> None:
    memory = friend()
    token = act(memory, "message", text="こんにちは")["replyToken"]
    other = Channel("sample-b", Path("s"), Path("t"), "http://127.0.0.1:1/hook", "U" + "1" * 32)
    assert reply(memory, token, channel=other).status == 400
    assert reply(memory, token, at=NOON + 60).body == {"message": "Invalid reply token"}
    assert reply(memory, token, at=NOON + 59).status == 200


def test_pushes_count_against_the_quota_and_replies_do_not() -> None:
    memory = friend()
    token = act(memory, "message", text="こんにちは")["replyToken"]
    assert push(memory, key=None, quota=1).status == 200
    assert push(memory, key=None, quota=1).status == 429
    assert reply(memory, token).status == 200


def test_a_multicast_counts_every_recipient() -> None:
    memory = friend()
    act(memory, "follow", user=OTHER)
    assert push(memory, to=[USER, OTHER], quota=1).status == 429
    assert push(memory, to=[USER, OTHER], quota=2).status == 200
    assert len(memory.inbox("sample-a", OTHER)) == 1


def test_a_blocked_user_gives_200_and_nothing_is_delivered() -> None:
    memory = friend()
    act(memory, "block")
    assert push(memory).status == 200
    assert memory.inbox("sample-a", USER) == []
    assert act(memory, "follow")["follow"] == {"isUnblocked": True}


@pytest.mark.parametrize("to", ["someone", 7, ["U1"], [USER] * 501])
def test_an_impossible_recipient_is_400(to: Any) -> None:
    assert push(friend(), to=to).status == 400


def test_a_restart_forgets_neither_retry_keys_nor_tokens_nor_chats(tmp_path: Path) -> None:
    journal = tmp_path / "line.jsonl"
    memory = friend(journal)
    token = act(memory, "message", text="こんにちは")["replyToken"]
    reply(memory, token)
    push(memory)
    again = Memory(journal)
    assert push(again).status == 409
    assert reply(again, token).status == 400
    assert again.inbox("sample-a", USER) == memory.inbox("sample-a", USER)
    assert again.events == memory.events
    assert again.used_quota == memory.used_quota


def test_events_have_what_line_sends() -> None:
    memory = friend()
    event = act(memory, "postback", data="action=consult", timestamp=1234)
    assert event["type"] == "postback"
    assert event["timestamp"] == 1234
    assert event["source"] == {"type": "user", "userId": USER}
    assert len(event["webhookEventId"]) == 26
    assert event["deliveryContext"] == {"isRedelivery": False}
    assert event["postback"] == {"data": "action=consult"}
    assert "replyToken" not in act(memory, "unfollow")


def test_a_stranger_cannot_write() -> None:
    with pytest.raises(BadAct):
        act(Memory(), "message", text="こんにちは")


def test_a_channel_argument_lacking_its_webhook_is_named() -> None:
    with pytest.raises(ValueError, match="webhook"):
        parse_channel("tenant=sample-a,secret-file=s,token-file=t")
