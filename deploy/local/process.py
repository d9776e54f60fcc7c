"""One operating-system process of a stack: started in a session of its own, known again by pid and start time."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy.local.readiness import Probe

POLL_SECONDS = 0.05
LOG_LIMIT_BYTES = 20_000_000


@dataclass(frozen=True)
class ProcessSpec:
    """What to run. `env` is laid over the caller's environment; `needs` names processes that must be ready before.

    `stop_seconds` is the patience after SIGTERM before SIGKILL.
    """

    name: str
    argv: tuple[str, ...]
    ready: Probe
    port: int
    env: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    stop_seconds: float = 10.0


class Process:
    """The process of one spec below a stack's root directory: `run/<name>.pid`, `logs/<name>.log`."""

    def __init__(self, spec: ProcessSpec, root: Path, cwd: Path) -> None:
        self.spec = spec
        self.log = root / "logs" / f"{spec.name}.log"
        self._pid_file = root / "run" / f"{spec.name}.pid"
        self._cwd = cwd

    def pid(self) -> int | None:
        """The pid while the process we started is alive. A recycled pid or a zombie is not it."""
        try:
            known = json.loads(self._pid_file.read_text())
        except (OSError, json.JSONDecodeError):
            return None
        alive, started = _stat(known["pid"])
        if started != known["started"]:
            return None
        if not alive:
            _reap(known["pid"])
            return None
        return int(known["pid"])

    def start(self) -> None:
        """Start it unless it runs already; does not wait for readiness."""
        if self.pid() is not None:
            return
        self.log.parent.mkdir(parents=True, exist_ok=True)
        self._pid_file.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as out:
            child = subprocess.Popen(
                self.spec.argv,
                cwd=self._cwd,
                env={**os.environ, **self.spec.env},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self._pid_file.write_text(json.dumps({"pid": child.pid, "started": _stat(child.pid)[1]}))
        # The process outlives us by design: only its pid file refers to it from here on.
        child.returncode = 0

    def signal(self, number: signal.Signals) -> bool:
        """Send a signal to the whole process group; False when the process is not there."""
        pid = self.pid()
        if pid is None:
            return False
        try:
            os.killpg(pid, number)
        except ProcessLookupError:
            return False
        return True

    def kill(self) -> None:
        """kill -9, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        self.wait_gone(10.0)

    def pause(self) -> None:
        """Freeze it (SIGSTOP): sockets stay open, nothing answers."""
        self.signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a paused process go on."""
        self.signal(signal.SIGCONT)

    def ask_to_stop(self) -> None:
        """SIGTERM; a paused process is resumed so that it can hear it."""
        if self.signal(signal.SIGTERM):
            self.resume()

    def wait_gone(self, seconds: float) -> bool:
        """Wait until the process is gone; False when it is still there after `seconds`."""
        deadline = time.monotonic() + seconds
        while self.pid() is not None:
            if time.monotonic() > deadline:
                return False
            time.sleep(POLL_SECONDS)
        self._pid_file.unlink(missing_ok=True)
        return True

    def last_log_lines(self, count: int) -> list[str]:
        """The end of its log."""
        try:
            return self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-count:]
        except OSError:
            return []


def _stat(pid: int) -> tuple[bool, str | None]:
    """(still alive, start time in clock ticks since boot) of a pid, from proc(5) stat fields 3, 20 and 22.

    A process whose first thread is a zombie still holds its ports until its last thread is gone.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return False, None
    state, threads, started = fields[0], int(fields[17]), fields[19]
    return state not in "ZX" or threads > 1, started


def _reap(pid: int) -> None:
    try:
        os.waitpid(pid, os.WNOHANG)
    except ChildProcessError:
        # Another process started it; its own parent collects it.
        pass
