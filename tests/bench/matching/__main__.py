"""`python -m tests.bench.matching [--turns N] [--svg FILE] [--json FILE]`: what matching costs, as ratios where a floor exists.

Figures of one machine at one time: compare ratios, not machines. What a bench of its own measures (assignment, imports) is not here.
"""

import argparse
import json
from dataclasses import asdict
from pathlib import Path

from tests.bench.matching import measuring, picture
from tests.bench.matching.measuring import BATCH, OFFERS, WIDTH, K, Point


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench.matching", description=__doc__)
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--svg", type=Path, metavar="FILE", help="draw the growth curves here")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure here, too")
    args = parser.parse_args()
    turns = max(args.turns, 3)
    print(f"exact top-{K} of {OFFERS:,} x {WIDTH} (float32), beside the bare matrix product")
    ratios = {
        "one query": measuring.one_query(OFFERS, turns),
        f"batch of {BATCH}": measuring.a_batch(OFFERS, turns),
    }
    for name, found in ratios.items():
        print(
            f"  {name:14} {found.measured_ms:8.2f} ms  product {found.floor_ms:8.2f} ms  x {found.ratio:.2f}"
        )
    print(
        f"refit {measuring.RESIDENTS:,} residents x {measuring.FITTED_OFFERS:,} offers x {measuring.DEEDS:,} deeds"
    )
    refits = measuring.refits(3)
    for name, ms in refits.items():
        print(f"  {name:14} {ms:8.0f} ms")
    print("growth")
    curves = {
        f"exact top-{K}, batch of {BATCH}": [
            Point(n, measuring.a_batch(n, 5).measured_ms) for n in (12_500, 25_000, 50_000, 100_000, 200_000)
        ],
        "RP3beta refit, by residents": measuring.refit_growth(3),
        "a slate with reasons, by offers": measuring.slate_growth(5),
    }
    for name, curve in curves.items():
        print(f"  {name:32} " + "  ".join(f"{p.size:,}: {p.ms:.1f} ms" for p in curve))
    memory = measuring.memory()
    print("memory of one municipality in each process")
    for name, mebibytes in memory.items():
        print(f"  {name:14} {mebibytes:8.1f} MiB")
    if args.svg:
        args.svg.write_text(picture.draw(curves, "How matching grows"), "utf-8")
    if args.json:
        figures = {
            "top-k": {name: asdict(found) for name, found in ratios.items()},
            "refit_ms": refits,
            "growth": {name: [asdict(p) for p in curve] for name, curve in curves.items()},
            "memory_mib": memory,
        }
        args.json.write_text(json.dumps(figures, indent=1), "utf-8")


if __name__ == "__main__":
    main()
