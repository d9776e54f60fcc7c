"""`python -m tests.bench.booking [--rounds N] [--count N] [--sizes 50,500,5000] [--only computing|reading|booking|planning] [--json FILE]`

Ends with 1 when a figure is not what it is to be. Servers of its own in a temporary folder, removed at the end. Figures of one machine at one time: compare ratios, not machines.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import asdict
from pathlib import Path

from services.booking.service_day import earliest_running
from shared.clock import system_now
from tests.bench.booking import booking_rounds, computing, reading, report, shift_plan
from tests.bench.booking.booking_rounds import Booked
from tests.bench.booking.reading import Place, Read
from tests.bench.booking.sample import TOKYO
from tests.servers import embedded


def main() -> bool:
    """Whether everything is as it is to be."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.booking", description=__doc__)
    parser.add_argument("--sizes", default="50,500,5000", help="counsellors behind the HTTP requests")
    parser.add_argument("--rounds", type=int, default=6, help="rounds of bookings")
    parser.add_argument("--count", type=int, default=200, help="bookings a round")
    parser.add_argument("--only", choices=["computing", "reading", "booking", "planning"])
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every figure here, too")
    args = parser.parse_args()
    first_day = earliest_running(system_now(), TOKYO)
    wanted = {args.only} if args.only else {"computing", "reading", "booking", "planning"}
    computed, read, booked = [], [], Booked()
    if "computing" in wanted:
        for count in computing.SIZES:
            say(f"computing with {count} counsellors ...")
            computed.append(computing.measure(count, first_day))
    planned = []
    if "planning" in wanted:
        monday = shift_plan.next_monday(first_day)
        for count, long_days in [*((size, False) for size in shift_plan.SIZES), (shift_plan.CENTRE, True)]:
            say(f"planning the shifts of {count} workers ...")
            planned.append(shift_plan.measure(count, monday, long_days=long_days))
    if wanted & {"reading", "booking"}:
        with tempfile.TemporaryDirectory(prefix="banso-bench-") as name, ExitStack() as stack:
            folder = Path(name)
            say("starting servers ...")
            mongo_url = stack.enter_context(embedded.mongo_server(folder))
            place = Place(mongo_url, stack.enter_context(embedded.nats_server(folder)), folder)
            key = asyncio.run(reading.declare(place))
            if "booking" in wanted:
                say("booking ...")
                booked = asyncio.run(booking_rounds.measure(place, first_day, args.rounds, args.count))
            if "reading" in wanted:
                read = [_read(place, key, int(size)) for size in args.sizes.split(",")]
    print(report.text(computed, read, booked, planned))
    if args.json:
        figures = {
            "computed": [asdict(one) for one in computed],
            "read": [asdict(one) for one in read],
            "booked": asdict(booked),
            "planned": [asdict(one) for one in planned],
        }
        args.json.write_text(json.dumps(figures))
    return all(one.kept for one in report.verdicts_of(computed, read, booked, planned))


def _read(place: Place, key: str, count: int) -> Read:
    say(f"reading with {count} counsellors ...")
    first_day = earliest_running(system_now(), TOKYO)
    idle = asyncio.run(reading.fill(place, f"read{count}", count, first_day))
    with reading.serving(place, f"read{count}", idle) as port:
        return asyncio.run(reading.measure(port, key, count))


def say(line: str) -> None:
    """Progress goes to stderr: stdout has the tables only."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(not main())
