"""A process that is told to leave finishes what it has in hand and loses nothing."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import nats
import pytest

from shared.clock import system_now
from shared.events.envelope import envelop
from shared.events.intake import ResidentRegistered
from shared.mongo import Database
from shared.settings import CoreSettings
from tests.harness import Harness, a_tenant, eventually
from tests.integration.shared.tiny import DURABLE
from tests.servers import embedded

PAYLOAD = ResidentRegistered(resident_id="res_1", channel="web", anonymous=True, municipality_code="990019")


class Process:
    """The tiny service as a process of its own."""

    def __init__(self, settings: CoreSettings, folder: Path) -> None:
        self.settings, self.folder = settings, folder
        self.port = embedded.free_port()
        self.client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=60)
        self.db = Database(settings.mongo_url, f"{settings.database_prefix}_tiny")

    async def start(self) -> None:
        folder = self.folder
        values = {
            "BANSO_MONGO_URL": self.settings.mongo_url, "BANSO_NATS_URL": self.settings.nats_url,
            "BANSO_DATABASE_PREFIX": self.settings.database_prefix, "BANSO_SECRETS_DIR": str(self.settings.secrets_dir),
            "BANSO_STAFF_JWKS": self.settings.staff_jwks, "BANSO_SHUTDOWN_GRACE": "30", "PORT": str(self.port),
        }  # fmt: skip
        with (folder / "tiny.log").open("ab") as log:
            self.running = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "tests.integration.shared.tiny", str(folder),
                env={**os.environ, **values}, stdout=log, stderr=log,
            )  # fmt: skip
        await eventually(self.ready, until=lambda status: status == 200, within=30)

    async def ready(self) -> int:
        assert self.running.returncode is None, (self.folder / "tiny.log").read_text()[-3000:]
        try:
            return (await self.client.get("/readyz")).status_code
        except httpx.TransportError:
            return 0

    async def in_hand(self, name: str) -> None:
        async def there() -> bool:
            return (self.folder / f"{name}.in-hand").exists()

        await eventually(there)

    def let_go(self, name: str) -> None:
        (self.folder / f"{name}.go").touch()

    def leave(self) -> None:
        self.running.send_signal(signal.SIGTERM)

    async def left(self) -> int:
        return await asyncio.wait_for(self.running.wait(), 60)

    async def rows(self, collection: str) -> list[dict[str, Any]]:
        return await self.db[collection].find({}).to_list(None)

    async def close(self) -> None:
        if self.running.returncode is None:
            self.running.kill()
            await self.running.wait()
        await self.client.aclose()
        self.db.close()


@pytest.fixture
async def process(harness: Harness, tmp_path: Path) -> AsyncIterator[Process]:
    await harness.declare(a_tenant("kyoto"))
    made = Process(harness.settings, tmp_path)
    await made.start()
    yield made
    await made.close()


async def publish(settings: CoreSettings, *subjects: str) -> None:
    nc = await nats.connect(settings.nats_url)
    for subject in subjects:
        [event] = envelop(
            [PAYLOAD], source="/intake", tenant="kyoto", subject=subject, sequence=1, now=system_now()
        )
        await nc.jetstream().publish(event.nats_subject, event.encode(), headers=event.headers())
    await nc.close()


async def test_a_request_in_hand_is_finished_and_new_ones_are_sent_elsewhere(
    process: Process, harness: Harness
) -> None:
    headers = harness.staff("kyoto")
    asked = asyncio.create_task(
        process.client.post("/tiny/v1/things", json={"name": "slow"}, headers=headers)
    )
    await process.in_hand("request")
    process.leave()
    process.let_go("background")
    await eventually(process.ready, until=lambda status: status == 503)

    async def refused() -> int:
        return (
            await process.client.post("/tiny/v1/things", json={"name": "late"}, headers=headers)
        ).status_code

    await eventually(refused, until=lambda status: status == 503)
    assert not asked.done()
    process.let_go("request")
    answer = await asked
    assert answer.status_code == 201
    assert await process.left() == 0
    [thing] = [row for row in await process.rows("things") if row["_id"] == answer.json()["id"]]
    assert (thing["outbox"], "outbox_at" in thing) == ([], False), (
        "its event went out before the process left"
    )
    assert "slow" in [row["name"] for row in await process.rows("things")]
    assert len(await process.rows("event_log")) == 1 + sum(
        r["name"] == "late" for r in await process.rows("things")
    )


async def test_background_work_in_hand_is_finished(process: Process) -> None:
    process.leave()
    await process.in_hand("background")
    assert process.running.returncode is None
    process.let_go("background")
    assert await process.left() == 0
    assert [row["name"] for row in await process.rows("things")] == ["finished"]


async def test_a_batch_in_hand_is_finished_and_what_comes_later_waits_for_the_next_process(
    process: Process, harness: Harness
) -> None:
    process.let_go("background")
    await publish(harness.settings, "slow")
    await process.in_hand("effect")
    await publish(harness.settings, "later-1", "later-2")
    process.leave()
    await eventually(process.ready, until=lambda status: status != 200)
    process.let_go("effect")
    assert await process.left() == 0
    assert "slow" in [row["subject"] for row in await process.rows("effects")]
    await process.start()
    await eventually(lambda: process.rows("effects"), until=lambda rows: len(rows) == 3)
    assert {row["subject"] for row in await process.rows("effects")} == {"slow", "later-1", "later-2"}
    nc = await nats.connect(harness.settings.nats_url)

    async def waiting() -> tuple[int, int]:
        info = await nc.jetstream().consumer_info(DURABLE.stream, DURABLE.name)
        return info.num_pending or 0, info.num_ack_pending or 0

    await eventually(waiting, until=lambda left: left == (0, 0))
    await nc.close()
