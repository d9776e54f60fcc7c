"""Consent and referral: nothing is sent without consent, and an agency sees only what was consented to, for as long as it is."""

from typing import Any

import pytest

from tests.harness import eventually
from tests.integration.intake.conftest import Intake

AGENCY = "sample-agency"


async def agency_key(intake: Intake, tenant: str = "sample-a", agency: str = AGENCY) -> dict[str, str]:
    return await intake.harness.key(tenant, "referrals:respond", agency=agency)


async def consent(intake: Intake, mine: dict[str, str], *scope: str, purpose: str = "support") -> Any:
    body = {"purpose": purpose, "agencies": [AGENCY], "scope": list(scope or ("language", "note"))}
    answer = await intake.client.post("/intake/v1/me/consents", headers=mine, json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def drafted(intake: Intake, resident_id: str, consent_id: str) -> str:
    body = {"resident_id": resident_id, "agency_id": AGENCY, "consent_id": consent_id, "note": "同行の支援"}
    answer = await intake.client.post("/intake/v1/referrals", headers=intake.staff(), json=body)
    assert (answer.status_code, answer.json()["state"]) == (201, "draft")
    made: str = answer.json()["id"]
    return made


async def sent(intake: Intake, *scope: str) -> tuple[str, str, dict[str, str], str]:
    """(referral, consent, headers of the resident, resident id) of a referral that was sent."""
    resident_id, mine = await intake.resident()
    consent_id = (await consent(intake, mine, *scope))["id"]
    made = await drafted(intake, resident_id, consent_id)
    answer = await intake.client.post(f"/intake/v1/referrals/{made}/send", headers=intake.staff())
    assert (answer.status_code, answer.json()["state"]) == (200, "sent")
    return made, consent_id, mine, resident_id


async def test_a_referral_is_drafted_sent_and_acknowledged(intake: Intake) -> None:
    made, consent_id, _, resident_id = await sent(intake)
    key = await agency_key(intake)
    answer = await intake.client.post(f"/intake/v1/referrals/{made}/acknowledge", headers=key)
    assert (answer.status_code, answer.json()["state"]) == (200, "acknowledged")
    acknowledged = await eventually(lambda: intake.events("referral.acknowledged"))
    assert acknowledged == [{"resident_id": resident_id, "referral_id": made, "agency_id": AGENCY}]
    (event,) = await intake.events("referral.sent")
    assert event["consent_id"] == consent_id
    late = await intake.client.post(
        f"/intake/v1/referrals/{made}/decline", headers=key, json={"reason": "capacity"}
    )
    assert (late.status_code, late.json()["type"].rpartition("/")[2]) == (409, "referral-state")


@pytest.mark.parametrize("why", ["withdrawn", "purpose"])
async def test_nothing_is_sent_without_a_live_consent_for_it(intake: Intake, why: str) -> None:
    resident_id, mine = await intake.resident()
    purpose = "follow_up" if why == "purpose" else "support"
    consent_id = (await consent(intake, mine, purpose=purpose))["id"]
    made = await drafted(intake, resident_id, consent_id)
    if why == "withdrawn":
        for _ in range(2):
            taken_back = await intake.client.delete(f"/intake/v1/me/consents/{consent_id}", headers=mine)
            assert taken_back.json()["withdrawn_at"] is not None
    answer = await intake.client.post(f"/intake/v1/referrals/{made}/send", headers=intake.staff())
    assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (409, "consent-missing")
    assert await intake.events("referral.sent") == []


async def test_an_agency_sees_only_consented_fields_and_nothing_after_withdrawal(intake: Intake) -> None:
    made, consent_id, mine, _ = await sent(intake, "language", "consultation")
    await intake.say(mine, "家賃がきつい")
    key = await agency_key(intake)
    seen = (await intake.client.get(f"/intake/v1/referrals/{made}", headers=key)).json()
    assert (seen["note"], seen["shared"]["note"], seen["shared"]["email"]) == (None, None, None)
    assert seen["shared"]["language"] == "ja"
    assert [said["text"] for said in seen["shared"]["consultation"]] == ["家賃がきつい"]
    await intake.client.delete(f"/intake/v1/me/consents/{consent_id}", headers=mine)
    seen = (await intake.client.get(f"/intake/v1/referrals/{made}", headers=key)).json()
    assert set(seen["shared"].values()) == {None}
    staff = (await intake.client.get(f"/intake/v1/referrals/{made}", headers=intake.staff())).json()
    assert staff["note"] == "同行の支援"


async def test_a_draft_and_another_agencys_referral_are_not_there_for_an_agency(intake: Intake) -> None:
    from tests.harness import a_tenant

    agencies = [{"id": AGENCY, "name": "見本"}, {"id": "other-agency", "name": "見本2"}]
    await intake.harness.declare(a_tenant("sample-a", agencies=agencies))
    resident_id, mine = await intake.resident()
    draft = await drafted(intake, resident_id, (await consent(intake, mine))["id"])
    made, *_ = await sent(intake)
    key = await agency_key(intake)
    assert (await intake.client.get(f"/intake/v1/referrals/{draft}", headers=key)).status_code == 404
    listed = (await intake.client.get("/intake/v1/referrals", headers=key)).json()["data"]
    assert [r["id"] for r in listed] == [made]
    others = await agency_key(intake, agency="other-agency")
    for path in ("", "/acknowledge"):
        method = "POST" if path else "GET"
        answer = await intake.client.request(method, f"/intake/v1/referrals/{made}{path}", headers=others)
        assert answer.status_code == 404
    assert len((await intake.client.get("/intake/v1/referrals", headers=intake.staff())).json()["data"]) == 2
    assert (await intake.client.get("/intake/v1/referrals", headers=mine)).status_code == 403
    staff_acknowledges = await intake.client.post(
        f"/intake/v1/referrals/{made}/acknowledge", headers=intake.staff()
    )
    assert staff_acknowledges.status_code == 403


async def test_consents_name_agencies_of_the_municipality_and_belong_to_one_resident(intake: Intake) -> None:
    resident_id, mine = await intake.resident()
    _, other = await intake.resident()
    body = {"purpose": "support", "agencies": ["nobody-knows"], "scope": ["note"]}
    answer = await intake.client.post("/intake/v1/me/consents", headers=mine, json=body)
    assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "agencies.0")
    given = (await consent(intake, mine))["id"]
    assert (await intake.client.delete(f"/intake/v1/me/consents/{given}", headers=other)).status_code == 404
    assert (await intake.client.get("/intake/v1/me/consents", headers=other)).json()["data"] == []
    foreign = {"resident_id": resident_id, "agency_id": AGENCY, "consent_id": given}
    answer = await intake.client.post("/intake/v1/referrals", headers=intake.staff("sample-b"), json=foreign)
    assert answer.status_code == 404


async def test_a_repeated_send_and_answer_happen_once(intake: Intake) -> None:
    made, *_ = await sent(intake)
    key = {**await agency_key(intake), "Idempotency-Key": "a-1"}
    answers = [
        await intake.client.post(f"/intake/v1/referrals/{made}/acknowledge", headers=key) for _ in range(2)
    ]
    assert [a.status_code for a in answers] == [200, 200]
    assert answers[0].json() == answers[1].json()
