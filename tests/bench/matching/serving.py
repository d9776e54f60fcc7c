"""Whole slates with reasons, as a municipality's open offers grow: everything switched on, a model included."""

import dataclasses

import numpy as np

from services.matching.engine.blend import Circumstances
from services.matching.engine.exposure import Seen
from services.matching.engine.interactions import Interactions
from services.matching.engine.model import Model, fit
from services.matching.hours import Window
from services.matching.offer import Offer
from services.matching.policy import Policy, Push
from services.matching.questionnaire import Wishes
from services.matching.seeker import Seeker
from services.matching.series import best_of_each
from services.matching.shelf import Shelf
from services.matching.slate import propose
from services.matching.values import SCALES, Profile
from tests.bench.matching.clocking import best_of
from tests.bench.matching.report import Point, Report
from tests.bench.matching.sample import interactions
from tests.unit.matching.builders import HOME, NEIGHBOUR, NOW, a_seeker, an_offer

SIZES = (1_000, 2_000, 10_000, 30_000, 100_000)
TAUGHT, PER_COMPANY, SENT_TO = 3_000, 10, 200
POLICY = Policy(True, 500, 190, True, (Push("見本", 50, ("P",), ("短時間",), NOW.date()),))
SEEKER = a_seeker(
    profile=Profile(dict.fromkeys(SCALES, 0.7)),
    wishes=Wishes(hours=(Window((0, 1, 2, 3, 4), 480, 1260),), wage_floor=1000, skills=("見本",)),
    history={f"ofr_{n:06}": 1.0 + n % 4 for n in range(0, 900, 30)},
)


def report(turns: int) -> Report:
    model = a_model()
    slates, changes, lists = [], [], []
    for size in SIZES:
        shelf = Shelf(some_offers(size))
        given = circumstances(shelf, model)
        columns = shelf.columns
        slates.append(
            Point(size, best_of(lambda c=columns, g=given: propose("slt_1", SEEKER, c, 3, NOW, g), turns))  # type: ignore[misc]
        )
        changes.append(Point(size, best_of(lambda s=shelf: changed(s), min(turns, 5))))  # type: ignore[misc]
        if size <= 10_000:
            lists.append(Point(size, best_of(lambda s=shelf, g=given: sent(s, g), 2) / SENT_TO))  # type: ignore[misc]
    curves = {
        "a slate with reasons": slates,
        "after one offer changed": changes,
        f"a person of a list for {SENT_TO}": lists,
    }
    return Report(
        "slates, by offers",
        [
            f"{name:28} " + "  ".join(f"{p.size:,}: {p.ms:.1f} ms" for p in curve)
            for name, curve in curves.items()
        ],
        {name: [dataclasses.asdict(point) for point in curve] for name, curve in curves.items()},
        {f"{name}, by offers": curve for name, curve in curves.items()},
    )


def circumstances(shelf: Shelf, model: Model | None) -> Circumstances:
    """One in three companies has been seen lately."""
    count = max(len(shelf.offers) // PER_COMPANY, 1)
    seen = {f"com_{n:05}": Seen(PER_COMPANY, 0.5 + n % 17, float(n % 3)) for n in range(0, count, 3)}
    return Circumstances(POLICY, shelf.columns.norms, model, seen, count)


def changed(shelf: Shelf) -> None:
    """One offer changes, and what the next slate needs is made anew, its snapshot included."""
    offer = shelf.offers[7]
    shelf.put(dataclasses.replace(offer, version=offer.version + 1, open_places=offer.version % 9))
    shelf.columns.standings(shelf.columns.norms)
    shelf.columns.snapshot()


def sent(shelf: Shelf, given: Circumstances) -> None:
    people: list[tuple[str, Seeker]] = [
        (f"slt_{n}", dataclasses.replace(SEEKER, resident_id=f"res_{n}")) for n in range(SENT_TO)
    ]
    for _ in best_of_each(shelf.columns, given, people, 3, NOW, {}):
        pass


def a_model() -> Model | None:
    x = interactions(1, 2_000, TAUGHT, 40_000)
    offers = tuple(f"ofr_{number:06}" for number in range(TAUGHT))
    return fit(Interactions(tuple(f"res_{n:05}" for n in range(2_000)), offers, x))


def some_offers(count: int) -> list[Offer]:
    random = np.random.default_rng(5)
    values = random.random((count, len(SCALES))).tolist()
    return [
        an_offer(
            f"ofr_{number:06}",
            company_id=f"com_{number // PER_COMPANY:05}",
            municipality_code=(HOME, NEIGHBOUR)[number % 2],
            hours=(Window((0, 1, 2, 3, 4)[: 1 + number % 5], 480 + 15 * (number % 40), 1200 + number % 7),),
            hourly_wage_yen=950 + number * 7 % 500,
            values=dict(zip(SCALES, values[number], strict=True)),
            tags=("見本", "短時間", f"職種{number % 90}")[: number % 4],
            industry_code=("P85", "E09", "I56")[number % 3],
        )
        for number in range(count)
    ]
