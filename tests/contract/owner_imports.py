"""The owner's walk through lists that are carried in and out, and profiles of occupations."""

from datetime import timedelta
from pathlib import Path
from typing import Any

from shared.clock import TOKYO
from tests.contract.walk import Walk
from tests.harness import Harness, eventually
from tests.integration.matching.importing import let_in
from tests.unit.matching.hellowork.samples import data, xml

OCCUPATIONS = "職業名,厚生労働省職業分類,現実的\nパンの仕込み（見本）,072-01,5\n"


PLACES = "pref,city,lat,lng,lgcode\n見本県,さくら市,35.5,135.5,990019\n"


def municipalities(harness: Harness) -> Path:
    """A list of them, for the settings of matching."""
    path = harness.issuer.parent / "municipalities.csv"
    path.write_text(PLACES)
    return path


async def walk_imports(walk: Walk, harness: Harness, tenant: str, municipality_code: str) -> dict[str, str]:
    """Matching knows `municipalities`, and an employment service that does not answer. Returns ids: import_id."""
    v1 = "/matching/v1"
    companies = f"company_key,name,municipality_code\nK1,見本商店,{municipality_code}\nK2,,\n"
    offers = (
        f"source_id,company_key,kind,title,municipality_code\nA-1,K1,job,見本の仕事,{municipality_code}\n"
    )

    async def carried(what: str, **sent: Any) -> dict[str, str]:
        found = {"import_id": (await walk.go("staff", "POST", f"{v1}/imports/{what}", **sent))["id"]}
        imports = harness.of("matching").core.db["imports"]
        ended = {"_id": found["import_id"], "tenant_id": tenant, "state": {"$in": ["finished", "failed"]}}
        await eventually(lambda: imports.count_documents(ended))
        return found

    ids = await carried("companies", content=companies.encode())
    await walk.go("staff", "GET", v1 + "/imports/{import_id}", ids)
    faults = await walk.go("staff", "GET", v1 + "/imports/{import_id}/faults", ids)
    assert faults["data"]
    await carried("offers", content=offers.encode())
    await carried("hellowork", content=xml(data()))
    let_in(harness, tenant, "M100-sample", "sample")
    clock = harness.of("matching").core.clock
    before, hour = clock.shift, clock.now().astimezone(TOKYO).hour
    clock.shift += timedelta(hours=12 - hour)  # by night nobody is asked
    await carried("hellowork/fetch")
    clock.shift = before
    await walk.go("staff", "GET", f"{v1}/imports")
    for what in ("companies", "workplaces", "offers"):
        await walk.go("staff", "GET", f"{v1}/exports/{{what}}", {"what": what})
    await walk.go("staff", "PUT", f"{v1}/occupations", content=OCCUPATIONS.encode())
    await walk.go("staff", "GET", f"{v1}/occupations")
    await walk.go("staff", "GET", v1 + "/occupations/{code}", {"code": "072-01"})
    return ids
