"""Chapter two: a short questionnaire on what matters at work, and three offers with their reasons."""

from collections.abc import Mapping
from typing import Any

from deploy.local.demo.expecting import expect
from deploy.local.demo.walk import Walk

REASONS_SHOWN = 3


async def answers_the_questionnaire(
    walk: Walk, answers: Mapping[str, int | None], wishes: Mapping[str, Any]
) -> None:
    """Answer by scale (both items of a scale alike); what is left out stays skipped."""
    step = "questionnaire"
    asked = await walk.person.asks("GET", "/matching/v1/questionnaire", step)
    items = {item["id"]: answers.get(item["id"].rpartition("-")[0]) for item in asked["items"]}
    walk.facts.profile = await walk.person.asks(
        "PUT", "/matching/v1/me/questionnaire", step, {"answers": items, "wishes": wishes, "finish": True}
    )
    profile = walk.facts.profile["profile"]
    said = sum(1 for value in items.values() if value is not None)
    walk.tell(
        f"{len(items)}の短い質問に答えます（答えたのは{said}、あとはとばしてよい）。",
        f"{said} of {len(items)} answered",
    )
    for strength in profile["strengths"]:
        walk.story.note(f"・{strength}")


async def sees_offers(walk: Walk) -> None:
    """Ask for a slate and read why each offer fits, and one thing that may not."""
    step = "slate"
    slate = await walk.person.asks("POST", "/matching/v1/me/slates", step, {})
    walk.facts.slate = slate
    walk.tell(f"合いそうな仕事が{len(slate['offers'])}つ出ました。", "three offers, each with its reasons")
    for offer in slate["offers"]:
        _tell_offer(walk, offer)


def expect_three_with_a_neighbour(walk: Walk, neighbour: str) -> None:
    """Three offers, scored by their reasons, one of them in the area `neighbour` (municipality code)."""
    step, offers = "slate", walk.facts.slate["offers"]
    expect(len(offers) == 3, step, "three offers", len(offers))
    areas = [offer["municipality_code"] for offer in offers]
    expect(neighbour in areas, step, f"one offer in the neighbouring area {neighbour}", areas)
    for offer in offers:
        total = sum(reason["contribution"] for reason in offer["reasons"])
        expect(total == offer["score"], step, f"reasons that sum to {offer['score']}", total)
    scores = [offer["score"] for offer in offers]
    expect(scores == sorted(scores, reverse=True), step, "the best first", scores)


def _tell_offer(walk: Walk, offer: dict[str, Any]) -> None:
    names = {t.spec.municipality_code: t.spec.short_name for t in walk.world.tenants.values()}
    where = names.get(offer["municipality_code"], offer["municipality_code"])
    if offer["area"] == "neighbouring":
        where += "・となりの市"
    wage = f"時給{offer['hourly_wage_yen']:,}円" if offer["hourly_wage_yen"] else "時給なし"
    story = walk.story
    story.note(f"{offer['rank']}. {offer['title']}  {offer['score']}点", "bold")
    story.note(f"   {offer['company_name']}／{where}／{wage}")
    shown = [reason for reason in offer["reasons"] if reason["contribution"] > 0][:REASONS_SHOWN]
    longest = max((reason["contribution"] for reason in shown), default=1)
    for reason in shown:
        story.bar(reason["term"], reason["contribution"], reason["contribution"] / longest, reason["text"])
    if mismatch := offer.get("mismatch"):
        story.note(f"   気をつけること: {mismatch['text']}", "dim")
