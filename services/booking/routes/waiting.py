"""/booking/v1/me/waiting and /booking/v1/waiting: waiting for a time, and what staff put first."""

from datetime import date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Depends, Path, Response
from pydantic import BaseModel, Field

from services.booking.counsellor import Gender
from services.booking.routes.shapes import (
    AppointmentId,
    Body,
    CounsellorId,
    Language,
    Minute,
    Minutes,
    ShortText,
)
from services.booking.waiting import Entry, State, Wanted, Window
from services.booking.waitlist import Waitlist
from shared.auth import Actor
from shared.events.booking import AppointmentChannel
from shared.http.etag import IfMatch, etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, ResidentOf, TenantOf, scope
from shared.ids import id_pattern

WaitingPath = Annotated[str, Path(pattern=id_pattern("wai"))]
Reader = Annotated[Actor, Depends(scope("appointments:read"))]
Writer = Annotated[Actor, Depends(scope("appointments:write"))]
Weekday = Annotated[int, Field(ge=0, le=6)]


class WindowBody(Body):
    """Times that suit, in minutes of the service day: weekdays 0-4 (Monday is 0) from 1200 to 1560 is 20:00-26:00 on working days."""

    weekdays: list[Weekday] = Field(default=[0, 1, 2, 3, 4, 5, 6], min_length=1, max_length=7)
    start_minute: Minute = 0
    end_minute: Minute = 1800


class WaitingBody(Body):
    """What is left out does not matter. `earlier_than` is an appointment of one's own that an earlier time would replace."""

    channel: AppointmentChannel = "online"
    minutes: Minutes = 60
    windows: list[WindowBody] = Field(default=[], max_length=14)
    counsellor_id: CounsellorId | None = None
    language: Language | None = None
    skills: list[ShortText] = Field(default=[], max_length=10)
    earlier_than: AppointmentId | None = None
    gender: Gender | None = None

    def wanted(self) -> Wanted:
        return Wanted(
            self.channel,
            self.minutes,
            tuple(Window(tuple(sorted(set(w.weekdays))), w.start_minute, w.end_minute) for w in self.windows),
            self.counsellor_id,
            self.language,
            tuple(dict.fromkeys(self.skills)),
            self.earlier_than,
            self.gender,
        )


class OfferOut(BaseModel):
    """A time that is kept for the resident until `until`."""

    appointment_id: str
    counsellor_id: str
    service_date: date
    start_minute: int
    end_minute: int
    label: str = Field(examples=["24:30-25:30"])
    starts_at: datetime
    until: datetime


class WaitingOut(BaseModel):
    id: str
    state: State
    channel: AppointmentChannel
    minutes: int
    windows: list[WindowBody]
    counsellor_id: str | None
    language: str | None
    skills: list[str]
    gender: Gender | None
    earlier_than: str | None
    joined_at: datetime
    offer: OfferOut | None
    version: int

    @classmethod
    def of(cls, entry: Entry, **more: object) -> Self:
        wanted, offer = entry.wanted, entry.offer if entry.state == "offered" else None
        return cls.model_validate(
            {
                "id": entry.id,
                "state": entry.state,
                "channel": wanted.channel,
                "minutes": wanted.minutes,
                "windows": [
                    {"weekdays": list(w.weekdays), "start_minute": w.start_minute, "end_minute": w.end_minute}
                    for w in wanted.windows
                ],
                "counsellor_id": wanted.counsellor_id,
                "language": wanted.language,
                "skills": list(wanted.skills),
                "gender": wanted.gender,
                "earlier_than": wanted.earlier_than,
                "joined_at": entry.joined_at,
                "offer": offer
                and {
                    **{
                        name: getattr(offer.slot, name)
                        for name in (
                            "counsellor_id", "service_date", "start_minute", "end_minute", "label", "starts_at"
                        )
                    },
                    "appointment_id": offer.appointment_id,
                    "until": offer.until,
                },
                "version": entry.version,
                **more,
            }
        )  # fmt: skip


class StaffWaitingOut(WaitingOut):
    """`priority` 0..3, 3 is served first; `passed` counts the times that were offered and not taken."""

    resident_id: str
    priority: int
    offers: int
    passed: int

    @classmethod
    def of_entry(cls, entry: Entry) -> Self:
        return cls.of(
            entry,
            resident_id=entry.resident_id,
            priority=entry.priority,
            offers=entry.offers,
            passed=len(entry.passed),
        )


class PriorityBody(Body):
    priority: int = Field(ge=0, le=3)


def waiting_routes(waitlist: Waitlist) -> APIRouter:
    router = APIRouter(tags=["waiting list"])

    @router.post("/me/waiting", status_code=201)
    async def join_waiting_list(
        body: WaitingBody, actor: ResidentOf, tenant: TenantOf, command: CommandOf, response: Response
    ) -> WaitingOut:
        """Wait for a time. When one becomes free it is kept for a while, and the resident is told. Three at once at most."""
        joined = await waitlist.join(tenant, actor.require_resident(), body.wanted(), command)
        return _tagged(joined, response)

    @router.get("/me/waiting")
    async def list_my_waiting(actor: ResidentOf) -> list[WaitingOut]:
        """What the resident waits or has waited for, newest first."""
        mine = await waitlist.waiting.of_resident(actor.tenant, actor.require_resident())
        return [WaitingOut.of(entry) for entry in mine]

    @router.delete("/me/waiting/{waiting_id}", status_code=204)
    async def leave_waiting_list(
        waiting_id: WaitingPath, actor: ResidentOf, tenant: TenantOf, command: CommandOf
    ) -> Response:
        """Wait no longer; a time that is kept is given back."""
        await waitlist.leave(tenant, waiting_id, actor.require_resident(), command)
        return Response(status_code=204)

    @router.post("/me/waiting/{waiting_id}/take")
    async def take_offered_time(
        waiting_id: WaitingPath, actor: ResidentOf, tenant: TenantOf, command: CommandOf, response: Response
    ) -> WaitingOut:
        """Take the offered time; 409 `offer-ended` once it is no longer kept."""
        return _tagged(await waitlist.take(tenant, waiting_id, actor.require_resident(), command), response)

    @router.post("/me/waiting/{waiting_id}/pass")
    async def pass_offered_time(
        waiting_id: WaitingPath, actor: ResidentOf, tenant: TenantOf, command: CommandOf, response: Response
    ) -> WaitingOut:
        """Not this time. The place is kept; the same time is not offered again."""
        return _tagged(await waitlist.pass_(tenant, waiting_id, actor.require_resident(), command), response)

    @router.get("/waiting")
    async def list_waiting(actor: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[StaffWaitingOut]:
        """Who waits, in the order in which they are served."""
        page = await waitlist.waiting.page(actor.tenant, cursor, limit)
        return Page(data=[StaffWaitingOut.of_entry(entry) for entry in page.data], next=page.next)

    @router.put("/waiting/{waiting_id}/priority")
    async def put_priority(
        waiting_id: WaitingPath,
        body: PriorityBody,
        actor: Writer,
        tenant: TenantOf,
        response: Response,
        expected: IfMatch,
    ) -> StaffWaitingOut:
        """How urgent it is, 0..3: 3 is served first. An offer that somebody has already stays theirs."""
        entry = await waitlist.prioritise(tenant, waiting_id, body.priority, expected)
        response.headers.update(etag(entry.version))
        return StaffWaitingOut.of_entry(entry)

    return router


def _tagged(entry: Entry, response: Response) -> WaitingOut:
    response.headers.update(etag(entry.version))
    return WaitingOut.of(entry)
