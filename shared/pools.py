"""Pools: counsellors whom several municipalities share, and how much of their time each may count on.

A pool is declared like a tenant (KV bucket `pools`) and shares the tenants' name space: its id stands where a tenant's would (the home of
its counsellors and their calendars, the `banso_tenant` of its people's tokens), so no tenant may have the same one. It has no
residents, no pages and no secrets. See docs/decisions/0013-shared-pool.md.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from shared.tenancy import TENANT_PATTERN, Declared, Metadata, Quotas

Hours = float
MOST_HOURS = 100_000.0


class PoolMember(Declared):
    """Hours of a service week. `floor_hours` of the quota are lent to nobody; `borrow`: may it go beyond its quota?"""

    tenant: str = Field(pattern=TENANT_PATTERN)
    quota_hours: Hours = Field(ge=0, le=MOST_HOURS)
    floor_hours: Hours = Field(default=0, ge=0, le=MOST_HOURS)
    borrow: bool = False

    @model_validator(mode="after")
    def _floor_is_part_of_the_quota(self) -> Self:
        if self.floor_hours > self.quota_hours:
            raise ValueError("floor_hours is part of quota_hours, and not more")
        return self

    @property
    def quota(self) -> int:
        """Minutes a week."""
        return round(self.quota_hours * 60)

    @property
    def floor(self) -> int:
        """Minutes a week."""
        return round(self.floor_hours * 60)


class PoolSpec(Declared):
    """What members have not used of their quotas is free to others for service dates nearer than `release_days` days."""

    name: str
    sample: bool = False
    time_zone: Literal["Asia/Tokyo"] = "Asia/Tokyo"
    release_days: int = Field(default=7, ge=0, le=180)
    members: tuple[PoolMember, ...] = Field(min_length=1)
    quotas: Quotas = Quotas()
    """Limits of requests by the pool's own people."""

    @model_validator(mode="after")
    def _each_member_once(self) -> Self:
        names = [member.tenant for member in self.members]
        if len(names) != len(set(names)):
            raise ValueError("a municipality is a member once")
        return self


class Pool(Declared):
    """`kind: Pool`. The id is `metadata.name`."""

    api_version: Literal["banso/v1"] = Field(alias="apiVersion", default="banso/v1")
    kind: Literal["Pool"]
    metadata: Metadata
    spec: PoolSpec

    @property
    def id(self) -> str:
        return self.metadata.name

    def member(self, tenant_id: str) -> PoolMember | None:
        return next((m for m in self.spec.members if m.tenant == tenant_id), None)
