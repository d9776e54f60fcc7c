"""`python -m tests.fakes.hellowork --port 8192 [--offers 2500]`: the employment service's lists, full of made-up offers."""

import argparse

from tests.fakes.hellowork.service import Lists, build_app
from tests.fakes.serving import serve
from tests.unit.matching.hellowork.samples import data


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="tests.fakes.hellowork", description="made-up offers as an API")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--offers", type=int, default=2500)
    parser.add_argument("--place", default="見本県さくら市", help="where the offers are")
    args = parser.parse_args()
    offers = [
        data(kjno=f"99010-{n:08d}", shgbsjusho1_n=args.place, kjyukoymd="2099/01/31")
        for n in range(args.offers)
    ]
    serve(build_app(Lists(offers={"M100": offers})), args.port)


if __name__ == "__main__":
    main()
