"""A whole stack: real servers, stand-ins and gateway; the four services are played by a tiny one, which starts fast."""

import fcntl
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest

from deploy.local.declared import REPOSITORY
from deploy.local.plan import Plan, service_specs
from deploy.local.ports import Ports, is_free
from deploy.local.preflight import CannotStart
from deploy.local.process import ProcessSpec
from deploy.local.stack import Stack
from deploy.local.supervisor import StartFailed

ECHO = "tests.integration.local.echo_service"


def echoes(plan: Plan) -> list[ProcessSpec]:
    return [
        replace(spec, argv=(sys.executable, "-m", ECHO, "--port", str(spec.port)))
        for spec in service_specs(plan)
    ]


def quiet(_: str) -> None:
    return None


@pytest.fixture
def plan(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Plan]:
    monkeypatch.setattr("deploy.local.stack.service_specs", echoes)
    plan = Plan(tmp_path / "a place with spaces", Ports.free())
    yield plan
    Stack(plan).down(quiet)


def pids(stack: Stack) -> dict[str, int | None]:
    return {name: process.pid() for name, process in stack.processes.items()}


def command(plan: Plan, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "BANSO_LOCAL_DIR": str(plan.root)}
    program = [sys.executable, "-m", "deploy.local", *arguments]
    return subprocess.run(
        program, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False
    )


def declared(plan: Plan) -> str:
    return command(plan, "run", "shared.declare", "list").stdout


def test_up_twice_down_twice_and_data_survive(plan: Plan) -> None:
    stack = Stack(plan)
    assert stack.up(quiet) is True
    assert {status.state for status in stack.status()} == {"ready"}
    before, first_declared = pids(stack), declared(plan)
    assert "tenant/sample-a" in first_declared and "tenant/sample-b" in first_declared
    assert stack.up(quiet) is False
    assert pids(stack) == before
    assert "ready" in command(plan, "status").stdout
    assert stack.down(quiet) is True
    assert stack.down(quiet) is False
    assert all(is_free(port) for port in asdict(plan.ports).values())
    stack.up(quiet)
    assert declared(plan) == first_declared


def test_a_half_started_stack_is_cleaned_and_started_anew(plan: Plan) -> None:
    stack = Stack(plan)
    stack.up(quiet)
    stack.kill("booking")
    before = pids(stack)
    lines: list[str] = []
    assert stack.up(lines.append) is True
    assert "found a half-started stack (booking not ready)" in lines[0]
    assert {status.state for status in stack.status()} == {"ready"}
    assert not set(pids(stack).values()) & set(before.values())


def test_a_start_that_fails_leaves_nothing_behind(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(plan: Plan) -> list[ProcessSpec]:
        failing = (sys.executable, "-c", "raise SystemExit('no tenant snapshot')")
        return [replace(spec, argv=failing) if spec.name == "notify" else spec for spec in echoes(plan)]

    monkeypatch.setattr("deploy.local.stack.service_specs", broken)
    stack = Stack(plan)
    with pytest.raises(StartFailed, match=r"notify ended before it was ready(.|\n)*no tenant snapshot"):
        stack.up(quiet)
    assert set(pids(stack).values()) == {None}
    assert all(is_free(port) for port in asdict(plan.ports).values())


def test_a_port_in_use_starts_nothing(plan: Plan) -> None:
    with socket.socket() as held:
        held.bind(("127.0.0.1", plan.ports.gateway))
        held.listen()
        stack = Stack(plan)
        with pytest.raises(CannotStart, match=f"port {plan.ports.gateway} for gateway is in use"):
            stack.up(quiet)
        assert set(pids(stack).values()) == {None}


def test_servers_of_ones_own_are_used_and_left_alone(plan: Plan, tmp_path: Path) -> None:
    first = Stack(plan)
    first.up(quiet)
    second = Stack(Plan(tmp_path / "second", Ports.free(), mongo_url=plan.mongo, nats_url=plan.nats))
    try:
        assert second.up(quiet) is True
        assert {"nats", "mongo"} & set(second.processes) == set()
        assert {status.state for status in first.status()} == {"ready"}
        assert "external" in command(second.plan, "status").stdout
    finally:
        second.down(quiet)
    assert {status.state for status in first.status()} == {"ready"}


def test_a_server_that_does_not_answer_is_named_without_its_password(plan: Plan) -> None:
    url = f"mongodb://me:secret@127.0.0.1:{plan.ports.mongo}/"
    with pytest.raises(
        CannotStart, match=f"BANSO_MONGO_URL is set to mongodb://127.0.0.1:{plan.ports.mongo}/ but"
    ) as told:
        Stack(replace(plan, mongo_url=url)).up(quiet)
    assert "secret" not in str(told.value)


def test_reset_forgets_data_and_keys(plan: Plan) -> None:
    stack = Stack(plan)
    stack.up(quiet)
    assert stack.key("sample-a", "staff").startswith("banso_live_")
    stack.reset(quiet)
    assert [path.name for path in plan.root.iterdir()] == ["lock"]
    assert set(pids(stack).values()) == {None}


def test_two_ups_at_once_do_not_mix(plan: Plan) -> None:
    plan.root.mkdir()
    with (plan.root / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(CannotStart, match="at work"):
            Stack(plan).up(quiet)


def test_a_mistaken_name_is_one_line(plan: Plan) -> None:
    done = command(plan, "logs", "intaek")
    assert done.returncode == 1
    assert done.stderr.startswith("make logs: there is no process intaek: choose one of ")
    assert len(done.stderr.splitlines()) == 1
