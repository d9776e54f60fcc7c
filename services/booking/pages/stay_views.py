"""A stay at a workplace in the words of the resident's pages: how it stands, when it is, who has agreed, what is needed before."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.booking.centre.experience import PARTIES, Experience, Session
from services.booking.centre.place import Kind, Place
from services.booking.pages.views import time_text
from shared.events.booking import Party
from shared.web.pages import WEEKDAYS, service_minute_text

KINDS: dict[Kind, str] = {"work_experience": "職場体験", "supported_short_job": "支援つきの短い仕事"}
PARTY_NAMES: dict[Party, str] = {"resident": "あなた", "workplace": "受け入れ先", "municipality": "窓口"}
PREREQUISITES = {
    "insurance": "保険に入ること",
    "health_check": "健康診断を受けること",
    "orientation": "前もって説明を聞くこと",
}
Standing = Literal["waiting", "decided", "running", "over", "stepped_back", "called_off", "lapsed"]
STANDINGS: dict[Standing, str] = {
    "waiting": "同意を待っています",
    "decided": "決まりました",
    "running": "始まっています",
    "over": "終わりました",
    "stepped_back": "取りやめました",
    "called_off": "なくなりました",
    "lapsed": "期限がすぎました",
}
AHEAD: frozenset[Standing] = frozenset({"waiting", "decided", "running"})


@dataclass(frozen=True)
class StayView:
    """`agreed` says of each party by name when it agreed, None when it has not yet. `needed` is what the workplace needs beforehand."""

    stay: Experience
    place: Place
    kind: str
    standing: Standing
    week: list[str]
    agreed: list[tuple[str, datetime | None]]
    needed: list[str]
    may_agree: bool
    may_withdraw: bool

    @property
    def said(self) -> str:
        return STANDINGS[self.standing]

    @property
    def ahead(self) -> bool:
        """Whether something of it is still to come."""
        return self.standing in AHEAD


def view_of(stay: Experience, place: Place, now: datetime) -> StayView:
    """The stay as it stands at `now`."""
    standing = standing_of(stay, now)
    agreed = [(PARTY_NAMES[p], stay.agreed[p].at if p in stay.agreed else None) for p in PARTIES]
    return StayView(
        stay,
        place,
        KINDS[place.kind],
        standing,
        week_text(stay.sessions),
        agreed,
        [PREREQUISITES.get(code, f"窓口が知らせること（{code}）") for code in place.prerequisites],
        may_agree=standing == "waiting" and "resident" in stay.missing,
        may_withdraw=standing in AHEAD,
    )


def standing_of(stay: Experience, now: datetime) -> Standing:
    """How it stands for the resident, also where the clock was faster than the record."""
    if stay.state == "cancelled":
        by = stay.cancelled_by
        return "stepped_back" if by == "resident" else "lapsed" if by == "system" else "called_off"
    if stay.state == "requested":
        return "waiting" if now < stay.agree_by else "lapsed"
    if stay.state == "completed" or now >= stay.sessions[-1].ends_at:
        return "over"
    return "decided" if now < stay.sessions[0].starts_at else "running"


def week_text(sessions: tuple[Session, ...]) -> list[str]:
    """On which weekdays and at what times: 月・水 13:00から15:00まで, one line for each time, the earliest first."""
    days: dict[tuple[int, int], set[int]] = defaultdict(set)
    for session in sessions:
        stretch = session.stretch
        days[stretch.start_minute, stretch.end_minute].add(stretch.service_date.weekday())
    return [
        f"{'・'.join(WEEKDAYS[day] for day in sorted(weekdays))} {time_text(start)}から{service_minute_text(end)}まで"
        for (start, end), weekdays in sorted(days.items())
    ]
