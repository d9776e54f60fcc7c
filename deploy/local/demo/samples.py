"""The sample programmes, support rules, companies, offers, orders and counsellors of both municipalities, brought in by API.

Every call may be repeated: programmes are matched by their service id, the rest is created under an Idempotency-Key made of
its name and content.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from deploy.local.demo.expecting import answered, expect
from deploy.local.demo.world import World

FOLDER = Path(__file__).parents[1] / "sample"
SUFFIX = {"sample-a": "a", "sample-b": "b"}
RULES = {"sample-a": "support-rules.yaml"}
REFERRAL_EVENTS = ["banso.intake.referral.sent.v1"]


@dataclass(frozen=True)
class Loaded:
    """What a municipality has after loading. `counsellors`: id -> display name; `offers`: id -> title."""

    tenant: str
    programmes: Mapping[str, int]
    companies: Mapping[str, str]
    offers: Mapping[str, str]
    counsellors: Mapping[str, str]


async def load(world: World, tenant: str) -> Loaded:
    """Bring in everything of one municipality with its staff key. Raises JourneyBroke."""
    async with world.staff(tenant) as staff:
        programmes, (companies, offers), counsellors = await asyncio.gather(
            _programmes(staff, tenant), _work(staff, tenant), _counsellors(staff, tenant)
        )
        if tenant in RULES:
            await _support_rules(staff, RULES[tenant])
    return Loaded(tenant, programmes, companies, offers, counsellors)


async def load_pool(world: World, pool: str, tenant: str) -> None:
    """Bring in the counsellors whom the municipalities share, as the pool's operator. Raises JourneyBroke."""
    people = json.loads((FOLDER / "counsellors-pool.json").read_text(encoding="utf-8"))
    async with world.pool_staff(pool, tenant) as operator:
        for number, person in enumerate(people):
            await _create(operator, "/booking/v1/pool/counsellors", f"pool-counsellor-{number}", person)


async def _programmes(staff: httpx.AsyncClient, tenant: str) -> dict[str, int]:
    step = f"{tenant}: import the programmes"
    table = (FOLDER / f"programmes-{SUFFIX[tenant]}.csv").read_bytes()
    answer = await staff.post(
        "/intake/v1/programmes/import", content=table, headers={"Content-Type": "text/csv; charset=utf-8"}
    )
    report = answered(answer, step)
    expect(report["rejected"] == 0, step, "no rejected row", report["rows"])
    return {name: int(report[name]) for name in ("imported", "updated", "unchanged", "retired")}


async def _support_rules(staff: httpx.AsyncClient, file: str) -> None:
    """A version that was uploaded and put in force before stays so."""
    content, step = (FOLDER / file).read_bytes(), "support rules"
    key = hashlib.sha256(content).hexdigest()[:12]
    headers = {"Idempotency-Key": f"sample-rules-{key}", "Content-Type": "application/yaml"}
    version = answered(await staff.post("/matching/v1/support-rules", content=content, headers=headers), step)
    path = f"/matching/v1/support-rules/{version['id']}/activate"
    answered(await staff.post(path, headers={"Idempotency-Key": f"sample-activate-{key}"}), step)


async def _work(staff: httpx.AsyncClient, tenant: str) -> tuple[dict[str, str], dict[str, str]]:
    data = json.loads((FOLDER / f"work-{SUFFIX[tenant]}.json").read_text(encoding="utf-8"))
    by_ref: dict[str, str] = {}
    companies: dict[str, str] = {}
    workplaces: dict[str, str] = {}
    offers: dict[str, str] = {}
    for company in data["companies"]:
        ref = company.pop("ref")
        by_ref[ref] = await _create(staff, "/matching/v1/companies", f"company-{ref}", company)
        companies[by_ref[ref]] = company["name"]
    for workplace in data.get("workplaces", ()):
        ref = workplace.pop("company")
        body = {**workplace, "company_id": by_ref[ref]}
        workplaces[ref] = await _create(staff, "/matching/v1/workplaces", f"workplace-{ref}", body)
    for offer in data["offers"]:
        ref = offer.pop("ref")
        said = {name: value for name, value in offer.items() if value is not None}
        company_ref = said.pop("company")
        body = {**said, "company_id": by_ref[company_ref]}
        made = await made_by(staff, "POST", "/matching/v1/offers", f"offer-{ref}", body)
        offers[made["id"]] = offer["title"]
        if company_ref in workplaces:
            await _link(staff, made, {**said, "workplace_id": workplaces[company_ref]})
    return companies, offers


async def _link(staff: httpx.AsyncClient, offer: dict[str, Any], body: dict[str, Any]) -> None:
    """Say where the work is. An offer that has a workplace, or is not shown any more, stays as it is."""
    if offer["workplace_id"] is None and offer["state"] == "published":
        await made_by(staff, "PUT", f"/matching/v1/offers/{offer['id']}", "workplace", body)


async def _counsellors(staff: httpx.AsyncClient, tenant: str) -> dict[str, str]:
    people = json.loads((FOLDER / f"counsellors-{SUFFIX[tenant]}.json").read_text(encoding="utf-8"))
    names = {}
    for number, person in enumerate(people):
        made = await _create(staff, "/booking/v1/counsellors", f"counsellor-{number}", person)
        names[made] = person["display_name"]
    return names


async def _create(staff: httpx.AsyncClient, path: str, name: str, body: dict[str, Any]) -> str:
    made = await made_by(staff, "POST", path, name, body)
    return str(made["id"])


async def made_by(
    client: httpx.AsyncClient, method: str, path: str, name: str, body: dict[str, Any], *statuses: int
) -> dict[str, Any]:
    """What this request makes, or made when it was sent before: its Idempotency-Key is made of `name` and content. Raises JourneyBroke."""
    content = json.dumps(body, sort_keys=True).encode()
    key = f"sample-{name}-{hashlib.sha256(content).hexdigest()[:12]}"
    headers = {"Idempotency-Key": key, "Content-Type": "application/json"}
    answer = await client.request(method, path, content=content, headers=headers)
    made: dict[str, Any] = answered(answer, f"sample {name}", *statuses)
    return made


async def connect_partner(world: World, tenant: str) -> str:
    """Give the sample agency a webhook endpoint and its secret; an endpoint from an earlier run gets a new secret.

    Returns the endpoint's id.
    """
    step = "partner: webhook endpoint"
    url = f"{world.plan.url('partner')}/webhooks"
    agency = world.tenants[tenant].spec.agencies[0].id
    async with world.staff(tenant) as staff:
        known = answered(await staff.get("/notify/v1/webhook-endpoints"), step)["data"]
        mine = next((e for e in known if e["url"] == url and e.get("agency_id") == agency), None)
        if mine is None:
            body = {"url": url, "events": REFERRAL_EVENTS, "agency_id": agency}
            made = answered(await staff.post("/notify/v1/webhook-endpoints", json=body), step)
        else:
            path = f"/notify/v1/webhook-endpoints/{mine['id']}"
            made = {"id": mine["id"], **answered(await staff.post(f"{path}/rotate"), step)}
            answered(await staff.post(f"{path}/enable"), step, 200, 201, 204, 409)
    secret = await world.http.post(
        f"{world.plan.url('partner')}/_fake/secret", json={"secret": made["secret"], "keep": False}
    )
    answered(secret, step)
    return str(made["id"])
