"""/booking/v1/pools: what a municipality sees of the pools that it shares. Of other members nothing, neither names nor numbers."""

from datetime import date
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from services.booking.counsellor import Counsellor
from services.booking.pooling import Pooling, Week
from services.booking.routes.pool import From, MemberWeek
from shared.auth import Actor
from shared.events.booking import AppointmentChannel
from shared.http.request import TenantOf, scope
from shared.pools import Pool
from shared.tenancy import TENANT_PATTERN

Reader = Annotated[Actor, Depends(scope("counsellors:read"))]
PoolPath = Annotated[str, Path(pattern=TENANT_PATTERN)]


class SharedPool(BaseModel):
    """`release_days`: what members have not used is free to others for service dates nearer than this."""

    id: str
    name: str
    release_days: int

    @classmethod
    def of(cls, pool: Pool) -> Self:
        return cls(id=pool.id, name=pool.spec.name, release_days=pool.spec.release_days)


class SharedPools(BaseModel):
    pools: list[SharedPool]


class PoolCounsellor(BaseModel):
    """What one needs to know to wish for somebody."""

    id: str
    pool: str
    display_name: str
    languages: list[str]
    skills: list[str]
    channels: list[AppointmentChannel]

    @classmethod
    def of(cls, pool: Pool, counsellor: Counsellor) -> Self:
        about = {name: getattr(counsellor, name) for name in cls.model_fields if name != "pool"}
        return cls.model_validate({**about, "pool": pool.id})


class PoolCounsellors(BaseModel):
    counsellors: list[PoolCounsellor]


class OwnWeek(MemberWeek):
    monday: date = Field(description="First service date of the week")

    @classmethod
    def of(cls, week: Week, member: str) -> Self:
        return cls(**MemberWeek.of(week, member).model_dump(), monday=week.monday)


class OwnLedger(BaseModel):
    weeks: list[OwnWeek]


def pools_routes(pooling: Pooling) -> APIRouter:
    router = APIRouter(prefix="/pools", tags=["pools"])

    @router.get("")
    async def list_pools(actor: Reader, tenant: TenantOf) -> SharedPools:
        """The pools that the municipality shares."""
        return SharedPools(pools=[SharedPool.of(pool) for pool in pooling.registry.pools_of(tenant.id)])

    @router.get("/{pool_id}/counsellors")
    async def list_pool_counsellors(pool_id: PoolPath, actor: Reader, tenant: TenantOf) -> PoolCounsellors:
        """Who can be talked to."""
        pool = pooling.pool(tenant.id, pool_id)
        people = await pooling.counsellors.all(pool.id)
        return PoolCounsellors(counsellors=[PoolCounsellor.of(pool, p) for p in people if p.active])

    @router.get("/{pool_id}/ledger")
    async def own_ledger(
        pool_id: PoolPath,
        actor: Reader,
        tenant: TenantOf,
        first: From = None,
        weeks: Annotated[int, Query(ge=1, le=8)] = 4,
    ) -> OwnLedger:
        """What the municipality has used of its quota and what is left, week by week from the one of `from` on."""
        pool = pooling.pool(tenant.id, pool_id)
        found = await pooling.weeks(pool, pooling.mondays(pool, first, weeks))
        return OwnLedger(weeks=[OwnWeek.of(week, tenant.id) for week in found])

    return router
