"""Notify for two municipalities, with the stand-ins as processes of their own (one set for all tests)."""

from collections.abc import AsyncIterator, Iterator

import pytest

from deploy.local.declared import REPOSITORY
from deploy.local.ports import Ports
from deploy.local.supervisor import Supervisor
from tests.harness import Harness
from tests.integration.local.conftest import json_ready, module_spec
from tests.integration.notify.partner import Partner, subscribe
from tests.integration.notify.stand_ins import TENANTS, StandIns
from tests.integration.notify.world import World, open_world


@pytest.fixture(scope="session")
def stand_in_processes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StandIns]:
    root = tmp_path_factory.mktemp("stand-ins")
    ports = Ports.free()
    line = ["--port", str(ports.line)]
    for tenant in TENANTS:
        for name in ("secret", "token"):
            (root / f"{tenant}.{name}").write_text(f"{name}-of-{tenant}")
        files = f"secret-file={root / tenant}.secret,token-file={root / tenant}.token"
        line += ["--channel", f"tenant={tenant},{files},webhook=http://127.0.0.1:{ports.gateway}/"]
    mail = ["--smtp-port", str(ports.smtp), "--http-port", str(ports.mail)]
    specs = [
        module_spec("line", "tests.fakes.line", *line, port=ports.line, ready=json_ready(ports.line, "/_fake/ready")),
        module_spec("mail", "tests.fakes.mail", *mail, port=ports.mail, ready=json_ready(ports.mail, "/_fake/messages")),
        module_spec("partner", "tests.fakes.partner", "--port", str(ports.partner), port=ports.partner,
                    ready=json_ready(ports.partner, "/_fake/ready")),
    ]  # fmt: skip
    supervisor = Supervisor(root, REPOSITORY, specs)
    for wave in supervisor.waves():
        supervisor.start_wave(wave, lambda line: None)
    yield StandIns(ports)
    supervisor.stop_all(lambda line: None)


@pytest.fixture
async def stand_ins(stand_in_processes: StandIns) -> AsyncIterator[StandIns]:
    """The stand-ins, without faults that an earlier test left."""
    await stand_in_processes.clear()
    yield stand_in_processes


@pytest.fixture
async def world(harness: Harness, stand_ins: StandIns) -> World:
    """Notify is running; it is noon in Tokyo."""
    return await open_world(harness, stand_ins)


@pytest.fixture
async def partner(world: World) -> Partner:
    made = await subscribe(world)
    await world.outside.partner_secret(made.secret)
    return made
