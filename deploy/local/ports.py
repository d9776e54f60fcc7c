"""TCP ports on 127.0.0.1: which the stack uses, which are free, and who holds one that is not."""

import socket
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Ports:
    """Where each process of a stack listens. The defaults are those of `make up`."""

    gateway: int = 8080
    intake: int = 8101
    matching: int = 8102
    booking: int = 8103
    notify: int = 8104
    mongo: int = 8127
    nats: int = 8142
    line: int = 8190
    partner: int = 8191
    smtp: int = 8125
    mail: int = 8126
    issuer: int = 8192

    @classmethod
    def free(cls) -> "Ports":
        """Ports that nobody listens on now (for tests: every stack its own)."""
        names = [field.name for field in fields(cls)]
        sockets = [socket.socket() for _ in names]
        try:
            for held in sockets:
                held.bind((HOST, 0))
            return cls(**{name: held.getsockname()[1] for name, held in zip(names, sockets, strict=True)})
        finally:
            for held in sockets:
                held.close()

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Ports":
        """The defaults, except where `BANSO_PORT_<NAME>` says otherwise (`BANSO_PORT_GATEWAY=9080 make up`)."""
        named = {name: environment.get(f"BANSO_PORT_{name.upper()}") for name in asdict(cls())}
        return cls(**{name: int(value) for name, value in named.items() if value})


def is_free(port: int) -> bool:
    """Whether a server could listen on 127.0.0.1:`port` now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def holder(port: int) -> tuple[int, str] | None:
    """(pid, command line) of the process listening on `port`, or None when the kernel does not let us see it."""
    inodes = {f"socket:[{inode}]" for inode in _listening_inodes(port)}
    for process in Path("/proc").glob("[0-9]*"):
        if inodes & _open_files(process):
            command = (process / "cmdline").read_bytes().replace(b"\0", b" ")
            return int(process.name), command.decode(errors="replace").strip()
    return None


def _open_files(process: Path) -> set[str]:
    found = set()
    try:
        for link in (process / "fd").iterdir():
            with suppress(FileNotFoundError):
                found.add(str(link.readlink()))
    except OSError:
        # Somebody else's process, or one that just ended: nothing to see.
        pass
    return found


def _listening_inodes(port: int) -> set[str]:
    found: set[str] = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        try:
            rows = Path(table).read_text().splitlines()[1:]
        except OSError:
            continue
        for row in rows:
            columns = row.split()
            if columns[3] == "0A" and int(columns[1].rpartition(":")[2], 16) == port:
                found.add(columns[9])
    return found
