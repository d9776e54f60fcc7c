"""The sample journey as a whole: a resident of A from the first message to the attended appointment, one of B beside it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from deploy.local.demo import (
    appointment,
    centre,
    evening,
    neighbour,
    referral,
    samples,
    support,
    timeline,
    work,
)
from deploy.local.demo.apart import Attempt, keep_apart, tell_apart
from deploy.local.demo.expecting import eventually, expect
from deploy.local.demo.facts import Facts
from deploy.local.demo.latency import Hop, events_since, hops, tell_hops
from deploy.local.demo.person import Person
from deploy.local.demo.samples import Loaded
from deploy.local.demo.story import Story
from deploy.local.demo.walk import Walk
from deploy.local.demo.world import World, service_time, tonight

A, B, POOL = "sample-a", "sample-b", "sample-pool"
ANSWERS_A = {
    "achievement": 3,
    "autonomy": 3,
    "growth": 4,
    "service": 3,
    "relationships": 4,
    "safety": 3,
    "balance": 5,
    "stability": 5,
    "reward": 4,
}
WISHES_A = {
    "areas": ["991007", "992038"],
    "hours": [{"weekdays": [0, 1, 2, 3, 4, 5, 6], "start": "20:00", "end": "26:00"}],
    "wage_floor": 1100,
}
HALF_PAST_MIDNIGHT = 24 * 60 + 30
NIGHTS_LOOKED_AT = 25
CONFIRMED = "banso.booking.appointment.confirmed.v1"


@dataclass
class Told:
    """What a whole run leaves: the facts of both residents, the refused attempts, the measured hops."""

    a: Facts
    b: Facts
    refused: list[Attempt] = field(default_factory=list)
    measured: list[Hop] = field(default_factory=list)


async def tell_all(world: World, story: Story) -> Told:
    """Walk and tell everything. Raises JourneyBroke at the first thing that is not as it should be."""
    began = datetime.now(UTC)
    loaded_a, loaded_b = await asyncio.gather(samples.load(world, A), samples.load(world, B))
    await samples.load_pool(world, POOL, A)
    await centre.load(world, A, loaded_a.companies)
    await samples.connect_partner(world, A)
    night = await _a_free_night(world)
    _tell_beginning(story, loaded_a, loaded_b)
    await world.move_clock(tonight(night, 24, 40))
    beside = Story(story.terminal, held=True)
    async with _walk(world, story, A, loaded_a) as a, _walk(world, beside, B, loaded_b) as b:
        await asyncio.gather(_night_in_a(a, night), neighbour.walks_in_b(b, night + timedelta(days=2)))
        story.chapter("同じ夜、となりの市で", "meanwhile in sample municipality B")
        beside.release()
        story.chapter("ふたばん後", "two days later")
        await appointment.is_reminded(a)
        await appointment.says_they_are_coming(a)
        await appointment.is_attended(a)
        story.chapter("経過 — 4つのサービスの出来事が、ひとつの線に", "the case timeline, from events")
        await timeline.shows_every_step(a, *timeline.ORDER, *timeline.LATER)
        await timeline.shows_every_step(b, *timeline.ORDER)
        timeline.tell_timeline(a)
        told = Told(a.facts, b.facts)
        story.chapter("市どうしは、たがいに見えない", "each city's staff key tries the other's ids")
        told.refused = await keep_apart(world, A, b.facts, loaded_b) + await keep_apart(
            world, B, a.facts, loaded_a
        )
        tell_apart(story, told.refused)
    story.chapter("かかった時間", "latencies per hop, measured in this run")
    streamed = await events_since(world.plan.nats, began, [told.a.resident_id, told.b.resident_id])
    told.measured = hops(world, [told.a, told.b], streamed)
    tell_hops(story, told.measured)
    return told


async def _night_in_a(walk: Walk, night: date) -> None:
    story = walk.story
    story.chapter("24時40分、LINEから", "24:40, it begins on LINE")
    await evening.follows_on_line(walk)
    await evening.takes_the_link(walk)
    await evening.tells_the_worry(walk, evening.WORRY_A, english="written on the chat page, not on LINE")
    expect(
        walk.facts.answer["answer"]["kind"] == "programmes", "chat: answer", "programmes", walk.facts.answer
    )
    await walk.world.move_clock(tonight(night, 24, 43))
    story.chapter("使える支援はどれか", "support programmes by declared rules, never by a model")
    await support.asks_what_support_there_is(walk)
    await walk.world.move_clock(tonight(night, 24, 46))
    story.chapter("どんな仕事が合うか", "what matters at work, and three offers")
    await work.answers_the_questionnaire(walk, ANSWERS_A, WISHES_A)
    await work.sees_offers(walk)
    work.expect_three_with_a_neighbour(walk, walk.world.tenants[B].spec.municipality_code)
    await walk.world.move_clock(tonight(night, 24, 52))
    story.chapter("話す日を決める", "an appointment past midnight")
    await _books_half_past_midnight(walk, night + timedelta(days=2))
    await _sees_it_in_the_timeline(walk)
    await appointment.is_confirmed_on_line(walk)
    await walk.world.move_clock(tonight(night, 24, 57))
    story.chapter("ひとりで行かなくてよいように", "consent, and a referral to a partner agency")
    await referral.consents(walk)
    await referral.is_referred(walk)


async def _books_half_past_midnight(walk: Walk, day: date) -> None:
    slots = [s for s in await appointment.free_slots(walk, day, 1) if s["start_minute"] == HALF_PAST_MIDNIGHT]
    await appointment.books(walk, slots, f"24:30-25:30 on {day}")
    label = walk.facts.appointment["label"]
    expect(label == "24:30-25:30", "booking", "a time past midnight that stays on its day", label)


async def _sees_it_in_the_timeline(walk: Walk) -> None:
    async with walk.world.staff(walk.person.tenant) as staff:
        await eventually(
            lambda: timeline.steps_of(staff, walk.facts.resident_id),
            "timeline: confirmation",
            CONFIRMED,
            until=lambda steps: CONFIRMED in {step["type"] for step in steps},
        )
    walk.mark("visible")


async def _a_free_night(world: World) -> date:
    """The first night from tonight on for which 24:30-25:30 two days later is still free: earlier runs may have taken some."""
    today, _ = service_time(datetime.now(UTC))
    async with world.staff(A) as staff:
        for night in (today + timedelta(days=n) for n in range(NIGHTS_LOOKED_AT)):
            day = night + timedelta(days=2)
            path = f"/booking/v1/availability?from={day}&days=1&channel=online&minutes={appointment.MINUTES}"
            slots = (await staff.get(path)).json().get("slots", [])
            if any(s["start_minute"] == HALF_PAST_MIDNIGHT and s["service_date"] == str(day) for s in slots):
                return night
    expect(
        False,
        "booking: availability",
        "a free night for the journey",
        f"none in {NIGHTS_LOOKED_AT} days: make reset",
    )
    raise AssertionError


@asynccontextmanager
async def _walk(world: World, story: Story, tenant: str, loaded: Loaded) -> AsyncIterator[Walk]:
    async with world.browser(tenant) as browser:
        yield Walk(world, story, Person(world, tenant, browser), Facts(tenant), loaded)


def _tell_beginning(story: Story, *everything: Loaded) -> None:
    story.chapter("はじめに", "two sample municipalities, everything in them is made up")
    for loaded in everything:
        programmes = sum(loaded.programmes[name] for name in ("imported", "updated", "unchanged"))
        story.note(
            f"{loaded.tenant}: 支援制度 {programmes}、企業 {len(loaded.companies)}、求人 {len(loaded.offers)}、"
            f"相談員 {len(loaded.counsellors)}"
        )
