"""Checks before anything starts; each failure is one clear line that says what to do."""

import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

from deploy.local.ports import holder, is_free
from deploy.local.process import ProcessSpec
from deploy.local.readiness import Probe


class CannotStart(Exception):
    """Why the stack was not started, in one line."""


def tool(name: str) -> str:
    """Path of a program that comes with the virtual environment (or is on PATH); CannotStart when it is missing."""
    beside_python = Path(sys.executable).parent / name
    found = str(beside_python) if beside_python.exists() else shutil.which(name)
    if found is None:
        raise CannotStart(
            f"{name} is missing from {beside_python.parent}: remove .venv and run `make up` again"
        )
    return found


def check_platform() -> None:
    """The stack knows its processes by /proc: Linux, or Windows with WSL 2."""
    if not Path("/proc/self/stat").exists():
        raise CannotStart(
            "the local stack needs Linux (on Windows: WSL 2; elsewhere: a Linux container or machine)"
        )


def check_ports(specs: Iterable[ProcessSpec], extra: Iterable[int] = ()) -> None:
    """Every port the stack will listen on is free; CannotStart names the first that is not, and who holds it."""
    for name, port in [*((spec.name, spec.port) for spec in specs), *(("the stack", port) for port in extra)]:
        if is_free(port):
            continue
        held_by = holder(port)
        who = f"process {held_by[0]} ({held_by[1][:60]})" if held_by else "another process"
        setting = f"BANSO_PORT_{name.upper()}=<free port> make up" if name != "the stack" else "another port"
        raise CannotStart(f"port {port} for {name} is in use by {who}: stop it, or use {setting}")


def check_external(name: str, url: str, probe: Probe) -> None:
    """A server that we were pointed at answers; CannotStart when it does not."""
    reason = probe.failure()
    if reason is not None:
        raise CannotStart(
            f"{name} is set to {without_password(url)} but nothing good answers there: {reason}"
        )


def without_password(url: str) -> str:
    """The address without user name and password."""
    scheme, separator, rest = url.partition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"
