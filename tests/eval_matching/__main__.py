"""`python -m tests.eval_matching FOLDER [--k 10] [--least RATING] [--ridge R --alpha A --beta B --shrink S --neighbours N]`

Reads `train.*` and `test.*` of the folder and prints a table of the models as `make eval-matching` does.
"""

import argparse
import sys
import time
from pathlib import Path

from services.matching.engine.metrics import Quality
from tests.eval_matching.contenders import Choices, contenders, judged, task_of
from tests.eval_matching.reading import Unreadable, find, read


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.eval_matching", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--k", type=int, default=10)
    parser.add_argument("--least", type=float, help="only ratings of at least this count, in both files")
    for name, default in vars(Choices()).items():
        parser.add_argument(f"--{name}", type=type(default), default=default)
    args = parser.parse_args()
    try:
        train, test = (read(find(args.folder, name), args.least) for name in ("train", "test"))
    except Unreadable as error:
        print(error, file=sys.stderr)
        return 2
    task = task_of(train, test)
    chosen = Choices(**{name: getattr(args, name) for name in vars(Choices())})
    print(
        f"{len(task.users):,} users, {len(task.items):,} items, {task.x.nnz:,} training interactions; "
        f"{len(task.relevant):,} users with something to find"
    )
    k = args.k
    print(f"{'':18}{f'P@{k}':>9}{f'R@{k}':>9}{f'NDCG@{k}':>9}{'coverage':>10}{'Gini':>8}{'fit s':>8}")
    for name, prepare in contenders(task, chosen).items():
        begun = time.perf_counter()
        score = prepare()
        took = time.perf_counter() - begun
        own = task.faded if name == "production blend" else task.x
        print(line(name, judged(task, score, k, own), took))
    return 0


def line(name: str, found: Quality, seconds: float) -> str:
    return (
        f"{name:18}{found.precision:9.4f}{found.recall:9.4f}{found.ndcg:9.4f}"
        f"{found.coverage:10.4f}{found.gini:8.4f}{seconds:8.2f}"
    )


if __name__ == "__main__":
    sys.exit(main())
