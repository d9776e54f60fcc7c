"""Whom the development issuer signs in: samples, named as samples."""

from collections.abc import Callable, Sequence
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
    """People of the municipalities and pools below `declared`. Counsellors are those whom Banso at `base_url` knows: it is asked with a
    token that `token_for(home, role)` makes."""

    def __init__(self, declared: Path, base_url: str, token_for: Callable[[str, str], str]) -> None:
        found = read([declared])
        self.tenants = [resource for resource in found if isinstance(resource, Tenant)]
        self.pools = [resource for resource in found if isinstance(resource, Pool)]
        self.base_url = base_url
        self.token_for = token_for

    async def at(self, host: str) -> Sequence[Person]:
        """Who may sign in at a host; nobody at one that is no municipality's."""
        tenant = next((t for t in self.tenants if host in t.spec.hosts), None)
        if tenant is None:
            return []
        people = [
            Person("sample-staff", "見本 職員", tenant.id, ("staff",)),
            Person("sample-auditor", "見本 監査担当", tenant.id, ("auditor",)),
            *await self._counsellors(tenant.id, "/counsellors", "staff", "counsellor"),
        ]
        for pool in self.pools:
            if pool.member(tenant.id):
                name = f"見本 プール担当（{pool.spec.name}）"
                people.append(Person(f"sample-{pool.id}-staff", name, pool.id, ("pool_staff",)))
                people += await self._counsellors(
                    pool.id, "/pool/counsellors", "pool_staff", "pool_counsellor"
                )
        return people

    async def _counsellors(self, home: str, path: str, asking: str, role: str) -> list[Person]:
        """Nobody while Banso does not answer: the others can sign in all the same."""
        headers = {"Authorization": f"Bearer {self.token_for(home, asking)}"}
        url = f"{self.base_url}/booking/v1{path}"
        try:
            async with (
                aiohttp.ClientSession(timeout=TIMEOUT) as http,
                http.get(url, headers=headers) as answer,
            ):
                found: list[dict[str, str]] = (await answer.json())["data"] if answer.status == 200 else []
        except (aiohttp.ClientError, TimeoutError):
            return []
        return [
            Person(f"sample-{each['id'][4:12]}", each["display_name"], home, (role,), each["id"])
            for each in found
        ]
