"""Stacks of the tests' own: real processes below a temporary directory, on free ports, with quotas that a test may use up."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pymongo
import yaml

from deploy.local.declared import REPOSITORY, SAMPLE_TENANTS
from deploy.local.plan import Plan
from deploy.local.ports import Ports
from deploy.local.stack import Stack

QUOTAS = {
    "requests_per_minute": 600_000,
    "requests_per_minute_per_caller": 600_000,
    "anonymous_per_minute": 60_000,
}


@dataclass(frozen=True)
class Running:
    """A stack that is up. `stack` starts, kills and pauses its processes."""

    stack: Stack
    plan: Plan

    def command(self, module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`python -m <module> <arguments>` as an operator runs it against this stack."""
        return subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=REPOSITORY,
            env={**os.environ, **self.plan.environment()},
            capture_output=True,
            text=True,
            check=False,
        )

    async def commanded(self, module: str, *arguments: str) -> str:
        """What the command printed; fails when it ended with an error."""
        done = await asyncio.to_thread(self.command, module, *arguments)
        assert done.returncode == 0, f"{module} {arguments}: {done.stderr or done.stdout}"
        return done.stdout

    def rows(self, service: str, collection: str, **where: Any) -> list[dict[str, Any]]:
        """Documents of one service's database, looked at from outside."""
        client: pymongo.MongoClient[dict[str, Any]] = pymongo.MongoClient(self.plan.mongo, tz_aware=True)
        try:
            return list(client[f"{self.plan.database_prefix}_{service}"][collection].find(where))
        finally:
            client.close()


@contextmanager
def running(root: Path) -> Iterator[Running]:
    """A stack that is up and whose tenants have generous quotas; everything is stopped at the end."""
    plan = Plan(root / "stack", Ports.free())
    stack = Stack(plan)
    stack.up(lambda line: None)
    try:
        made = Running(stack, plan)
        done = made.command("shared.declare", "apply", str(generous_tenants(root / "tenants")))
        assert done.returncode == 0, done.stderr
        yield made
    finally:
        stack.down(lambda line: None)


def generous_tenants(folder: Path) -> Path:
    """The sample tenants with quotas that no test reaches, as files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in SAMPLE_TENANTS.glob("*.yaml"):
        resource = yaml.safe_load(file.read_text(encoding="utf-8"))
        resource["spec"]["quotas"] = QUOTAS
        (folder / file.name).write_text(yaml.safe_dump(resource, allow_unicode=True), encoding="utf-8")
    return folder
