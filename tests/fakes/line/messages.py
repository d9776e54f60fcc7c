"""Which message objects LINE accepts, and the `details` it answers for those it does not.

Limits are those of the Messaging API reference; texts are counted in UTF-16 code units, as LINE counts them.
"""

from collections.abc import Iterator
from typing import Any

Problem = dict[str, str]

MESSAGE_TYPES = ("text", "sticker", "image", "template", "flex")
TEXT_LIMIT = 5000
MESSAGES_LIMIT = 5
QUICK_REPLY_LIMIT = 13
TEMPLATE_TEXT_LIMIT = {"buttons": 160, "confirm": 240}
CROWDED_TEXT_LIMIT = 60
TEMPLATE_ACTIONS = {"buttons": (1, 4), "confirm": (2, 2)}
ACTION_FIELDS: dict[str, tuple[str, int]] = {
    "message": ("text", 300),
    "postback": ("data", 300),
    "uri": ("uri", 1000),
}
OPTIONAL_ACTION_FIELDS = {"postback": ("displayText", 300)}
URI_SCHEMES = ("http://", "https://", "line://", "tel:")


def text_units(text: str) -> int:
    """Length of `text` in UTF-16 code units (most emoji count as two)."""
    return len(text.encode("utf-16-le")) // 2


def problems(messages: Any) -> list[Problem]:
    """What is wrong with the `messages` of a request: `[{message, property}]`, empty when LINE would take them."""
    if not isinstance(messages, list) or not 1 <= len(messages) <= MESSAGES_LIMIT:
        return [{"message": f"Size must be between 1 and {MESSAGES_LIMIT}", "property": "messages"}]
    return [problem for n, message in enumerate(messages) for problem in _message(message, f"messages[{n}]")]


def _message(message: Any, at: str) -> Iterator[Problem]:
    if not isinstance(message, dict) or message.get("type") not in MESSAGE_TYPES:
        yield _problem(f"Must be one of the following values: [{', '.join(MESSAGE_TYPES)}]", f"{at}.type")
        return
    kind = message["type"]
    if kind == "text":
        yield from _text(message, "text", TEXT_LIMIT, at)
    if kind in ("template", "flex"):
        yield from _text(message, "altText", 400, at)
    if kind == "template":
        yield from _template(message.get("template"), f"{at}.template")
    if kind == "flex" and not isinstance(message.get("contents"), dict):
        yield _problem("May not be empty", f"{at}.contents")
    if "quickReply" in message:
        yield from _quick_reply(message["quickReply"], f"{at}.quickReply")


def _template(template: Any, at: str) -> Iterator[Problem]:
    if not isinstance(template, dict) or template.get("type") not in ("buttons", "confirm", "carousel"):
        yield _problem("Must be one of the following values: [buttons, confirm, carousel]", f"{at}.type")
        return
    if template["type"] == "carousel":
        columns = template.get("columns")
        if not isinstance(columns, list) or not 1 <= len(columns) <= 10:
            yield _problem("Size must be between 1 and 10", f"{at}.columns")
            return
        for n, column in enumerate(columns):
            yield from _panel(column, "buttons", f"{at}.columns[{n}]")
        return
    yield from _panel(template, template["type"], at)


def _panel(panel: Any, kind: str, at: str) -> Iterator[Problem]:
    # beside a picture or a title there is less room
    crowded = isinstance(panel, dict) and (panel.get("title") or panel.get("thumbnailImageUrl"))
    yield from _text(panel, "text", CROWDED_TEXT_LIMIT if crowded else TEMPLATE_TEXT_LIMIT[kind], at)
    if isinstance(panel, dict) and panel.get("title") is not None:
        yield from _text(panel, "title", 40, at)
    least, most = TEMPLATE_ACTIONS[kind]
    actions = panel.get("actions") if isinstance(panel, dict) else None
    if not isinstance(actions, list) or not least <= len(actions) <= most:
        yield _problem(f"Size must be between {least} and {most}", f"{at}.actions")
        return
    for n, action in enumerate(actions):
        yield from _action(action, f"{at}.actions[{n}]")


def _quick_reply(quick_reply: Any, at: str) -> Iterator[Problem]:
    items = quick_reply.get("items") if isinstance(quick_reply, dict) else None
    if not isinstance(items, list) or not 1 <= len(items) <= QUICK_REPLY_LIMIT:
        yield _problem(f"Size must be between 1 and {QUICK_REPLY_LIMIT}", f"{at}.items")
        return
    for n, item in enumerate(items):
        yield from _action(item.get("action") if isinstance(item, dict) else None, f"{at}.items[{n}].action")


def _action(action: Any, at: str) -> Iterator[Problem]:
    if not isinstance(action, dict) or action.get("type") not in ACTION_FIELDS:
        yield _problem(f"Must be one of the following values: [{', '.join(ACTION_FIELDS)}]", f"{at}.type")
        return
    field, limit = ACTION_FIELDS[action["type"]]
    yield from _text(action, "label", 20, at)
    yield from _text(action, field, limit, at)
    also, most = OPTIONAL_ACTION_FIELDS.get(action["type"], ("", 0))
    if action.get(also) is not None:
        yield from _text(action, also, most, at)
    if field == "uri" and not str(action.get("uri", "")).startswith(URI_SCHEMES):
        yield _problem("Invalid action URI scheme", f"{at}.uri")


def _text(holder: Any, field: str, limit: int, at: str) -> Iterator[Problem]:
    value = holder.get(field) if isinstance(holder, dict) else None
    if not isinstance(value, str) or not value:
        yield _problem("May not be empty", f"{at}.{field}")
    elif text_units(value) > limit:
        yield _problem(f"Length must be between 0 and {limit}", f"{at}.{field}")


def _problem(message: str, at: str) -> Problem:
    return {"message": message, "property": at}
