"""The exact best 50 of 100,000 offers beside the bare matrix product, for one query and for many."""

from dataclasses import asdict

import numpy as np

from services.matching.engine import topk
from tests.bench.matching.clocking import Ratio, beside
from tests.bench.matching.report import Point, Report
from tests.bench.matching.sample import vectors

WIDTH, K, BATCH = 64, 50, 256
OFFERS = 100_000
SIZES = (1_000, 3_000, 10_000, 30_000, OFFERS)


def report(turns: int) -> Report:
    ratios = {"one query": one_query(OFFERS, turns), f"batch of {BATCH}": a_batch(OFFERS, turns)}
    curve = [Point(size, a_batch(size, min(turns, 5)).measured_ms) for size in SIZES]
    return Report(
        f"exact top-{K} of {OFFERS:,} x {WIDTH} (float32), beside the bare matrix product",
        [
            f"{name:14} {found.measured_ms:8.2f} ms  product {found.floor_ms:8.2f} ms  x {found.ratio:.2f}"
            for name, found in ratios.items()
        ],
        {name: asdict(found) for name, found in ratios.items()},
        {f"exact top-{K}, batch of {BATCH}": curve},
    )


def one_query(offers: int, turns: int) -> Ratio:
    items, query = vectors(1, offers, WIDTH), vectors(2, 1, WIDTH)[0]
    return beside(lambda: topk.one(query, items, K), lambda: items @ query, turns)


def a_batch(offers: int, turns: int) -> Ratio:
    """The product is written where there is room for it already: it pays for nothing but itself."""
    items, queries = vectors(1, offers, WIDTH), vectors(2, BATCH, WIDTH)
    room = np.empty((BATCH, offers), np.float32)
    return beside(lambda: topk.batch(queries, items, K), lambda: np.matmul(queries, items.T, out=room), turns)
