"""What the mock LINE platform takes and refuses, by the limits of the Messaging API reference."""

from typing import Any

import pytest

from tests.fakes.line.messages import problems

POSTBACK = {"type": "postback", "label": "相談する", "data": "action=consult"}


def text(value: str, **more: Any) -> dict[str, Any]:
    return {"type": "text", "text": value, **more}


def buttons(**more: Any) -> dict[str, Any]:
    template = {"type": "buttons", "text": "どうしますか", "actions": [POSTBACK], **more}
    return {"type": "template", "altText": "えらんでください", "template": template}


@pytest.mark.parametrize(
    "messages",
    [
        [text("こんにちは")],
        [text("あ" * 5000)],
        [text("a"), text("b"), text("c"), text("d"), text("e")],
        [text("えらぶ", quickReply={"items": [{"type": "action", "action": POSTBACK}]})],
        [buttons()],
        [{"type": "flex", "altText": "予約", "contents": {"type": "bubble"}}],
    ],
)
def test_good_messages_are_taken(messages: list[dict[str, Any]]) -> None:
    assert problems(messages) == []


@pytest.mark.parametrize(
    ("messages", "where"),
    [
        ([], "messages"),
        ("text", "messages"),
        ([text("x")] * 6, "messages"),
        ([text("")], "messages[0].text"),
        ([{"type": "text"}], "messages[0].text"),
        ([text("ok"), text("あ" * 5001)], "messages[1].text"),
        ([text("😀" * 2501)], "messages[0].text"),
        ([{"type": "telepathy"}], "messages[0].type"),
        ([buttons(text="あ" * 161)], "messages[0].template.text"),
        ([buttons(actions=[POSTBACK] * 5)], "messages[0].template.actions"),
        ([buttons(actions=[{**POSTBACK, "data": "x" * 301}])], "messages[0].template.actions[0].data"),
        ([buttons(actions=[{**POSTBACK, "label": "あ" * 21}])], "messages[0].template.actions[0].label"),
        (
            [buttons(actions=[{"type": "uri", "label": "開く", "uri": "javascript:1"}])],
            "messages[0].template.actions[0].uri",
        ),
        ([text("x", quickReply={"items": []})], "messages[0].quickReply.items"),
        ([buttons(title="見本", text="あ" * 61)], "messages[0].template.text"),
        ([buttons(title="あ" * 41)], "messages[0].template.title"),
        (
            [buttons(actions=[{**POSTBACK, "displayText": "あ" * 301}])],
            "messages[0].template.actions[0].displayText",
        ),
    ],
)
def test_a_bad_message_is_refused_at_its_place(messages: Any, where: str) -> None:
    assert [problem["property"] for problem in problems(messages)] == [where]
