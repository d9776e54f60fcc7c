"""A process that follows a stream hears every event once, in order, whatever happens to its consumer; and knows when it does not."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import nats
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.aio.subscription import Subscription
from nats.js.api import StreamConfig

from shared import following
from shared.clock import system_now
from shared.events.booking import CounsellorChanged
from shared.events.envelope import Event, envelop
from shared.following import Following
from shared.streams import reconcile
from tests.harness import DEADLINE, eventually


@dataclass
class Follower:
    nc: Client
    heard: list[str] = field(default_factory=list)
    lost: int = 0
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    def start(self) -> None:
        self.following = Following(self.nc, "BOOKING", self.hear, self.lose)
        self.task = asyncio.ensure_future(self.following.run(self.stop))

    def hear(self, event: Event) -> None:
        self.heard.append(event.subject)

    def lose(self) -> None:
        self.lost += 1

    async def current(self) -> bool:
        return self.following.current

    async def has_heard(self) -> list[str]:
        return self.heard

    async def publish(self, *subjects: str) -> None:
        for subject in subjects:
            payload = [CounsellorChanged(counsellor_id=subject)]
            (event,) = envelop(
                payload, source="/booking", tenant="sample-a", subject=subject, sequence=1, now=system_now()
            )
            await self.nc.jetstream().publish(event.nats_subject, event.encode())

    async def consumers(self) -> list[str]:
        """Of this follower: durables of services left out."""
        found = await self.nc.jetstream().consumers_info("BOOKING")
        return [info.name for info in found if not info.config.durable_name]

    async def consumer(self) -> str:
        """Its one consumer: on a slow machine a silence may just have made it begin another."""
        (name,) = await eventually(self.consumers, until=lambda names: len(names) == 1)
        return name


@pytest.fixture
async def follower(nats_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Follower]:
    monkeypatch.setattr(following, "HEARTBEAT", 0.2)
    monkeypatch.setattr(following, "SILENCE", 0.6)
    nc = await nats.connect(nats_url)
    await reconcile(nc.jetstream())
    made = Follower(nc)
    yield made
    made.stop.set()
    await asyncio.wait_for(made.task, DEADLINE)
    await nc.close()


async def test_it_hears_in_order_what_is_published_from_now_on(follower: Follower) -> None:
    await follower.publish("before")
    follower.start()
    await eventually(follower.current)
    wanted = [f"n{n}" for n in range(50)]
    await follower.publish(*wanted)
    assert await eventually(follower.has_heard, until=lambda heard: len(heard) >= 50) == wanted


async def test_a_consumer_that_was_lost_is_made_again_behind_the_last_event(follower: Follower) -> None:
    follower.start()
    await eventually(follower.current)
    lost = follower.lost
    await follower.publish("one")
    await eventually(follower.has_heard)
    await follower.nc.jetstream().delete_consumer("BOOKING", await follower.consumer())
    await follower.publish("two", "three")
    assert await eventually(follower.has_heard, until=lambda heard: len(heard) >= 3) == [
        "one",
        "two",
        "three",
    ]
    assert follower.lost == lost


@pytest.mark.parametrize("then", [["two"], []], ids=["the next event shows it", "a heartbeat shows it"])
async def test_deliveries_that_are_missing_are_fetched_again(
    follower: Follower, monkeypatch: pytest.MonkeyPatch, then: list[str]
) -> None:
    to_drop, next_msg = ["one"], Subscription.next_msg

    async def dropping(subscription: Subscription, timeout: float | None = 1.0) -> Msg:
        msg = await next_msg(subscription, timeout)
        if to_drop and b'"one"' in msg.data:
            to_drop.clear()
            return await next_msg(subscription, timeout)
        return msg

    monkeypatch.setattr(Subscription, "next_msg", dropping)
    follower.start()
    await eventually(follower.current)
    await follower.publish("one", *then)
    wanted = ["one", *then]
    assert await eventually(follower.has_heard, until=lambda heard: len(heard) >= len(wanted)) == wanted
    assert to_drop == []


async def test_a_stream_that_is_another_one_is_reported_as_lost(follower: Follower) -> None:
    follower.start()
    await eventually(follower.current)
    lost = follower.lost
    await follower.publish("one", "two")
    await eventually(follower.has_heard, until=lambda heard: len(heard) == 2)
    js = follower.nc.jetstream()
    await js.delete_stream("BOOKING")
    await eventually(follower.current, until=lambda current: not current)
    await js.add_stream(StreamConfig(name="BOOKING", subjects=["evt.booking.>"]))
    await eventually(follower.current)
    assert follower.lost == lost + 1
    await follower.publish("three")
    assert await eventually(follower.has_heard, until=lambda heard: len(heard) == 3) == [
        "one",
        "two",
        "three",
    ]


async def test_what_was_missed_and_is_gone_is_reported_as_lost(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    follower.start()
    await eventually(follower.current)
    lost, gate = follower.lost, asyncio.Event()
    beginning = follower.following._beginning

    async def when_all_is_gone() -> int:
        await gate.wait()
        return await beginning()

    monkeypatch.setattr(follower.following, "_beginning", when_all_is_gone)
    js = follower.nc.jetstream()
    for name in await follower.consumers():
        await js.delete_consumer("BOOKING", name)
    await follower.publish("gone", "gone")
    await js.purge_stream("BOOKING")
    await follower.publish("there")
    gate.set()

    async def reported() -> bool:
        return follower.lost > lost

    await eventually(reported)
    await eventually(follower.current)
    await follower.publish("next")
    assert await eventually(follower.has_heard) == ["next"]


async def test_what_cannot_be_read_is_passed_over(follower: Follower) -> None:
    follower.start()
    await eventually(follower.current)
    await follower.nc.jetstream().publish("evt.booking.sample-a.counsellor.changed.v1", b"no event")
    await follower.publish("one")
    assert await eventually(follower.has_heard) == ["one"]


async def test_it_ends_although_a_message_comes_in_the_very_moment(
    follower: Follower, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A cancellation is lost then: Python 3.11's `wait_for`, which the client waits by, returns what has come instead."""
    next_msg = Subscription.next_msg
    lost: list[str] = []

    async def losing(subscription: Subscription, timeout: float | None = 1.0) -> Msg:
        try:
            return await next_msg(subscription, timeout)
        except asyncio.CancelledError:
            if lost:
                raise
            lost.append("once")
            return await next_msg(subscription, timeout)

    monkeypatch.setattr(Subscription, "next_msg", losing)
    follower.start()
    await eventually(follower.current)
    follower.stop.set()
    await asyncio.wait_for(follower.task, 5)
    assert lost


async def test_it_leaves_no_consumer_behind(follower: Follower) -> None:
    follower.start()
    await eventually(follower.current)
    await follower.consumer()
    follower.stop.set()
    await asyncio.wait_for(follower.task, DEADLINE)
    assert await follower.consumers() == []
