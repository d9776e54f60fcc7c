"""How long each hop took, from what really happened: event times, JetStream's own timestamps, the stand-ins' clocks."""

import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import nats
from nats.errors import TimeoutError as NatsTimeout
from nats.js.api import ConsumerConfig, DeliverPolicy

from deploy.local.demo.facts import Facts
from deploy.local.demo.story import Story
from deploy.local.demo.world import World
from shared.events.envelope import Event, decode
from shared.streams import STREAMS

MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True)
class Streamed:
    """An event and the instant (machine's clock, UTC) at which JetStream had stored it."""

    event: Event
    stored_at: datetime


@dataclass(frozen=True)
class Hop:
    """Milliseconds that one kind of hop took, each time it was made."""

    name: str
    english: str
    milliseconds: tuple[float, ...]


async def events_since(nats_url: str, began: datetime, residents: Iterable[str]) -> list[Streamed]:
    """Every event about `residents` that was stored since `began`, by stream sequence."""
    wanted = set(residents)
    nc = await nats.connect(nats_url)
    try:
        js = nc.jetstream()
        found = []
        for stream in STREAMS:
            if stream.name == "DLQ":
                continue
            config = ConsumerConfig(deliver_policy=DeliverPolicy.BY_START_TIME, opt_start_time=began)
            sub = await js.subscribe(
                stream.subjects[0], stream=stream.name, ordered_consumer=True, config=config
            )
            pending = (await sub.consumer_info()).num_pending or 0
            pending += sub.pending_msgs
            while pending > 0:
                try:
                    msg = await sub.next_msg(2)
                except (TimeoutError, NatsTimeout):
                    break
                pending = msg.metadata.num_pending
                event = decode(msg.data)
                if event.data.get("resident_id") in wanted:
                    found.append(Streamed(event, msg.metadata.timestamp.astimezone(UTC)))
            await sub.unsubscribe()
        return found
    finally:
        await nc.close()


def hops(world: World, journeys: Sequence[Facts], streamed: Sequence[Streamed]) -> list[Hop]:
    """The hops of the journeys. Event times are brought back to the machine's clock by the shift that held then."""
    happened = {s.event.id: _machine_time(world, s) for s in streamed}
    at = _finder(streamed, happened)
    line = [facts for facts in journeys if facts.greeting]
    return [
        Hop("画面とAPIの応答", "HTTP request -> answer, through the gateway", tuple(e.seconds * 1000 for e in world.exchanges)),
        Hop("書き込み → NATS", "event written -> stored by JetStream", tuple(_ms(happened[s.event.id], s.stored_at) for s in streamed)),
        Hop("友だち登録 → あいさつ", "LINE webhook -> reply on the phone", tuple(_ms(f.marks["follow"], _time(f.greeting["at"])) for f in line)),
        Hop("予約の確定 → 確認が届く", "confirmed -> on the phone, in the mailbox",
            tuple(_ms(at("booking.appointment.confirmed", f), _time(f.confirmation["at"])) for f in journeys)),
        Hop("紹介 → 連携先のWebhook", "referral sent -> webhook received",
            tuple(_ms(at("intake.referral.sent", f), _time(f.webhook["at"])) for f in line)),
        Hop("Webhook → 受け取りの返事", "webhook received -> acknowledged by API",
            tuple(_ms(_time(f.webhook["at"]), at("intake.referral.acknowledged", f)) for f in line)),
        Hop("予約の確定 → 経過に見える", "confirm answered -> seen in the timeline",
            tuple(_ms(f.marks["confirmed"], f.marks["visible"]) for f in journeys if "visible" in f.marks)),
    ]  # fmt: skip


def tell_hops(story: Story, measured: Sequence[Hop]) -> None:
    """A table of medians and maxima."""
    rows = [
        (
            hop.name,
            str(len(hop.milliseconds)),
            f"{statistics.median(hop.milliseconds):.0f}",
            f"{max(hop.milliseconds):.0f}",
            hop.english,
        )
        for hop in measured
        if hop.milliseconds
    ]
    story.table(("区間", "回数", "中央値 ms", "最大 ms", ""), rows)


def _machine_time(world: World, streamed: Streamed) -> datetime:
    """The event's time without the clock's shift: of the shifts that were set, the one that puts it just before its storing."""
    candidates = [streamed.event.time - shift for shift in world.shifts]
    return min(candidates, key=lambda at: abs(streamed.stored_at - at))


def _finder(streamed: Sequence[Streamed], happened: dict[str, datetime]) -> Callable[[str, Facts], datetime]:
    def at(kind: str, facts: Facts) -> datetime:
        return next(
            happened[s.event.id]
            for s in streamed
            if s.event.type == f"banso.{kind}.v1" and s.event.data["resident_id"] == facts.resident_id
        )

    return at


def _ms(start: datetime, end: datetime) -> float:
    return max(0.0, (end - start) / MILLISECOND)


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)
