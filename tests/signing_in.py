"""Staff who sign in on pages: a development issuer on a real port, and people to choose from."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiohttp import web

from shared.web.staff import STAFF_COOKIE
from tests.browser import free_port
from tests.fakes.issuer.people import Person
from tests.fakes.issuer.provider import Issuer, build_app
from tests.harness import Harness


@asynccontextmanager
async def issuing(harness: Harness, *people: Person, client_secret: str = "") -> AsyncIterator[Issuer]:
    """An issuer of `people`, whom services that are started from now on believe."""

    async def at(host: str) -> Sequence[Person]:
        return people if host.endswith(".localhost") else []

    port = free_port()
    issuer = Issuer(f"http://localhost:{port}", harness.issuer, at, client_secret=client_secret)
    harness.settings = harness.settings.model_copy(update={"staff_issuer": issuer.url})
    runner = web.AppRunner(build_app(issuer))
    await runner.setup()
    await web.TCPSite(runner, "localhost", port).start()
    yield issuer
    await runner.cleanup()


def staff_cookie(
    harness: Harness, tenant: str, *roles: str, counsellor_id: str | None = None
) -> dict[str, str]:
    """The cookie of somebody who has signed in: name -> value."""
    headers = harness.staff(tenant, *roles, counsellor_id=counsellor_id)
    return {STAFF_COOKIE: headers["Authorization"].removeprefix("Bearer ")}
