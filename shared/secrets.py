"""Secrets are files, mounted per tenant: `<dir>/<tenant>/<name>`. They are never in KV, events or logs.

session_key            signs residents' sessions (text, at least 32 characters)
data_keys/<key id>     seal fields (urlsafe base64 of 32 bytes); the last key id in lexical order is the newest
line_channel_secret    checks LINE's signature
line_access_token      speaks to LINE
join_hook_secret       signs requests for the address of an online session (`whsec_…`, Standard Webhooks)
hellowork_id, hellowork_password   fetch the employment service's lists of offers; optional, given by the employment service
"""

import base64
import secrets as entropy
from pathlib import Path

from shared.errors import BansoError


class MissingSecret(BansoError):
    """Names the file that is missing, never its content."""


class Secrets:
    """Reads the mounted files; a changed file is seen at the next use."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._cache: dict[Path, tuple[int, bytes]] = {}

    def text(self, tenant: str, name: str) -> str:
        """The secret `name` of the tenant. Raises MissingSecret."""
        return self._read(self.directory / tenant / name).decode().strip()

    def data_keys(self, tenant: str) -> dict[str, bytes]:
        """Key id -> 32 bytes. Raises MissingSecret when there is none."""
        folder = self.directory / tenant / "data_keys"
        names = (
            sorted(p.name for p in folder.iterdir() if not p.name.startswith(".")) if folder.is_dir() else []
        )
        if not names:
            raise MissingSecret(f"no data key for tenant {tenant}")
        return {name: base64.urlsafe_b64decode(self._read(folder / name)) for name in names}

    def _read(self, path: Path) -> bytes:
        try:
            changed = path.stat().st_mtime_ns
            cached = self._cache.get(path)
            if cached and cached[0] == changed:
                return cached[1]
            content = path.read_bytes()
        except OSError as error:
            raise MissingSecret(f"secret {path.parent.name}/{path.name} cannot be read") from error
        self._cache[path] = (changed, content)
        return content


def create_missing(directory: Path, tenant: str) -> list[str]:
    """Make a new tenant's secret files, keeping those that exist. Returns the names created."""
    made = {
        "session_key": entropy.token_urlsafe(48),
        "data_keys/k1": base64.urlsafe_b64encode(entropy.token_bytes(32)).decode(),
        "line_channel_secret": entropy.token_hex(16),
        "line_access_token": entropy.token_urlsafe(48),
        "join_hook_secret": "whsec_" + base64.b64encode(entropy.token_bytes(32)).decode(),
    }
    created = []
    for name, value in made.items():
        path = directory / tenant / name
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_text(value)
            created.append(name)
    return created
