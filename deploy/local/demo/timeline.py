"""The end of the story: the case timeline, every step of four services in order."""

from datetime import datetime
from typing import Any

import httpx

from deploy.local.demo.expecting import answered, eventually, expect
from deploy.local.demo.walk import Walk
from deploy.local.demo.world import service_time

SAID = {
    "banso.intake.resident.registered.v1": "はじめての連絡",
    "banso.intake.resident.contact_changed.v1": "連絡のとれる先が変わった",
    "banso.intake.reply.requested.v1": "LINEの返事をたのんだ",
    "banso.intake.consultation.opened.v1": "相談が始まった",
    "banso.intake.consultation.answered.v1": "制度を案内した",
    "banso.intake.consultation.handed_off.v1": "人と話すことを選んだ",
    "banso.intake.consent.granted.v1": "伝えることに同意した",
    "banso.intake.referral.sent.v1": "連携先へ紹介した",
    "banso.intake.referral.acknowledged.v1": "連携先が受け取った",
    "banso.matching.questionnaire.completed.v1": "質問に答えた",
    "banso.matching.slate.proposed.v1": "仕事を提案した",
    "banso.matching.interest.expressed.v1": "仕事に興味を示した",
    "banso.booking.appointment.held.v1": "時間を仮にとった",
    "banso.booking.appointment.confirmed.v1": "予約が決まった",
    "banso.intake.action.chosen.v1": "LINEのボタンを押した",
    "banso.booking.appointment.reaffirmed.v1": "「行きます」と答えた",
    "banso.booking.appointment.attended.v1": "相談に来た",
    "banso.notify.message.accepted.v1": "お知らせを引き受けた",
    "banso.notify.message.delivered.v1": "お知らせが届いた",
    "banso.notify.message.suppressed.v1": "お知らせを見送った",
    "banso.notify.webhook.delivered.v1": "Webhookが届いた",
}
BY = {"key": "窓口", "staff": "相談員", "resident": "本人", "system": "自動", "anonymous": "本人"}
ORDER = (
    "banso.intake.resident.registered.v1",
    "banso.intake.consultation.answered.v1",
    "banso.matching.questionnaire.completed.v1",
    "banso.matching.slate.proposed.v1",
    "banso.booking.appointment.held.v1",
    "banso.booking.appointment.confirmed.v1",
)
LATER = (
    "banso.intake.consent.granted.v1",
    "banso.intake.referral.sent.v1",
    "banso.intake.referral.acknowledged.v1",
    "banso.booking.appointment.reaffirmed.v1",
    "banso.booking.appointment.attended.v1",
)


async def steps_of(staff: httpx.AsyncClient, resident_id: str) -> list[dict[str, Any]]:
    """All steps of a resident, oldest first, over all pages."""
    path: str | None = f"/intake/v1/residents/{resident_id}/timeline?limit=100"
    base, steps = path, []
    while path:
        page = answered(await staff.get(path), "timeline: read")
        steps += page["data"]
        path = f"{base}&cursor={page['next']}" if page["next"] else None
    return steps


async def shows_every_step(walk: Walk, *wanted: str) -> None:
    """Wait until the timeline has the `wanted` types, check their order, and tell it."""
    step = "timeline"
    async with walk.world.staff(walk.person.tenant) as staff:
        steps = await eventually(
            lambda: steps_of(staff, walk.facts.resident_id),
            step,
            f"steps of the types {', '.join(wanted)}",
            until=lambda steps: set(wanted) <= {s["type"] for s in steps},
        )
    walk.facts.timeline = steps
    times = [s["at"] for s in steps]
    expect(times == sorted(times), step, "the order of time", times)
    kinds = [s["type"] for s in steps]
    places = [kinds.index(kind) for kind in wanted]
    expect(places == sorted(places), step, f"the order {wanted}", kinds)
    expect(len({s["id"] for s in steps}) == len(steps), step, "every step once", kinds)


def tell_timeline(walk: Walk) -> None:
    """The timeline as a table: time of the service day, what, which service, who."""
    walk.story.table(
        ("日時", "できごと", "サービス", "だれが", "event"), [_row(walk, s) for s in walk.facts.timeline]
    )


def _row(walk: Walk, step: dict[str, Any]) -> tuple[str, ...]:
    kind, actor = str(step["type"]), str(step["actor"])
    who = (
        "連携先"
        if actor == walk.world.partner_actor(walk.person.tenant)
        else BY.get(actor.partition(":")[0], actor)
    )
    day, time = service_time(datetime.fromisoformat(step["at"]))
    return (
        f"{day.month}/{day.day} {time}",
        SAID.get(kind, ""),
        step["source"],
        who,
        kind.removeprefix("banso."),
    )
