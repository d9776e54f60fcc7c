"""The owner's walk: every documented operation of the four services, once, as a municipality and its people would."""

import datetime
from typing import Any

from shared.clock import Clock
from tests.contract.owner_companies import walk_companies
from tests.contract.owner_engine import walk_engine
from tests.contract.owner_residents import walk_residents
from tests.contract.owner_support import walk_support
from tests.contract.walk import Walk
from tests.harness import eventually

PROGRAMMES = (
    "service_id,name,abstract,how_to_apply,contact,detail_url\n"
    "B-1,見本 家賃の支援,家賃に困っている人を支えます,窓口で申し込みます,000-000-0000,https://b.example/1\n"
)
EVERY_DAY = [{"weekday": day, "start_minute": 480, "end_minute": 1500} for day in range(7)]
AGENCY = "sample-agency"
BUSY = (
    b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//sample//EN\r\nBEGIN:VEVENT\r\nUID:sample\r\n"
    b"DTSTART:20200101T010000Z\r\nDTEND:20200101T020000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
)


async def walk_intake(walk: Walk) -> dict[str, str]:
    """Returns ids: resident_id, programme_id, consent_id, referral_id."""
    ids: dict[str, str] = {}
    v1 = "/intake/v1"
    ids["resident_id"] = walk.credentials["resident"]["X-Resident"]
    await walk.go("staff", "POST", f"{v1}/residents", json={"channel": "web"})
    await walk.go("staff", "GET", f"{v1}/residents")
    await walk.go("staff", "GET", v1 + "/residents/{resident_id}", ids)
    await walk.go("staff", "POST", v1 + "/residents/{resident_id}/session", ids)
    await walk.go("resident", "GET", f"{v1}/me/contact")
    csv: dict[str, Any] = {"content": PROGRAMMES.encode(), "headers": {"Content-Type": "text/csv"}}
    await walk.go("staff", "POST", f"{v1}/programmes/import", **csv)
    programmes = await walk.go("staff", "GET", f"{v1}/programmes")
    ids["programme_id"] = programmes["data"][0]["id"]
    await walk.go("staff", "GET", v1 + "/programmes/{programme_id}", ids)
    await walk.go("staff", "GET", f"{v1}/programmes/search", params={"q": "家賃"})
    await walk.go("resident", "POST", f"{v1}/me/messages", json={"text": "家賃がきつい"})
    await walk.go("resident", "GET", f"{v1}/me/messages")
    await walk.go("resident", "POST", f"{v1}/me/handoff")
    consent = {"purpose": "support", "agencies": [AGENCY], "scope": ["language", "note"]}
    made = await walk.go("resident", "POST", f"{v1}/me/consents", json=consent)
    ids["consent_id"] = made["id"]
    await walk.go("resident", "GET", f"{v1}/me/consents")
    for ending in ("acknowledge", "decline"):
        body = {key: ids[key] for key in ("resident_id", "consent_id")} | {
            "agency_id": AGENCY,
            "note": "見本",
        }
        ids["referral_id"] = (await walk.go("staff", "POST", f"{v1}/referrals", json=body))["id"]
        await walk.go("staff", "GET", v1 + "/referrals/{referral_id}", ids)
        await walk.go("staff", "POST", v1 + "/referrals/{referral_id}/send", ids)
        answer = {"json": {"reason": "capacity"}} if ending == "decline" else {}
        await walk.go("agency", "POST", v1 + "/referrals/{referral_id}/" + ending, ids, **answer)
    await walk.go("staff", "GET", f"{v1}/referrals")
    await walk.go("agency", "GET", f"{v1}/referrals")
    await walk.go("staff", "GET", v1 + "/residents/{resident_id}/timeline", ids)
    await walk.go("resident", "DELETE", v1 + "/me/consents/{consent_id}", ids)
    return ids


async def walk_matching(walk: Walk, municipality_code: str) -> dict[str, str]:
    """Returns ids: company_id, offer_id, slate_id, interest_id."""
    ids: dict[str, str] = {}
    v1 = "/matching/v1"
    company = {"name": "見本食堂", "municipality_code": municipality_code}
    ids["company_id"] = (await walk.go("staff", "POST", f"{v1}/companies", json=company))["id"]
    await walk.go("staff", "GET", f"{v1}/companies")
    await walk.go("staff", "GET", v1 + "/companies/{company_id}", ids)
    offer = {
        "company_id": ids["company_id"],
        "kind": "job",
        "title": "見本の仕事",
        "municipality_code": municipality_code,
        "hours": [{"weekdays": [0, 1, 2], "start": "18:00", "end": "22:00"}],
        "hourly_wage_yen": 1200,
        "values": {"balance": 0.8},
    }
    ids["offer_id"] = (await walk.go("staff", "POST", f"{v1}/offers", json=offer))["id"]
    await walk.go("staff", "GET", f"{v1}/offers")
    await walk.go("staff", "GET", v1 + "/offers/{offer_id}", ids)
    items = await walk.go("resident", "GET", f"{v1}/questionnaire")
    first = _first_item(items)
    await walk_residents(walk, first)
    await walk.go("resident", "PUT", f"{v1}/me/questionnaire", json={"answers": {first: 5}})
    await walk.go("resident", "GET", f"{v1}/me/questionnaire")
    ids["slate_id"] = (await walk.go("resident", "POST", f"{v1}/me/slates"))["id"]
    await walk.go("resident", "GET", v1 + "/me/slates/{slate_id}", ids)
    await walk.go("staff", "GET", v1 + "/slates/{slate_id}", ids)
    await walk_engine(walk, ids)
    await walk_support(walk)
    await walk_companies(walk, ids, municipality_code, offer)
    wish = {"offer_id": ids["offer_id"], "kind": "save"}
    ids["interest_id"] = (await walk.go("resident", "POST", f"{v1}/me/interests", json=wish))["id"]
    await walk.go("resident", "GET", f"{v1}/me/interests")
    await walk.go("resident", "DELETE", v1 + "/me/interests/{interest_id}", ids)
    await walk.go("staff", "POST", v1 + "/offers/{offer_id}/close", ids, json={"reason": "filled"})
    return ids


def _first_item(items: Any) -> str:
    found = items["items"] if isinstance(items, dict) else items
    return str(found[0]["id"])


async def walk_booking(walk: Walk, resident_id: str, now: datetime.datetime) -> dict[str, str]:
    """Returns ids: counsellor_id, appointment_id."""
    ids: dict[str, str] = {}
    v1 = "/booking/v1"
    counsellor = {
        "display_name": "見本 相談員",
        "channels": ["online"],
        "weekly_hours": EVERY_DAY,
        "works_holidays": True,
    }
    made = await walk.go("staff", "POST", f"{v1}/counsellors", json=counsellor)
    ids["counsellor_id"] = made["id"]
    await walk.go("staff", "GET", f"{v1}/counsellors")
    await walk.go("staff", "GET", v1 + "/counsellors/{counsellor_id}", ids)
    await walk.go("staff", "PUT", v1 + "/counsellors/{counsellor_id}", ids, json=counsellor)
    await walk.go("resident", "GET", f"{v1}/me/availability")
    own_feed, feed = f"{v1}/me/calendar-feed", v1 + "/counsellors/{counsellor_id}/calendar-feed"
    for who, path in (("resident", own_feed), ("staff", feed)):
        await walk.go(who, "POST", path, ids)
        await walk.go(who, "DELETE", path, ids)
    await walk.go("staff", "POST", v1 + "/counsellors/{counsellor_id}/busy-import", ids, content=BUSY)
    await walk_waiting_list(walk, ids)
    await walk.go("staff", "GET", f"{v1}/availability")
    for question in ("days", "why"):
        await walk.go("resident", "GET", f"{v1}/me/availability/{question}")
        await walk.go("staff", "GET", f"{v1}/availability/{question}")
    day = (now.date() + datetime.timedelta(days=3)).isoformat()

    def wish(start: int) -> dict[str, Any]:
        return {
            "counsellor_id": ids["counsellor_id"],
            "service_date": day,
            "start_minute": start,
            "channel": "online",
        }

    async def hold(start: int) -> None:
        held = await walk.go("resident", "POST", f"{v1}/me/appointments", json=wish(start))
        ids["appointment_id"] = held["id"]

    mine = v1 + "/me/appointments/{appointment_id}"
    staff = v1 + "/appointments/{appointment_id}"
    await hold(600)
    await walk.go("resident", "POST", mine + "/confirm", ids)
    await walk.go("resident", "POST", mine + "/reaffirm", ids)
    await walk.go("resident", "POST", mine + "/move", ids, json={"service_date": day, "start_minute": 720})
    await walk.go("resident", "GET", f"{v1}/me/appointments")
    await walk.go("resident", "GET", mine, ids)
    await walk.go("resident", "POST", mine + "/cancel", ids)
    await walk.go("staff", "GET", f"{v1}/appointments")
    body = {**wish(840), "resident_id": resident_id}
    ids["appointment_id"] = (await walk.go("staff", "POST", f"{v1}/appointments", json=body))["id"]
    await walk.go("staff", "GET", staff, ids)
    await walk.go("staff", "POST", staff + "/move", ids, json={"service_date": day, "start_minute": 960})
    await walk.go("staff", "POST", staff + "/cancel", ids)
    return ids


async def walk_waiting_list(walk: Walk, ids: dict[str, str]) -> None:
    """Adds waiting_id. Each offer is waited for: the service asks by itself."""
    mine, one = "/booking/v1/me/waiting", "/booking/v1/me/waiting/{waiting_id}"

    async def offered() -> bool:
        headers = {**walk.credentials["resident"], "Host": walk.host}
        found = (await walk.clients["booking"].get(mine, headers=headers)).json()
        return any(entry["state"] == "offered" for entry in found)

    # asked at any hour: they join in the night that it may be
    ids["waiting_id"] = (await walk.go("resident", "POST", mine, json={"minutes": 60}))["id"]
    await walk.go("resident", "GET", mine)
    await walk.go("staff", "GET", "/booking/v1/waiting")
    await walk.go("staff", "PUT", "/booking/v1/waiting/{waiting_id}/priority", ids, json={"priority": 1})
    for answer in ("pass", "take"):
        await eventually(offered)
        await walk.go("resident", "POST", one + "/" + answer, ids)
    await walk.go("resident", "DELETE", one, ids)


async def walk_after_appointments(
    walk: Walk, clock: Clock, resident_id: str, counsellor_id: str, day: datetime.date
) -> None:
    """What can only be said once an appointment's time has come: the clock is moved by hand."""
    made = []
    for start in (600, 720):
        body = {
            "counsellor_id": counsellor_id,
            "service_date": day.isoformat(),
            "start_minute": start,
            "channel": "online",
            "resident_id": resident_id,
        }
        made.append(await walk.go("staff", "POST", "/booking/v1/appointments", json=body))
    clock.shift = datetime.timedelta(days=6)
    for appointment, ending in zip(made, ("attended", "missed"), strict=True):
        path = "/booking/v1/appointments/{appointment_id}/" + ending
        await walk.go(
            "staff", "POST", path, {"appointment_id": appointment["id"]}, json={"note": "見本の記録"}
        )
    clock.shift = datetime.timedelta()


async def walk_notify(walk: Walk, resident_id: str, webhook_url: str) -> dict[str, str]:
    """Returns ids: message_id, endpoint_id, delivery_id. The referral of intake's walk must come after the endpoint."""
    ids: dict[str, str] = {"name": "line.link"}
    v1 = "/notify/v1"
    await walk.go("resident", "PUT", f"{v1}/me/preferences", json={"reminders": True})
    await walk.go("resident", "GET", f"{v1}/me/preferences")
    await walk.go("staff", "GET", f"{v1}/templates")
    await walk.go("staff", "GET", v1 + "/templates/{name}", ids)
    text = {"language": "ja", "subject": "ご案内", "body": "こちらからどうぞ。 ((link))"}
    await walk.go("staff", "PUT", v1 + "/templates/{name}", ids, json=text)
    message = {
        "resident_id": resident_id,
        "template": "line.link",
        "personalisation": {"link": "https://b.example/"},
    }
    ids["message_id"] = (await walk.go("staff", "POST", f"{v1}/messages", json=message))["id"]
    await walk.go("staff", "GET", f"{v1}/messages")
    await walk.go("staff", "GET", v1 + "/messages/{message_id}", ids)
    endpoint = {"url": webhook_url, "events": ["banso.intake.referral.sent.v1"], "agency_id": AGENCY}
    ids["endpoint_id"] = (await walk.go("staff", "POST", f"{v1}/webhook-endpoints", json=endpoint))["id"]
    await walk.go("staff", "GET", f"{v1}/webhook-endpoints")
    one = v1 + "/webhook-endpoints/{endpoint_id}"
    await walk.go("staff", "GET", one, ids)
    await walk.go("staff", "POST", one + "/rotate", ids)
    await walk.go("staff", "POST", one + "/enable", ids)
    return ids


async def walk_deliveries(walk: Walk, ids: dict[str, str]) -> None:
    """What can be asked once a referral has been sent to the endpoint; deletes the endpoint at the end."""
    v1 = "/notify/v1"

    async def sent() -> bool:
        headers = {**walk.credentials["staff"], "Host": walk.host}
        found = await walk.clients["notify"].get(f"{v1}/webhook-deliveries", headers=headers)
        return bool(found.json()["data"])

    await eventually(sent)  # asked apart from the walk: every walk has the same steps
    ids["delivery_id"] = (await walk.go("staff", "GET", f"{v1}/webhook-deliveries"))["data"][0]["id"]
    await walk.go("staff", "GET", v1 + "/webhook-deliveries/{delivery_id}", ids)
    await walk.go("staff", "POST", v1 + "/webhook-deliveries/{delivery_id}/redeliver", ids)
    await walk.go("staff", "DELETE", v1 + "/webhook-endpoints/{endpoint_id}", ids)


async def known(walk: Walk, resident_id: str) -> None:
    """Wait until every service has heard of the resident."""

    async def heard() -> bool:
        path = f"/intake/v1/residents/{resident_id}/timeline"
        headers = {**walk.credentials["staff"], "Host": walk.host}
        return bool((await walk.clients["intake"].get(path, headers=headers)).json()["data"])

    await eventually(heard)
