"""What it takes to learn anew, at the size of a large city."""

from services.matching.engine import ease, item_knn, rp3beta
from tests.bench.matching.clocking import best_of
from tests.bench.matching.report import Point, Report
from tests.bench.matching.sample import interactions

RESIDENTS, OFFERS, DEEDS = 13_000, 3_000, 300_000
SHARES = (8, 4, 2, 1)


def report(turns: int) -> Report:
    x = interactions(1, RESIDENTS, OFFERS, DEEDS)
    few = min(turns, 3)
    found = {
        "RP3beta": best_of(lambda: rp3beta.fit(x), few),
        "item-kNN": best_of(lambda: item_knn.fit(x), few),
        "EASE": best_of(lambda: ease.fit(x), 2),
        "X'X alone": best_of(lambda: x.T @ x, few),
    }
    return Report(
        f"refit {RESIDENTS:,} residents x {OFFERS:,} offers x {DEEDS:,} deeds",
        [f"{name:14} {ms:8.0f} ms" for name, ms in found.items()],
        found,
        {"RP3beta refit, by residents": [_at(share, few) for share in SHARES]},
    )


def _at(share: int, turns: int) -> Point:
    x = interactions(1, RESIDENTS // share, OFFERS, DEEDS // share)
    return Point(RESIDENTS // share, best_of(lambda: rp3beta.fit(x), turns))
