"""`python -m tests.bench [--rounds N] [--count N] [--rate N] [--json FILE]`: the spine beside its floor, as tables.

Servers of its own in a temporary folder, removed at the end. Figures of one machine at one time: compare ratios, not machines.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict
from pathlib import Path

from tests.bench import cpu, layers, report
from tests.bench.contestants import BROKER, DATABASE, Contestant, Servers, plain_floor, spine
from tests.bench.rounds import Series, full_speed, paced
from tests.servers import embedded

SERVERS = {DATABASE: "secantusd-py", BROKER: "nats-server"}

FULL_SPEED_UNTIL, PACED_UNTIL = 90.0, 140.0
"""Seconds from the start after which no further round begins: a busy machine makes fewer rounds, not a longer run."""
PACED_SECONDS = 4


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=4, help="rounds at full speed")
    parser.add_argument("--count", type=int, default=800, help="registrations a round at full speed")
    parser.add_argument("--paced-rounds", type=int, default=2)
    parser.add_argument(
        "--rate", type=float, default=60.0, help="registrations per second of the paced rounds"
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure here, too")
    args = parser.parse_args()
    begun = time.monotonic()
    say("what a request costs inside a process, layer by layer ...")
    inside = layers.measure()
    with contestants() as all_of_them:
        series = {contestant.name: Series(contestant.name) for contestant in all_of_them}
        full_speed(all_of_them, series, args.count, args.rounds, begun + FULL_SPEED_UNTIL, say)
        count = int(args.rate * PACED_SECONDS)
        paced(all_of_them, series, args.rate, count, args.paced_rounds, begun + PACED_UNTIL, say)
    say("")
    print(report.text(list(series.values()), inside, args.rate))
    if args.json:
        figures = {
            "series": [asdict(one) for one in series.values()],
            "layers": [asdict(layer) for layer in inside],
        }
        args.json.write_text(json.dumps(figures))


@contextmanager
def contestants() -> Iterator[list[Contestant]]:
    """The two floors and the spine, on the same servers."""
    with tempfile.TemporaryDirectory(prefix="banso-bench-") as name, ExitStack() as stack:
        folder = Path(name)
        say("starting servers, floors and services ...")
        mongo_url = stack.enter_context(embedded.mongo_server(folder))
        nats_url = stack.enter_context(embedded.nats_server(folder))
        found = {name: cpu.child(command) for name, command in SERVERS.items()}
        servers = Servers(
            folder, mongo_url, nats_url, {n: pid for n, pid in found.items() if pid is not None}
        )
        yield [
            stack.enter_context(plain_floor(servers, http=False)),
            stack.enter_context(plain_floor(servers, http=True)),
            stack.enter_context(spine(servers)),
        ]


def say(line: str) -> None:
    """Progress goes to stderr: stdout has the tables only."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
