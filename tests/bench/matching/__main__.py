"""`python -m tests.bench.matching [NAME ...] [--turns N] [--out FOLDER]`: what matching costs, as ratios where a floor exists.

Figures of one machine at one time: compare ratios, not machines. NAME: only these benches. FOLDER gets the figures (`figures.json`) and
the growth curves (`growth.svg`).
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.bench.matching import picture
from tests.bench.matching.report import Point, benches


def main() -> None:
    known = benches()
    parser = argparse.ArgumentParser(prog="python -m tests.bench.matching", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
    parser.add_argument("--turns", type=int, default=15)
    parser.add_argument("--out", type=Path, metavar="FOLDER")
    args = parser.parse_args()
    if unknown := set(args.names) - set(known):
        parser.error(f"no bench {', '.join(sorted(unknown))}; there are {', '.join(known)}")
    figures: dict[str, Any] = {}
    curves: dict[str, Sequence[Point]] = {}
    for name in args.names or known:
        found = known[name](max(args.turns, 3))
        print(found.title, *(f"  {line}" for line in found.lines), sep="\n", flush=True)
        figures[name] = found.figures
        curves.update(found.curves)
    if args.out:
        args.out.mkdir(parents=True, exist_ok=True)
        (args.out / "figures.json").write_text(json.dumps(figures, indent=1), "utf-8")
        if curves:
            (args.out / "growth.svg").write_text(picture.draw(curves, "How matching grows"), "utf-8")


if __name__ == "__main__":
    main()
