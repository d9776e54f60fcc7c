"""Whole municipalities drawn from a seed: many offers, most of which most people could be proposed, with every condition among them."""

from datetime import timedelta
from random import Random
from typing import TypeVar

from services.matching.engine.blend import Circumstances
from services.matching.engine.columns import columns_of
from services.matching.engine.exposure import Seen
from services.matching.engine.model import Model
from services.matching.hours import Window
from services.matching.offer import Offer
from services.matching.policy import Policy, Push
from services.matching.questionnaire import Wishes
from services.matching.seeker import Seeker
from services.matching.values import CALLINGS, SCALES, Profile
from tests.unit.matching.builders import FAR, HOME, NEIGHBOUR, NOW, a_seeker, an_offer

T = TypeVar("T")
TAGS = ("夜", "在宅", "短時間", "食品")
WAGES = (950, 1000, 1001, 1200, 1500)
HOURS = (
    (Window((0, 1, 2), 540, 1020),),
    (Window((5, 6), 1200, 1700),),
    (Window((0, 3), 480, 720), Window((4,), 0, 60)),
    (Window((6,), 1380, 1500),),
)
TODAY = NOW.date() + timedelta(days=1)  # in Japan


def maybe(random: Random, value: T, otherwise: T, likely: float = 0.25) -> T:
    return value if random.random() < likely else otherwise


def some(random: Random, values: tuple[T, ...]) -> tuple[T, ...]:
    return tuple(random.sample(values, random.randrange(len(values) + 1)))


def offers_of(random: Random, count: int) -> list[Offer]:
    return [
        an_offer(
            f"ofr_{n}",
            company_id=f"com_{random.randrange(12)}",
            kind=random.choice(("job", "job", "job", "trial_work", "remote_order")),
            municipality_code=random.choice((HOME, HOME, NEIGHBOUR, NEIGHBOUR, FAR)),
            remote=maybe(random, True, False),
            hours=maybe(random, (), random.choice(HOURS)),
            hourly_wage_yen=maybe(random, None, random.choice(WAGES), 0.1),
            values={scale: random.random() for scale in some(random, SCALES)},
            interests={calling: random.random() for calling in some(random, CALLINGS)},
            tags=some(random, TAGS),
            state=maybe(random, random.choice(("paused", "closed", "expired", "filled")), "published", 0.1),
            expires_on=maybe(random, TODAY + timedelta(random.randrange(-1, 2)), None),
            open_places=maybe(random, random.randrange(3), None),
            industry_code=random.choice((None, "P83", "P85", "E")),
            employment_form=random.choice((None, "part_time", "full_time")),
            licences=maybe(random, ("普通免許",), ()),
            accommodations=random.choice(((), ("quiet",), ("quiet", "text_only"))),
            lat=maybe(random, None, 35 + random.random()),
            lng=maybe(random, None, 134 + random.random(), 0.1),
            work_days_a_week=maybe(random, random.randrange(1, 7), None, 0.6),
            unsaid=random.choice(((), (), ("hours",), ("days",))),
        )
        for n in range(count)
    ]


def seeker_of(random: Random, count: int) -> Seeker:
    """Most people have said a good deal of themselves, and wish for a few things."""
    named = [f"ofr_{random.randrange(count)}" for _ in range(12)]
    wishes = Wishes(
        areas=maybe(random, some(random, (HOME, NEIGHBOUR)), ()),
        hours=maybe(random, random.choice(HOURS), (), 0.5),
        wage_floor=maybe(random, random.choice(WAGES), None),
        kinds=maybe(random, ("trial_work",), (), 0.1),
        employment_forms=maybe(random, ("part_time",), (), 0.1),
        days_a_week=maybe(random, random.randrange(1, 7), None),
        max_km=maybe(random, random.uniform(20, 120), None),
        licences=random.choice((None, (), ("普通免許",))),
        accommodations=maybe(random, ("quiet",), (), 0.1),
        skills=maybe(random, some(random, TAGS), (), 0.5),
        learning=maybe(random, False, True, 0.1),
        remote_only=maybe(random, True, False, 0.1),
    )
    return a_seeker(
        home=random.choice((HOME, NEIGHBOUR)),
        profile=Profile(
            {scale: random.choice((0.0, 0.5, 1.0, random.random())) for scale in some(random, SCALES)}
        ),
        callings={calling: random.random() for calling in some(random, CALLINGS)},
        wishes=wishes,
        dismissed=frozenset(named[:3]),
        shown=frozenset(named[3:5]),
        liked={offer: some(random, TAGS) for offer in named[5:8]},
        history={offer: random.uniform(0.01, 21) for offer in named[8:]},
        at=maybe(random, None, (35.2, 134.5)),
    )


def circumstances_of(random: Random, offers: list[Offer], model: Model) -> Circumstances:
    """Everything is turned up, or nothing, or something in between."""
    pushes = tuple(
        Push(f"見本{n}", random.randrange(1, 101), some(random, ("P", "E", "P8")), some(random, TAGS), TODAY)
        for n in range(random.randrange(3))
    )
    policy = Policy(
        learning=maybe(random, True, False, 0.7),
        exploration=random.choice((0, 500, 10_000)),
        exposure=random.choice((0, 150, 200)),
        reciprocal=maybe(random, True, False, 0.7),
        pushes=pushes,
    )
    seen = {
        f"com_{n}": Seen(random.randrange(1, 9), random.uniform(0, 30), float(random.randrange(5)))
        for n in range(random.randrange(12))
    }
    crowded = frozenset(offer.id for offer in offers if random.random() < 0.2)
    return Circumstances(
        policy, columns_of(offers).norms, model if policy.learning else None, seen, 12, crowded
    )
