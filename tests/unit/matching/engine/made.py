"""Small interaction data made for tests: residents of a few tastes, each taste with offers of its own."""

from datetime import UTC, datetime, timedelta

import numpy as np

from services.matching.engine.interactions import DEEDS, Interaction, Sparse, matrix

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def taste_matrix(seed: int, residents: int, offers: int, *, tastes: int = 4, deeds: int = 8) -> Sparse:
    """Binary residents x offers: nine of ten deeds are within the resident's taste, popular offers first."""
    random = np.random.default_rng(seed)
    rows, columns = [], []
    by_taste = np.array_split(np.arange(offers), tastes)
    for resident in range(residents):
        own = by_taste[resident % tastes]
        likely = 1 / np.arange(1, own.size + 1)
        within = random.choice(own, min(deeds, own.size), replace=False, p=likely / likely.sum())
        for column in within:
            rows.append(resident)
            columns.append(int(column) if random.random() < 0.9 else int(random.integers(offers)))
    x = matrix(np.array(rows, np.int32), np.array(columns, np.int32), np.ones(len(rows)), (residents, offers))
    x.data[:] = 1
    return x


def interactions(seed: int, count: int = 300) -> list[Interaction]:
    random = np.random.default_rng(seed)
    return [
        Interaction(
            f"res_{random.integers(40):02}",
            f"ofr_{random.integers(25):02}",
            DEEDS[int(random.integers(len(DEEDS)))],
            NOW - timedelta(hours=int(random.integers(4000))),
        )
        for _ in range(count)
    ]
