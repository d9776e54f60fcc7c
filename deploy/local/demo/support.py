"""Part of the first night: which support programmes go, one question after another, each skippable."""

from typing import Any

from deploy.local.demo.expecting import expect
from deploy.local.demo.walk import Walk

SAID: dict[str, bool | int | str] = {
    "lives_here": True,
    "working": "looking",
    "lost_income": True,
    "rent_trouble": True,
    "household_people": 1,
    "household_income": 90_000,
    "household_assets": 100_000,
}
"""What the resident tells; whatever else is asked is answered by わからない."""
MOST = 12
MARKS = {"yes": "○", "cannot_say": "？", "no": "－"}


async def asks_what_support_there_is(walk: Walk) -> None:
    """Answer the most telling question each time until everything is settled. The rules decide, and say by which source."""
    step = "support"
    seen = await walk.person.asks("GET", "/matching/v1/me/support", step)
    asked = 0
    while (question := seen["question"]) is not None and asked < MOST:
        seen = await walk.person.asks("PUT", "/matching/v1/me/support", step, _answer(question["fact"]))
        asked += 1
    walk.tell(
        f"使えそうな支援を、{asked}の質問でたしかめます（わからないことは、とばしてよい）。",
        f"{asked} questions, the most telling first; unknown stays unknown",
    )
    for result in seen["results"]:
        _tell_result(walk, result)
    settled = {result["id"]: result["result"] for result in seen["results"]}
    expect(settled.get("housing") == "yes", step, "housing support fits what was said", settled)


def _answer(fact: str) -> dict[str, Any]:
    return {"answers": {fact: SAID[fact]}} if fact in SAID else {"not_known": [fact]}


def _tell_result(walk: Walk, result: dict[str, Any]) -> None:
    walk.story.note(f"{MARKS[result['result']]} {result['name']}  {result['text']}")
    if result["because"]:
        source = result["because"][0]["source"]
        walk.story.note(f"   出典: {source['title']}（{source['checked_on']}に確認）", "dim")
