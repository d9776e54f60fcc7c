"""Real processes of the stand-ins, started by the same supervisor that `make up` uses."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.local.declared import REPOSITORY
from deploy.local.ports import Ports
from deploy.local.process import ProcessSpec
from deploy.local.readiness import HttpReady, Probe
from deploy.local.supervisor import Supervisor

Run = Callable[..., Supervisor]


def module_spec(name: str, module: str, *arguments: str, port: int, ready: Probe) -> ProcessSpec:
    """A process `python -m module arguments...`."""
    return ProcessSpec(name, (sys.executable, "-m", module, *arguments), ready, port)


@pytest.fixture
def ports() -> Ports:
    """Free ports for this test."""
    return Ports.free()


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    """Start specs and wait until they are ready; everything is stopped at the end."""
    supervisors: list[Supervisor] = []

    def start(*specs: ProcessSpec) -> Supervisor:
        supervisor = Supervisor(tmp_path, REPOSITORY, specs)
        supervisors.append(supervisor)
        for wave in supervisor.waves():
            supervisor.start_wave(wave, lambda line: None)
        return supervisor

    yield start
    for supervisor in supervisors:
        supervisor.stop_all(lambda line: None)


def json_ready(port: int, path: str) -> Probe:
    """Ready when GET `path` answers 200."""
    return HttpReady(f"http://127.0.0.1:{port}{path}")
