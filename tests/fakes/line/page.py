"""A small page with the chats, where a person can play a resident by hand."""

from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from tests.fakes.line.channel import bot_user_id
from tests.fakes.line.memory import Memory, Record

_templates = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True, trim_blocks=True)


def chats_page(tenants: list[str], memory: Memory) -> str:
    """HTML of all chats, newest chat last, and a form that lets a new sample user follow each account."""
    chats = [
        {
            "tenant": tenant,
            "user": user,
            "state": memory.friends.get((tenant, user)),
            "lines": [_line(e) for e in entries],
        }
        for (tenant, user), entries in memory.chats.items()
    ]
    newcomers = {tenant: bot_user_id(f"{tenant}:visitor:{len(memory.friends)}") for tenant in tenants}
    return _templates.get_template("chats.html.j2").render(newcomers=newcomers, chats=chats)


def _line(entry: Record) -> dict[str, Any]:
    if entry["from"] == "user":
        event = entry["event"]
        content = event.get("message", {}).get("text") or event.get("postback", {}).get("data") or ""
        return {"who": "user", "text": f"[{event['type']}] {content}", "actions": []}
    message = entry["message"]
    template = message.get("template", {})
    actions = template.get("actions", []) + [
        item["action"] for item in message.get("quickReply", {}).get("items", []) if "action" in item
    ]
    for column in template.get("columns", []):
        actions = actions + column.get("actions", [])
    text = message.get("text") or template.get("text") or message.get("altText") or f"[{message['type']}]"
    return {"who": "bot", "text": text, "via": entry["via"], "actions": actions}
