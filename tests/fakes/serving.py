"""How every stand-in runs: one aiohttp application on a loopback port until SIGTERM."""

import logging

from aiohttp import web


def serve(app: web.Application, port: int) -> None:
    """Serve until SIGINT or SIGTERM; open requests (a hanging fault) are cut after a second."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    web.run_app(app, host="127.0.0.1", port=port, print=None, access_log=None, shutdown_timeout=1.0)
