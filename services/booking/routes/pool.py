"""/booking/v1/pool: what the people of a pool do. The operator sees the ledger, a counsellor the own appointments, nobody more."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from services.booking.appointment import State
from services.booking.pooling import Pooling, Week
from services.booking.quota import Row, left
from services.booking.reassigning import Reassigning
from services.booking.roster import Roster
from services.booking.routes.counsellors import counsellor_routes
from services.booking.routes.imports import import_routes
from services.booking.routes.leaves import leave_routes
from services.booking.routes.shapes import AppointmentPath, MarkBody, MissedBody, join_url
from services.booking.sessions import Session, Sessions
from services.booking.slot import check_date
from shared.auth import Actor
from shared.clock import Clock
from shared.errors import Forbidden
from shared.events.booking import AppointmentChannel
from shared.http.request import CommandOf, PoolOf, pool_of, scope

Reader = Annotated[Actor, Depends(scope("pool:read"))]
Counselling = Annotated[Actor, Depends(scope("pool:sessions"))]
From = Annotated[
    date | None, Query(alias="from", description="First service date; the one that runs now if left out")
]
Days = Annotated[int, Query(ge=1, le=31)]


class SessionOut(BaseModel):
    """What holding this appointment needs, and nothing else: not who the resident is, nor anything beside it."""

    id: str
    municipality: str = Field(description="Short name of the municipality that it belongs to")
    service_date: date
    start_minute: int
    minutes: int
    label: str = Field(examples=["24:30-25:30"])
    starts_at: datetime
    channel: AppointmentChannel
    language: str | None = Field(default=None, description="The language that was wished for")
    join_url: str | None = None
    state: State

    @classmethod
    def of(cls, session: Session) -> Self:
        slot = session.appointment.slot
        return cls(
            id=session.appointment.id,
            municipality=session.tenant.spec.short_name,
            service_date=slot.service_date,
            start_minute=slot.start_minute,
            minutes=slot.minutes,
            label=slot.label,
            starts_at=slot.starts_at,
            channel=slot.channel,
            language=session.appointment.wishes.language,
            join_url=join_url(session.appointment, session.tenant),
            state=session.appointment.state,
        )


class SessionsOut(BaseModel):
    appointments: list[SessionOut]


class MemberWeek(BaseModel):
    """Minutes of one member's week. `released`: of the quota, what others have taken or may take now, and the member has not used."""

    tenant: str
    quota_minutes: int
    floor_minutes: int
    borrow: bool
    used_minutes: int
    borrowed_minutes: int = Field(description="Used beyond the quota")
    released_minutes: int = Field(description="Of the quota, no longer kept for the member")
    left_minutes: int = Field(description="What it could still take for a date that is not released yet")
    left_near_minutes: int = Field(description="What it could still take for a date that is released")

    @classmethod
    def of(cls, week: Week, member: str) -> Self:
        share, row = week.far.share(member), week.rows.get(member, Row())
        return cls(
            tenant=member,
            quota_minutes=share.quota,
            floor_minutes=share.floor,
            borrow=share.borrow,
            used_minutes=row.used,
            borrowed_minutes=max(0, row.used - share.quota),
            released_minutes=max(0, share.quota - max(row.used, week.far.secured(member, row))),
            left_minutes=left(week.far, week.rows, member),
            left_near_minutes=left(week.near, week.rows, member),
        )


class PoolWeek(BaseModel):
    """`monday` is the first service date. `capacity_minutes` is what the pool's counsellors offer, leave taken off."""

    monday: date
    capacity_minutes: int
    used_minutes: int
    members: list[MemberWeek]

    @classmethod
    def of(cls, week: Week) -> Self:
        return cls(
            monday=week.monday,
            capacity_minutes=week.capacity,
            used_minutes=sum(row.used for row in week.rows.values()),
            members=[MemberWeek.of(week, member) for member in week.far.shares],
        )


class LedgerOut(BaseModel):
    weeks: list[PoolWeek]


def pool_routes(
    clock: Clock, roster: Roster, reassigning: Reassigning, pooling: Pooling, sessions: Sessions
) -> list[APIRouter]:
    """The operator's: counsellors, their leave and busy times kept elsewhere, the ledger. A counsellor's: the own appointments."""
    read, write = scope("pool:read"), scope("pool:write")
    counsellors = counsellor_routes(
        roster.counsellors, roster, prefix="/pool", tag="pool", read=read, write=write
    )
    leaves = leave_routes(
        clock,
        roster,
        reassigning,
        prefix="/pool",
        tag="pool",
        read=read,
        write=write,
        home_of=pool_of,
    )
    imports = import_routes(clock, roster, prefix="/pool", tag="pool", write=write, home_of=pool_of)
    return [counsellors, leaves, imports, ledger_routes(pooling), session_routes(sessions)]


def ledger_routes(pooling: Pooling) -> APIRouter:
    router = APIRouter(prefix="/pool", tags=["pool"])

    @router.get("/ledger")
    async def pool_ledger(
        actor: Reader,
        pool: PoolOf,
        first: From = None,
        weeks: Annotated[int, Query(ge=1, le=8)] = 4,
    ) -> LedgerOut:
        """Quotas, floors and what was used of them, week by week from the one of `from` on."""
        mondays = pooling.mondays(pool, first, weeks)
        return LedgerOut(weeks=[PoolWeek.of(week) for week in await pooling.weeks(pool, mondays)])

    return router


def session_routes(sessions: Sessions) -> APIRouter:
    router = APIRouter(prefix="/pool/me/appointments", tags=["pool"])

    @router.get("")
    async def list_my_sessions(
        actor: Counselling, pool: PoolOf, first: From = None, days: Days = 7
    ) -> SessionsOut:
        """The counsellor's own appointments, of all municipalities, in order of time."""
        today = sessions.today(pool)
        check_date("from", first or today, today)
        found = await sessions.between(pool, _me(actor), first or today, days)
        return SessionsOut(appointments=[SessionOut.of(session) for session in found])

    @router.post("/{appointment_id}/attended")
    async def mark_my_session_attended(
        appointment_id: AppointmentPath,
        actor: Counselling,
        pool: PoolOf,
        command: CommandOf,
        body: MarkBody | None = None,
    ) -> SessionOut:
        """The resident came. From the start on (409 `not-started` before). The note is the municipality's, sealed with its key."""
        note = body.note if body else None
        return SessionOut.of(await sessions.attended(pool, _me(actor), appointment_id, note, command))

    @router.post("/{appointment_id}/missed")
    async def mark_my_session_missed(
        appointment_id: AppointmentPath,
        actor: Counselling,
        pool: PoolOf,
        command: CommandOf,
        body: MissedBody | None = None,
    ) -> SessionOut:
        """It did not take place; `by` says whether the resident or the counsellor could not come. From the start on."""
        said = body or MissedBody()
        done = await sessions.missed(pool, _me(actor), appointment_id, said.by, said.note, command)
        return SessionOut.of(done)

    return router


def _me(actor: Actor) -> str:
    if actor.counsellor_id is None:
        raise Forbidden("this credential names no counsellor")
    return actor.counsellor_id
