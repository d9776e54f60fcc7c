"""Short journeys over HTTP: register (on the web or by LINE), answer, see offers, book, sometimes cancel or be referred."""

import asyncio
import random
import secrets
from datetime import datetime, timedelta
from typing import Any

import jwt

from deploy.local.demo.evening import LINK
from deploy.local.demo.forms import Page
from deploy.local.demo.person import text_of
from deploy.local.demo.world import World
from shared.auth import SESSION_COOKIE
from shared.clock import TOKYO
from tests.chaos.asking import Patient, Unanswered
from tests.chaos.ledger import Ledger, Promised

BY_LINE = 0.5
IN_A = 0.75
CANCELS = 0.25
REFERRED = 0.2
SEES_WEBHOOK_TWICE = 0.2
DAYS_AHEAD = 12
POPULAR = 8
LINK_SECONDS = 15.0
TAPS = 12


async def journey(world: World, ledger: Ledger, number: int, seed: int) -> None:
    """Journey `number` of a run. Raises when an acknowledged request was not kept."""
    chance = random.Random(f"journey-{seed}-{number}")
    tenant = "sample-a" if chance.random() < IN_A else "sample-b"
    async with world.staff(tenant) as staff, world.browser(tenant) as browser:
        desk, person = Patient(staff, ledger), Patient(browser, ledger)
        if chance.random() < BY_LINE:
            promised = await _by_line(world, tenant, person, chance)
        else:
            promised = await _by_web(tenant, desk, person)
        ledger.residents.append(promised)
        await _answers(person, promised, chance)
        await _books(person, promised, chance)
        if tenant == "sample-a" and chance.random() < REFERRED:
            await _is_referred(world, desk, person, promised)


async def _by_web(tenant: str, desk: Patient, person: Patient) -> Promised:
    made = await desk.asked("POST", "/intake/v1/residents", {"channel": "web"})
    opened = await desk.asked("POST", f"/intake/v1/residents/{made['id']}/session")
    person.client.headers["Authorization"] = f"Bearer {opened['token']}"
    return Promised(tenant, made["id"])


async def _by_line(world: World, tenant: str, person: Patient, chance: random.Random) -> Promised:
    """Follow, tap until a link is there, enter. LINE redelivers what was not answered with 200."""
    user = "U" + secrets.token_hex(16)
    await _acts(world, tenant, user, "follow", chance)
    taps = 0
    while taps < TAPS:
        seen = len(await world.line_inbox(tenant, user))
        await _acts(world, tenant, user, "postback", chance, data="consult")
        taps += 1
        link = await _link(world, tenant, user, seen)
        if link and await _enters(person, link):
            claims: dict[str, Any] = jwt.decode(
                str(person.client.cookies[SESSION_COOKIE]), options={"verify_signature": False}
            )
            return Promised(tenant, claims["sub"], line_user=user, taps=taps)
    raise Unanswered("a one-time link by LINE")


async def _acts(
    world: World, tenant: str, user: str, action: str, chance: random.Random, **params: Any
) -> None:
    done = await world.line_act(tenant, user, action, **params)
    event = done["event"]["webhookEventId"]
    again = 1 if chance.random() < SEES_WEBHOOK_TWICE else 0
    while done["status"] != 200 or again:
        again -= done["status"] == 200
        await asyncio.sleep(0.3)
        answer = await world.http.post(f"{world.plan.url('line')}/_fake/redeliver/{event}")
        done = answer.json()


async def _link(world: World, tenant: str, user: str, seen: int) -> str | None:
    deadline = asyncio.get_running_loop().time() + LINK_SECONDS
    while asyncio.get_running_loop().time() < deadline:
        for message in (await world.line_inbox(tenant, user))[seen:]:
            if found := LINK.search(text_of(message)):
                return found.group()
        await asyncio.sleep(0.05)
    return None


async def _enters(person: Patient, link: str) -> bool:
    """Use the link. False when it was used already: an answer was lost on the way."""
    page = await person.ask("GET", link)
    if page.status_code != 200:
        return False
    form = Page(page.text).forms[0]
    entered = await person.ask("POST", form.action or link, form=form.fields)
    return entered.status_code < 400 and SESSION_COOKIE in person.client.cookies


async def _answers(person: Patient, promised: Promised, chance: random.Random) -> None:
    answers = {f"{scale}-1": chance.randint(1, 5) for scale in ("growth", "balance", "reward", "stability")}
    await person.asked("PUT", "/matching/v1/me/questionnaire", {"answers": answers, "finish": True})
    promised.questionnaires += 1
    slate = await person.asked("POST", "/matching/v1/me/slates", {})
    promised.slates.append(slate["id"])


async def _books(person: Patient, promised: Promised, chance: random.Random) -> None:
    """Want one of a few popular times, so that journeys meet; take what is free instead."""
    day = datetime.now(TOKYO).date() + timedelta(days=chance.randint(1, DAYS_AHEAD))
    while True:
        path = f"/booking/v1/me/availability?from={day}&days=1&channel=online&minutes=60"
        slots = (await person.asked("GET", path))["slots"]
        if slots:
            slot = chance.choice(slots[:POPULAR])
            wanted = {n: slot[n] for n in ("counsellor_id", "service_date", "start_minute", "channel")}
            held = await person.asked(
                "POST", "/booking/v1/me/appointments", {**wanted, "minutes": 60}, 201, 409
            )
            if held["status"] == 201:
                break
            person.ledger.figures["slots lost to somebody else"] += 1
        day += timedelta(days=not slots)
    await _confirms(person, promised, held["id"], cancels=chance.random() < CANCELS)


async def _confirms(person: Patient, promised: Promised, appointment: str, *, cancels: bool) -> None:
    path = f"/booking/v1/me/appointments/{appointment}"
    promised.appointments[appointment] = "held"
    await person.asked("POST", f"{path}/confirm")
    promised.appointments[appointment] = "confirmed"
    promised.confirmed.add(appointment)
    if cancels:
        await person.asked("POST", f"{path}/cancel", {})
        promised.appointments[appointment] = "cancelled"


async def _is_referred(world: World, desk: Patient, person: Patient, promised: Promised) -> None:
    agency = world.tenants[promised.tenant].spec.agencies[0].id
    body = {"purpose": "support", "agencies": [agency], "scope": ["channel"]}
    consent = await person.asked("POST", "/intake/v1/me/consents", body)
    draft = await desk.asked(
        "POST",
        "/intake/v1/referrals",
        {
            "resident_id": promised.resident_id,
            "agency_id": agency,
            "consent_id": consent["id"],
            "note": "見本",
        },
    )
    await desk.asked("POST", f"/intake/v1/referrals/{draft['id']}/send")
    promised.referrals.append(draft["id"])
