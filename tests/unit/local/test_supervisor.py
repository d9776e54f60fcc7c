"""The order of starting and how a process is known again, without starting any."""

import json
import os
from pathlib import Path

import pytest

from deploy.local.process import Process, ProcessSpec
from deploy.local.supervisor import Supervisor


class Ready:
    def failure(self) -> str | None:
        return None


def spec(name: str, *needs: str) -> ProcessSpec:
    return ProcessSpec(name, ("true",), Ready(), 1, needs=needs)


def test_processes_start_after_what_they_need(tmp_path: Path) -> None:
    specs = [spec("gateway", "api"), spec("api", "nats", "mongo"), spec("nats"), spec("mongo")]
    assert Supervisor(tmp_path, tmp_path, specs).waves() == [["nats", "mongo"], ["api"], ["gateway"]]


def test_a_need_that_is_served_elsewhere_is_no_hindrance(tmp_path: Path) -> None:
    assert Supervisor(tmp_path, tmp_path, [spec("api", "mongo")]).waves() == [["api"]]


def test_needs_in_a_circle_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="circle"):
        Supervisor(tmp_path, tmp_path, [spec("a", "b"), spec("b", "a")]).waves()


def test_a_recycled_pid_is_not_taken_for_our_process(tmp_path: Path) -> None:
    process = Process(spec("api"), tmp_path, tmp_path)
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "api.pid").write_text(json.dumps({"pid": os.getpid(), "started": "1"}))
    assert process.pid() is None
    process.kill()


def test_a_damaged_pid_file_means_not_running(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "api.pid").write_text("{")
    assert Process(spec("api"), tmp_path, tmp_path).pid() is None
