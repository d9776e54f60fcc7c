"""Whatever comes in, no service answers with a server error: schemathesis over every OpenAPI document, with each kind of credential."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.demo.world import World
from tests.e2e.residents import register, session
from tests.e2e.stacks import Running

SERVICES = ("intake", "matching", "booking", "notify")
SCHEMATHESIS = Path(sys.executable).parent / "schemathesis"
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance"
CASES_PER_OPERATION = 8
PATIENCE_SECONDS = 400
"""One of them takes half a minute on an idle machine."""
OWN = "/me/"


@pytest.mark.timeout(PATIENCE_SECONDS + 20)
@pytest.mark.parametrize("who", ["staff", "resident"])
@pytest.mark.parametrize("service", SERVICES)
async def test_no_input_makes_a_server_error(
    banso: Running, world: World, service: str, who: str, tmp_path: Path
) -> None:
    async with world.staff("sample-a") as staff:
        token = await session(staff, await register(staff))
    credential = banso.stack.key("sample-a", "staff") if who == "staff" else token
    paths = ["--include-path-regex" if who == "resident" else "--exclude-path-regex", OWN]
    done = await asyncio.to_thread(
        subprocess.run,
        [
            str(SCHEMATHESIS), "run", f"{banso.plan.url('gateway')}/{service}/openapi.json",
            "--header", f"Authorization: Bearer {credential}",
            "--checks", CHECKS, "--max-examples", str(CASES_PER_OPERATION), "--seed", "20261122",
            "--phases", "examples,coverage,fuzzing", "--suppress-health-check", "all", "--warnings", "off",
            *paths,
        ],
        cwd=tmp_path,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_SECONDS,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-1000:]
    assert "passed" in done.stdout
