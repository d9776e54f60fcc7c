"""`python -m tests.fakes.line --port 8190 --channel tenant=sample-a,secret-file=..,token-file=..,webhook=http://..`"""

import argparse
from collections.abc import AsyncIterator
from pathlib import Path

import aiohttp
from aiohttp import web

from tests.fakes.line import api, control
from tests.fakes.line.channel import Channel, parse_channel
from tests.fakes.line.memory import Memory
from tests.fakes.line.platform import PLATFORM, Platform
from tests.fakes.serving import serve


def build_app(channels: list[Channel], journal: Path | None) -> web.Application:
    """The mock platform as an aiohttp application."""
    app = web.Application(middlewares=[api.line_headers])
    app[PLATFORM] = Platform({channel.tenant: channel for channel in channels}, Memory(journal))
    app.add_routes([*api.ROUTES, *control.ROUTES])
    app.cleanup_ctx.append(_http_client)
    return app


async def _http_client(app: web.Application) -> AsyncIterator[None]:
    async with aiohttp.ClientSession() as session:
        app[PLATFORM].http = session
        yield


def main() -> None:
    """Parse the command line and serve."""
    parser = argparse.ArgumentParser(prog="tests.fakes.line", description="a mock LINE platform")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--channel", type=parse_channel, action="append", required=True, help="repeat per tenant"
    )
    parser.add_argument(
        "--journal", type=Path, help="JSON-lines file that keeps what happened across restarts"
    )
    args = parser.parse_args()
    serve(build_app(args.channel, args.journal), args.port)


if __name__ == "__main__":
    main()
