"""Processor time of the processes that this one has started, from /proc; nothing where there is no /proc."""

import os
from pathlib import Path

TICKS = os.sysconf("SC_CLK_TCK")


def seconds(pid: int) -> float | None:
    """User and system seconds of `pid` so far, all its threads included."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / TICKS if fields else None


def child(part_of_command: str) -> int | None:
    """The pid of our own child whose command line contains the text."""
    for folder in Path("/proc").glob("[0-9]*"):
        fields = _stat(int(folder.name))
        if fields and int(fields[1]) == os.getpid() and part_of_command in _command(folder):
            return int(folder.name)
    return None


def _stat(pid: int) -> list[str]:
    """The fields of `/proc/<pid>/stat` behind the name (state, parent, ...); see proc(5)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


def _command(folder: Path) -> str:
    try:
        return (folder / "cmdline").read_text()
    except OSError:
        return ""
