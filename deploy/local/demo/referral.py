"""Chapter four: with the resident's consent, a partner agency learns of the case, and answers."""

from typing import Any

from deploy.local.demo.expecting import answered, eventually, expect
from deploy.local.demo.walk import Walk
from shared.ids import new_ulid

PURPOSE = "support"
SCOPE = ["channel", "consultation"]
NOTE = "家賃の支援の手続きに、一緒に行っていただける方を探しています。"


async def consents(walk: Walk) -> None:
    """The resident says what may be shared, with whom, for what."""
    agency = walk.world.tenants[walk.person.tenant].spec.agencies[0]
    body = {"purpose": PURPOSE, "agencies": [agency.id], "scope": SCOPE}
    walk.facts.consent = await walk.person.asks("POST", "/intake/v1/me/consents", "consent", body, 201)
    walk.tell(
        f"「{agency.name}」に伝えてよいことを、自分で選んで同意します。いつでも取り消せます。",
        "consent: fields x agency x purpose",
    )


async def is_referred(walk: Walk) -> None:
    """Staff draft the referral and send it; the webhook goes out signed, the partner checks it and acknowledges by API."""
    step = "referral"
    agency = walk.world.tenants[walk.person.tenant].spec.agencies[0]
    body = {
        "resident_id": walk.facts.resident_id,
        "agency_id": agency.id,
        "consent_id": walk.facts.consent["id"],
        "note": NOTE,
    }
    async with walk.world.staff(walk.person.tenant) as staff:
        keyed = {"Idempotency-Key": new_ulid()}
        draft = answered(await staff.post("/intake/v1/referrals", json=body, headers=keyed), step)
        expect(draft["state"] == "draft", step, "a draft", draft)
        walk.mark("send")
        sent = answered(await staff.post(f"/intake/v1/referrals/{draft['id']}/send"), f"{step}: send")
        expect(sent["state"] == "sent", step, "sent", sent)
        walk.tell(f"窓口が「{agency.name}」へ紹介します。", "signed webhook: ids only, no words")
        walk.facts.webhook = await _received(walk, draft["id"])
        walk.facts.referral = await eventually(
            lambda: _state(staff, draft["id"]),
            f"{step}: acknowledgement",
            "the partner's acknowledgement",
            until=lambda referral: referral["state"] == "acknowledged",
        )
    walk.tell("連携先は署名を確かめ、APIで「受け取りました」と返します。", "verified and acknowledged by API")
    webhook = walk.facts.webhook
    signature = webhook["headers"]["webhook-signature"]
    walk.story.note(f"webhook-id        {webhook['webhook_id']}", "dim")
    walk.story.note(f"webhook-signature {signature[:28]}…", "dim")
    for name, value in sorted(webhook["payload"]["data"].items()):
        walk.story.note(f"data              {name} {value}", "dim")


async def _state(staff: Any, referral_id: str) -> Any:
    return answered(await staff.get(f"/intake/v1/referrals/{referral_id}"), "referral: look")


async def _received(walk: Walk, referral_id: str) -> dict[str, Any]:
    """The webhook that told the partner of this referral: `{webhook_id, at, headers, payload, deliveries}`."""

    async def look() -> dict[str, Any]:
        webhooks = (await walk.world.partner_received())["webhooks"]
        mine = [w for w in webhooks if w["payload"].get("data", {}).get("referral_id") == referral_id]
        return mine[0] if mine else {}

    return await eventually(look, "referral: webhook", "the webhook at the partner")
