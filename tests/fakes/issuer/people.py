"""Whom the development issuer signs in: samples, named as samples."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import aiohttp

from shared.declare import read
from shared.pools import Pool
from shared.tenancy import Tenant

TIMEOUT = aiohttp.ClientTimeout(total=5)


@dataclass(frozen=True)
class Person:
    """`home` is the municipality or the pool that the person belongs to."""

    id: str
    name: str
    home: str
    roles: tuple[str, ...]
    counsellor_id: str | None = None


class Declared:
    """People of the municipalities and pools below `declared`; counsellors as Banso knows them, asked with the staff's API keys."""

    def __init__(self, declared: Path, keys: Path | None = None, base_url: str = "") -> None:
        found = read([declared])
        self.tenants = [resource for resource in found if isinstance(resource, Tenant)]
        self.pools = [resource for resource in found if isinstance(resource, Pool)]
        self.keys = keys
        self.base_url = base_url

    async def at(self, host: str) -> Sequence[Person]:
        """Who may sign in at a host; nobody at one that is no municipality's."""
        tenant = next((t for t in self.tenants if host in t.spec.hosts), None)
        if tenant is None:
            return []
        return [
            Person("sample-staff", "見本 職員", tenant.id, ("staff",)),
            Person("sample-auditor", "見本 監査担当", tenant.id, ("auditor",)),
            *await self._counsellors(tenant),
            *(self._of_pool(pool) for pool in self.pools if pool.member(tenant.id)),
        ]

    def _of_pool(self, pool: Pool) -> Person:
        name = f"見本 プール担当（{pool.spec.name}）"
        return Person(f"sample-{pool.id}-staff", name, pool.id, ("pool_staff",))

    async def _counsellors(self, tenant: Tenant) -> list[Person]:
        known = await self._known_counsellors(tenant)
        if not known:
            return [Person("sample-counsellor", "見本 相談員（担当の時間なし）", tenant.id, ("counsellor",))]
        return [
            Person(
                f"sample-{found['id'][4:12]}", found["display_name"], tenant.id, ("counsellor",), found["id"]
            )
            for found in known
        ]

    async def _known_counsellors(self, tenant: Tenant) -> list[dict[str, str]]:
        """Empty while Banso does not answer: the others can sign in all the same."""
        key_file = self.keys / f"{tenant.id}-staff.key" if self.keys else None
        if key_file is None or not key_file.exists():
            return []
        headers = {"Authorization": f"Bearer {key_file.read_text().strip()}"}
        url = f"{self.base_url}/booking/v1/counsellors"
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT) as http,
                http.get(url, headers=headers) as answer,
            ):
                found: list[dict[str, str]] = (await answer.json())["data"] if answer.status == 200 else []
                return found
        except (aiohttp.ClientError, TimeoutError):
            return []
