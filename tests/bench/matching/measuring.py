"""What is measured: exact top-k beside the bare product, refits, a whole slate, and what a municipality takes in memory."""

import tracemalloc
from dataclasses import dataclass

import numpy as np

from services.matching.engine import ease, item_knn, rp3beta, topk
from services.matching.engine.blend import Circumstances
from services.matching.engine.interactions import Interactions
from services.matching.engine.model import fit
from services.matching.hours import Window
from services.matching.offer import Offer
from services.matching.policy import Policy
from services.matching.questionnaire import Wishes
from services.matching.shelf import Shelf
from services.matching.slate import propose
from services.matching.values import SCALES, Profile
from tests.bench.matching.clocking import Ratio, beside, best_of
from tests.bench.matching.sample import interactions, vectors
from tests.unit.matching.builders import HOME, NEIGHBOUR, NOW, a_seeker, an_offer

WIDTH, K, BATCH = 64, 50, 256
OFFERS = 100_000
RESIDENTS, FITTED_OFFERS, DEEDS = 13_000, 3_000, 300_000


@dataclass(frozen=True)
class Point:
    """One point of a growth curve: `size` offers or residents, milliseconds."""

    size: int
    ms: float


def one_query(offers: int, turns: int) -> Ratio:
    items, query = vectors(1, offers, WIDTH), vectors(2, 1, WIDTH)[0]
    return beside(lambda: topk.one(query, items, K), lambda: items @ query, turns)


def a_batch(offers: int, turns: int) -> Ratio:
    items, queries = vectors(1, offers, WIDTH), vectors(2, BATCH, WIDTH)
    return beside(lambda: topk.batch(queries, items, K), lambda: queries @ items.T, turns)


def refits(turns: int) -> dict[str, float]:
    """Milliseconds of each model at the size of a large city."""
    x = interactions(1, RESIDENTS, FITTED_OFFERS, DEEDS)
    return {
        "RP3beta": best_of(lambda: rp3beta.fit(x), turns),
        "item-kNN": best_of(lambda: item_knn.fit(x), turns),
        "EASE": best_of(lambda: ease.fit(x), 2),
        "X'X alone": best_of(lambda: x.T @ x, turns),
    }


def refit_growth(turns: int) -> list[Point]:
    """RP3beta as residents and what they do grow together."""
    points = []
    for share in (8, 4, 2, 1):
        x = interactions(1, RESIDENTS // share, FITTED_OFFERS, DEEDS // share)
        points.append(Point(RESIDENTS // share, best_of(lambda x=x: rp3beta.fit(x), turns)))  # type: ignore[misc]
    return points


def slate_growth(turns: int) -> list[Point]:
    """A whole slate with reasons, everything switched on but a model, as a municipality's open offers grow."""
    points = []
    for count in (250, 500, 1000, 2000):
        shelf = Shelf(some_offers(count))
        given = Circumstances(Policy(True, 500, 100, True), shelf.norms)
        seeker = a_seeker(
            profile=Profile(dict.fromkeys(SCALES, 0.7)),
            wishes=Wishes(hours=(Window((0, 1, 2, 3, 4), 540, 1080),), wage_floor=1000),
        )
        work = lambda s=seeker, o=shelf.offers, g=given: propose("slt_1", s, o, 3, NOW, g)  # noqa: E731
        points.append(Point(count, best_of(work, turns)))
    return points


def some_offers(count: int) -> list[Offer]:
    random = np.random.default_rng(5)
    return [
        an_offer(
            f"ofr_{number:05}",
            company_id=f"com_{number % 300:03}",
            municipality_code=(HOME, NEIGHBOUR)[number % 2],
            hours=(Window((0, 1, 2, 3, 4), 480 + 15 * int(random.integers(20)), 1200),),
            hourly_wage_yen=950 + int(random.integers(500)),
            values={scale: float(random.random()) for scale in SCALES},
            tags=("見本", "短時間")[: int(random.integers(3))],
        )
        for number in range(count)
    ]


def memory() -> dict[str, float]:
    """Mebibytes that one large municipality takes in each process: its offers in memory, and its model."""
    tracemalloc.start()
    shelf = Shelf(some_offers(FITTED_OFFERS))
    _ = shelf.offers, shelf.norms, shelf.snapshot()
    offers = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    x = interactions(1, 2_000, FITTED_OFFERS, 40_000)
    names = tuple(f"ofr_{number:05}" for number in range(FITTED_OFFERS))
    model = fit(Interactions(tuple(f"res_{n:05}" for n in range(2_000)), names, x))
    return {
        f"{FITTED_OFFERS:,} offers": offers / 2**20,
        "model": (model.memory if model else 0) / 2**20,
    }
