"""Starting, stopping and breaking the processes of a stack, in the order of their needs."""

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from deploy.local.process import POLL_SECONDS, Process, ProcessSpec

State = Literal["ready", "not ready", "stopped"]
Report = Callable[[str], None]

READY_SECONDS = 90.0


class StartFailed(Exception):
    """A process did not become ready. The message names it, says why, and shows the end of its log."""


@dataclass(frozen=True)
class ProcessStatus:
    """One row of `make status`."""

    name: str
    state: State
    pid: int | None
    port: int
    detail: str


class Supervisor:
    """The processes of one stack. Every method may be called from any process that knows the same root and specs."""

    def __init__(self, root: Path, cwd: Path, specs: Iterable[ProcessSpec]) -> None:
        self.processes = {spec.name: Process(spec, root, cwd) for spec in specs}

    def start(self, name: str, *, wait: bool = True, seconds: float = READY_SECONDS) -> float:
        """Start one process; with `wait`, return once it is ready (seconds it took), else raise StartFailed."""
        began = time.monotonic()
        self.processes[name].start()
        if wait:
            self.wait_ready(name, seconds)
        return time.monotonic() - began

    def wait_ready(self, name: str, seconds: float = READY_SECONDS) -> None:
        """Wait until the process answers its probe; StartFailed when it died or the deadline passed."""
        self._wait([name], seconds, lambda name, took: None)

    def stop(self, name: str) -> None:
        """SIGTERM, patience, SIGKILL."""
        process = self.processes[name]
        process.ask_to_stop()
        if not process.wait_gone(process.spec.stop_seconds):
            process.kill()

    def restart(self, name: str, *, wait: bool = True) -> None:
        """Stop politely and start again."""
        self.stop(name)
        self.start(name, wait=wait)

    def kill(self, name: str) -> None:
        """kill -9."""
        self.processes[name].kill()

    def pause(self, name: str) -> None:
        """SIGSTOP."""
        self.processes[name].pause()

    def resume(self, name: str) -> None:
        """SIGCONT."""
        self.processes[name].resume()

    def waves(self) -> list[list[str]]:
        """Names grouped so that each group needs only earlier groups."""
        waiting = {name: set(p.spec.needs) & set(self.processes) for name, p in self.processes.items()}
        waves: list[list[str]] = []
        while waiting:
            wave = [name for name, needs in waiting.items() if not needs]
            if not wave:
                raise ValueError(f"needs form a circle: {sorted(waiting)}")
            waves.append(wave)
            waiting = {name: needs - set(wave) for name, needs in waiting.items() if name not in wave}
        return waves

    def start_wave(self, names: list[str], report: Report) -> None:
        """Start processes side by side and wait for all; reports each as it becomes ready."""
        for name in names:
            self.processes[name].start()
        self._wait(
            names,
            READY_SECONDS,
            lambda name, took: report(
                f"  {name:<9} ready on port {self.processes[name].spec.port} after {took:.1f} s"
            ),
        )

    def _wait(self, names: list[str], seconds: float, ready: Callable[[str, float], None]) -> None:
        began = time.monotonic()
        waiting = list(names)
        while waiting:
            for name in list(waiting):
                process = self.processes[name]
                alive = process.pid() is not None
                reason = process.spec.ready.failure() if alive else "it ended"
                took = time.monotonic() - began
                if alive and reason is None:
                    waiting.remove(name)
                    ready(name, took)
                elif not alive or took > seconds:
                    raise StartFailed(_failure(process, reason or "", seconds if alive else None))
            time.sleep(POLL_SECONDS)

    def stop_all(self, report: Report) -> None:
        """Stop everything, last started first; each wave side by side."""
        for wave in reversed(self.waves()):
            running = [name for name in wave if self.processes[name].pid() is not None]
            for name in running:
                self.processes[name].ask_to_stop()
            for name in running:
                process = self.processes[name]
                if process.wait_gone(process.spec.stop_seconds):
                    report(f"  {name:<9} stopped")
                else:
                    process.kill()
                    report(
                        f"  {name:<9} did not stop within {process.spec.stop_seconds:.0f} s and was killed"
                    )

    def status(self) -> list[ProcessStatus]:
        """State of every process, probed now."""
        with ThreadPoolExecutor(max_workers=max(1, len(self.processes))) as pool:
            return list(pool.map(_status, self.processes.values()))


def _status(process: Process) -> ProcessStatus:
    spec, pid = process.spec, process.pid()
    if pid is None:
        return ProcessStatus(spec.name, "stopped", None, spec.port, "")
    reason = spec.ready.failure()
    return ProcessStatus(spec.name, "ready" if reason is None else "not ready", pid, spec.port, reason or "")


def _failure(process: Process, reason: str, deadline: float | None) -> str:
    what = (
        "ended before it was ready"
        if deadline is None
        else f"was not ready after {deadline:.0f} s ({reason})"
    )
    log = "".join(f"\n    {line}" for line in process.last_log_lines(15))
    return f"{process.spec.name} {what}; the end of {process.log}:{log or ' (empty)'}"
