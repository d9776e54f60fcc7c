"""A send list: drawn up, looked at by a person, approved, sent; or discarded. Approving twice sends once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Final, Literal

from services.matching.eligibility import Obstacle
from services.matching.sending.choosing import LeftOut
from shared.clock import TOKYO
from shared.errors import Conflict
from shared.events.envelope import Payload
from shared.events.matching.sending import SendListApproved

State = Literal["draft", "approved", "sent", "discarded"]
Withheld = Literal["not_agreed", "too_soon", "week_full", "nothing_left"]
GOOD_FOR: Final = timedelta(days=7)


class ListClosed(Conflict):
    """The list was sent or discarded."""

    slug = "send-list-closed"


class ListTooOld(Conflict):
    """The list was drawn up too long ago: draw up a new one."""

    slug = "send-list-too-old"


@dataclass(frozen=True)
class SendList:
    """`week` names the week in Tokyo (2026-W49). `people` would be sent something; `told` and `withheld` (by reason) were gone through.

    `batch` marks its entries; `model_hash` names what was learned and used.
    """

    id: str
    week: str
    created_at: datetime
    batch: str
    people: int
    left_out: Mapping[LeftOut, int] = field(default_factory=dict)
    met: Mapping[Obstacle, int] = field(default_factory=dict)
    companies: Mapping[str, int] = field(default_factory=dict)
    model_hash: str | None = None
    state: State = "draft"
    approved_at: datetime | None = None
    approved_by: str | None = None
    finished_at: datetime | None = None
    told: int = 0
    withheld: Mapping[Withheld, int] = field(default_factory=dict)


def week_of(now: datetime) -> str:
    """The ISO week in Tokyo."""
    year, week, _ = now.astimezone(TOKYO).date().isocalendar()
    return f"{year}-W{week:02d}"


def first_day(week: str) -> date:
    """The Monday of a week."""
    year, _, number = week.partition("-W")
    return date.fromisocalendar(int(year), int(number), 1)


def approve(listed: SendList, by: str, now: datetime) -> tuple[SendList, list[Payload]]:
    """Let it be sent. Raises ListClosed, ListTooOld."""
    if listed.state in ("approved", "sent"):
        return listed, []
    if listed.state == "discarded":
        raise ListClosed("the list was discarded")
    if now - listed.created_at > GOOD_FOR:
        raise ListTooOld("a list is good for seven days")
    approved = replace(listed, state="approved", approved_at=now, approved_by=by)
    event = SendListApproved(send_list_id=listed.id, week=listed.week, people=listed.people)
    return approved, [event]


def discard(listed: SendList, now: datetime) -> tuple[SendList, list[Payload]]:
    """Nothing more of it is sent. Raises ListClosed when everything was."""
    if listed.state == "discarded":
        return listed, []
    if listed.state == "sent":
        raise ListClosed("the list was sent")
    return replace(listed, state="discarded", finished_at=now), []


def outdated(listed: SendList, now: datetime) -> bool:
    """Was it approved so long ago that it is not sent any more, e.g. because sending was turned off meanwhile?"""
    return listed.approved_at is not None and now - listed.approved_at > GOOD_FOR


def finish(
    listed: SendList, told: int, withheld: Mapping[Withheld, int], now: datetime
) -> tuple[SendList, list[Payload]]:
    """Everybody was gone through."""
    if listed.state != "approved":
        return listed, []
    return replace(listed, state="sent", finished_at=now, told=told, withheld=dict(withheld)), []
