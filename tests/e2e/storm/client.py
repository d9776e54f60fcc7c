"""`python -m tests.e2e.storm.client FILE NUMBER`: one process that sends random commands and keeps a ledger of what was acknowledged.

FILE (JSON) says whom it asks and as whom: `bases`, `staff` (tenant -> key), `residents` (tenant -> {id: token}), `counsellors`
(tenant -> ids), `first_day`, `seed`, `commands`, `folder`. Each decided command becomes a line of `<folder>/<number>.jsonl` at once.
"""

import asyncio
import json
import random
import sys
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TextIO

import httpx

from tests.e2e.storm.asking import Insistent

Json = dict[str, Any]
MINUTES = [1320, 1350, 1380, 1410, 1440, 1470, 1500, 0, 30, 60, 480, 510, 540, 600, 660]
"""Before and after midnight, said as the day before and as the day itself, and around 9:00, midnight in UTC."""


class Client:
    def __init__(self, plan: Json, number: int, http: httpx.AsyncClient, ledger: TextIO) -> None:
        self.plan, self.number, self.ledger = plan, number, ledger
        self.chance = random.Random(f"{plan['seed']}-{number}")
        self.asking = Insistent(http, plan["bases"])
        self.sent = 0
        self.mine: dict[str, Json] = {}
        self.leaves: list[Json] = []

    async def run(self) -> None:
        acts: list[tuple[int, Callable[[], Awaitable[None]]]] = [
            (34, self.hold), (14, self.book), (16, self.confirm), (14, self.move), (10, self.cancel),
            (3, self.two_at_once), (3, self.series), (3, self.leave), (3, self.leave_ends),
        ]  # fmt: skip
        weights, doing = [w for w, _ in acts], [act for _, act in acts]
        while self.sent < self.plan["commands"]:
            await self.chance.choices(doing, weights)[0]()
        self.note({"op": "figures", **self.asking.figures})

    async def hold(self) -> None:
        tenant, resident = self.somebody()
        await self.take("hold", tenant, resident, "/me/appointments", self.wish(tenant))

    async def book(self) -> None:
        tenant, resident = self.somebody()
        await self.take("book", tenant, None, "/appointments", self.wish(tenant) | {"resident_id": resident})

    async def take(self, op: str, tenant: str, resident: str | None, path: str, body: Json) -> None:
        answer = await self.command(op, tenant, resident, "POST", path, body)
        if answer["status"] == 201:
            self.mine[answer["id"]] = {"tenant": tenant, **answer}

    async def confirm(self) -> None:
        if found := self.one_of("held"):
            await self.act("confirm", found, by_resident=True)

    async def cancel(self) -> None:
        if found := self.one_of("held", "confirmed"):
            await self.act("cancel", found, by_resident=self.chance.random() < 0.7)

    async def move(self) -> None:
        if found := self.one_of("confirmed"):
            body = self.wish(found["tenant"])
            await self.act("move", found, body, by_resident=self.chance.random() < 0.7)

    async def two_at_once(self) -> None:
        """The resident's telephone and the counter at the same moment."""
        found = self.one_of("held", "confirmed")
        if found is None:
            return
        first = "confirm" if found["state"] == "held" else "move"
        body = self.wish(found["tenant"]) if first == "move" else None
        await asyncio.gather(
            self.act(first, found, body, by_resident=True), self.act("cancel", found, by_resident=False)
        )

    async def act(self, op: str, found: Json, body: Json | None = None, *, by_resident: bool) -> None:
        who = found["resident_id"] if by_resident else None
        path = f"{'/me' if by_resident else ''}/appointments/{found['id']}/{op}"
        answer = await self.command(op, found["tenant"], who, "POST", path, body)
        known = self.mine[found["id"]]
        if answer["status"] == 200 and answer["version"] >= known["version"]:
            known.update(answer)
        elif answer.get("slug") in ("wrong-state", "hold-expired"):
            known["state"] = "gone"

    async def series(self) -> None:
        tenant, resident = self.somebody()
        body = self.wish(tenant) | {"resident_id": resident, "count": 2}
        body["first_date"] = body.pop("service_date")
        answer = await self.command("series", tenant, None, "POST", "/series", body)
        for made in answer.get("appointments", []):
            self.mine[made["id"]] = {"tenant": tenant, **made}

    async def leave(self) -> None:
        tenant, _ = self.somebody()
        counsellor = self.chance.choice(self.plan["counsellors"][tenant])
        day = str(self.day())
        body = {"from_date": day, "to_date": day, "from_minute": 1410, "to_minute": 1440}
        path = f"/counsellors/{counsellor}/leaves"
        answer = await self.command("leave", tenant, None, "POST", path, body)
        if answer["status"] == 201:
            self.leaves.append({"tenant": tenant, "path": f"{path}/{answer['leave']['id']}"})

    async def leave_ends(self) -> None:
        if self.leaves:
            ended = self.leaves.pop(self.chance.randrange(len(self.leaves)))
            await self.command("leave ends", ended["tenant"], None, "DELETE", ended["path"], None)

    async def command(
        self, op: str, tenant: str, resident: str | None, method: str, path: str, body: Json | None
    ) -> Json:
        self.sent += 1
        token = self.plan["residents"][tenant][resident] if resident else self.plan["staff"][tenant]
        key = f"storm-{self.plan['seed']}-{self.number}-{self.sent}"
        headers = {"Authorization": f"Bearer {token}"}
        answer = await self.asking.ask(method, path, body, key, headers)
        said: Json = answer.json() if answer.content else {}
        if answer.status_code >= 400:
            said = {"slug": said["type"].rpartition("/")[2]}
        line = {"op": op, "tenant": tenant, "path": path, **said, "status": answer.status_code}
        self.note(line)
        return line

    def note(self, line: Json) -> None:
        self.ledger.write(json.dumps(line) + "\n")
        self.ledger.flush()

    def somebody(self) -> tuple[str, str]:
        tenant = self.chance.choice(["sample-a", "sample-a", "sample-a", "sample-b"])
        return tenant, self.chance.choice(list(self.plan["residents"][tenant]))

    def one_of(self, *states: str) -> Json | None:
        found = [known for known in self.mine.values() if known["state"] in states]
        return self.chance.choice(found) if found else None

    def wish(self, tenant: str) -> Json:
        return {
            "counsellor_id": self.chance.choice([*self.plan["counsellors"][tenant], None]),
            "service_date": str(self.day()),
            "start_minute": self.chance.choice(MINUTES),
            "minutes": self.chance.choice([30, 60, 60, 90]),
            "channel": "online",
        }

    def day(self) -> date:
        return date.fromisoformat(self.plan["first_day"]) + timedelta(days=self.chance.randrange(6))


async def main(file: str, number: int) -> None:
    plan = json.loads(Path(file).read_text())
    with (Path(plan["folder"]) / f"{number}.jsonl").open("a") as ledger:
        async with httpx.AsyncClient() as http:
            await Client(plan, number, http, ledger).run()


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
