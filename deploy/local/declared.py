"""What must exist before the services start: secrets, the development issuer, API keys, declared tenants."""

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import yaml

from shared.declare import read
from shared.keys import create_issuer, issue
from shared.secrets import create_missing
from shared.tenancy import SCOPES, Tenant

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLE_TENANTS = Path(__file__).parent / "tenants"
STAFF_SCOPES = tuple(scope for scope in SCOPES if scope != "referrals:respond")
PARTNER_SCOPES = ("referrals:read", "referrals:respond")


class CommandFailed(Exception):
    """A command of shared/ ended with an error; the message carries what it printed."""


def sample_tenants() -> list[Tenant]:
    """The municipalities that every local stack declares."""
    return [resource for resource in read([SAMPLE_TENANTS]) if isinstance(resource, Tenant)]


@dataclass(frozen=True)
class Materials:
    """Files below a stack's root that are made once and kept until `reset`."""

    root: Path

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def issuer(self) -> Path:
        return self.root / "issuer"

    @property
    def declared(self) -> Path:
        return self.root / "declared"

    def key_file(self, tenant: str, name: str) -> Path:
        """File with the plain text of an API key (mode 0600; only a local stack keeps one)."""
        return self.root / "keys" / f"{tenant}-{name}.key"

    def create_missing(self, tenants: list[Tenant]) -> None:
        """Make secrets, issuer and keys that do not exist yet; existing ones are never touched."""
        for tenant in tenants:
            create_missing(self.secrets, tenant.id)
        create_issuer(self.issuer)
        for tenant in tenants:
            self._issue(tenant.id, "staff", STAFF_SCOPES, agency=None)
            for agency in tenant.spec.agencies[:1]:
                self._issue(tenant.id, "partner", PARTNER_SCOPES, agency=agency.id)

    def apply(self, nats_url: str) -> None:
        """Write the sample tenants and the keys to the registry; creates the streams too."""
        run_shared(
            "declare", "apply", str(SAMPLE_TENANTS), str(self.declared), env={"BANSO_NATS_URL": nats_url}
        )

    def _issue(self, tenant: str, name: str, scopes: tuple[str, ...], *, agency: str | None) -> None:
        key_file = self.key_file(tenant, name)
        resource_file = self.declared / f"{tenant}-{name}.yaml"
        if key_file.exists() and resource_file.exists():
            _rescope(resource_file, scopes)
            return
        text, resource = issue(tenant, name, "live", list(scopes), agency, None)
        self.declared.mkdir(parents=True, exist_ok=True)
        key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key_file.touch(mode=0o600)
        key_file.write_text(text + "\n")
        resource_file.write_text(yaml.safe_dump(resource, sort_keys=False))


def _rescope(resource_file: Path, scopes: tuple[str, ...]) -> None:
    """Keys outlive upgrades of Banso; scopes that came with an upgrade are given to the sample keys too."""
    resource = yaml.safe_load(resource_file.read_text())
    if resource["spec"]["scopes"] != list(scopes):
        resource["spec"]["scopes"] = list(scopes)
        resource_file.write_text(yaml.safe_dump(resource, sort_keys=False))


def run_shared(module: str, *arguments: str, env: dict[str, str] | None = None) -> str:
    """Run `python -m shared.<module>` and return what it printed; CommandFailed when it ended with an error."""
    done = subprocess.run(
        [sys.executable, "-m", f"shared.{module}", *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise CommandFailed(
            f"shared.{module} {arguments[0]} failed: {done.stderr.strip() or done.stdout.strip()}"
        )
    return done.stdout
