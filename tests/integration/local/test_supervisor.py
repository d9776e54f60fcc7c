"""Starting, stopping and breaking real processes."""

import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.declared import REPOSITORY
from deploy.local.ports import Ports, holder, is_free
from deploy.local.preflight import CannotStart, check_ports
from deploy.local.process import ProcessSpec
from deploy.local.readiness import HttpReady, MongoReady, NatsReady, TcpReady
from deploy.local.supervisor import StartFailed, Supervisor
from tests.integration.local.conftest import Run, json_ready, module_spec

ECHO = "tests.integration.local.echo_service"


def echo(port: int, *options: str, name: str = "echo") -> ProcessSpec:
    return module_spec(
        name, ECHO, "--port", str(port), *options, port=port, ready=json_ready(port, "/readyz")
    )


def test_a_process_is_killed_paused_and_started_again(run: Run, ports: Ports) -> None:
    stack = run(echo(ports.intake))
    first = stack.processes["echo"].pid()
    stack.kill("echo")
    assert [status.state for status in stack.status()] == ["stopped"]
    stack.start("echo")
    assert stack.processes["echo"].pid() not in (None, first)
    stack.pause("echo")
    assert [status.state for status in stack.status()] == ["not ready"]
    stack.resume("echo")
    stack.wait_ready("echo")


def test_a_paused_process_can_be_stopped(run: Run, ports: Ports) -> None:
    stack = run(echo(ports.intake))
    stack.pause("echo")
    stack.stop("echo")
    assert stack.processes["echo"].pid() is None


def test_a_process_that_will_not_stop_is_killed_and_said_so(run: Run, ports: Ports) -> None:
    spec = echo(ports.intake, "--stubborn")
    stack = run(ProcessSpec(spec.name, spec.argv, spec.ready, spec.port, stop_seconds=0.3))
    lines: list[str] = []
    stack.stop_all(lines.append)
    assert "was killed" in lines[0]
    assert is_free(ports.intake)


def test_starting_what_runs_already_starts_nothing(run: Run, ports: Ports) -> None:
    stack = run(echo(ports.intake))
    pid = stack.processes["echo"].pid()
    stack.start("echo")
    assert stack.processes["echo"].pid() == pid


def test_another_program_sees_and_stops_the_same_processes(run: Run, ports: Ports, tmp_path: Path) -> None:
    stack = run(echo(ports.intake))
    program = (
        "from pathlib import Path\n"
        "from deploy.local.supervisor import Supervisor\n"
        "from tests.integration.local.test_supervisor import echo\n"
        f"stack = Supervisor(Path({str(tmp_path)!r}), Path('.'), [echo({ports.intake})])\n"
        "print(stack.status()[0].state)\n"
        "stack.stop('echo')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "ready"
    assert stack.processes["echo"].pid() is None


def test_a_process_that_ends_early_is_named_with_its_last_words(run: Run, ports: Ports) -> None:
    argv = (sys.executable, "-c", "import sys; sys.exit('no database')")
    with pytest.raises(StartFailed, match=r"api ended before it was ready(.|\n)*no database"):
        run(ProcessSpec("api", argv, TcpReady("127.0.0.1", ports.intake), ports.intake))


def test_a_process_that_is_never_ready_is_named_with_the_reason(ports: Ports, tmp_path: Path) -> None:
    argv = (sys.executable, "-c", "import signal; signal.pause()")
    ready = HttpReady(f"http://127.0.0.1:{ports.intake}/readyz")
    stack = Supervisor(tmp_path, REPOSITORY, [ProcessSpec("api", argv, ready, ports.intake)])
    try:
        with pytest.raises(StartFailed, match=r"api was not ready after 0 s \(http://.*refused"):
            stack.start("api", seconds=0.2)
    finally:
        stack.kill("api")


def test_a_port_in_use_is_told_with_its_holder(ports: Ports) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", ports.intake))
        held.listen()
        assert holder(ports.intake) is not None
        with pytest.raises(
            CannotStart, match=f"port {ports.intake} for intake is in use by process {os.getpid()}"
        ):
            check_ports([echo(ports.intake, name="intake")])
    check_ports([echo(ports.intake, name="intake")])


def test_the_embedded_servers_answer_their_probes_and_survive_a_kill(
    run: Run, ports: Ports, tmp_path: Path
) -> None:
    tools = Path(sys.executable).parent
    mongo_url = f"mongodb://127.0.0.1:{ports.mongo}/?directConnection=true&retryWrites=false"
    nats = (
        str(tools / "nats-server"),
        "-a",
        "127.0.0.1",
        "-p",
        str(ports.nats),
        "-js",
        "-sd",
        str(tmp_path / "nats"),
    )
    mongo = (str(tools / "secantusd-py"), "--host", "127.0.0.1", "--port", str(ports.mongo))
    mongo += ("--storage-path", str(tmp_path / "mongo"), "--sync-on-commit", "--log-level", "WARNING")  # type: ignore[assignment]
    stack = run(
        ProcessSpec("nats", nats, NatsReady("127.0.0.1", ports.nats), ports.nats),
        ProcessSpec("mongo", mongo, MongoReady(mongo_url), ports.mongo),
    )
    for name in ("nats", "mongo"):
        stack.processes[name].signal(signal.SIGKILL)
        assert stack.processes[name].wait_gone(10)
        assert stack.processes[name].spec.ready.failure() is not None
        stack.start(name)


def test_a_web_server_is_not_taken_for_nats(run: Run, ports: Ports) -> None:
    run(echo(ports.intake))
    assert NatsReady("127.0.0.1", ports.intake).failure() is not None
