"""Calendar feeds: who has one, under which secret address, and what it says now."""

import base64
import hashlib
import hmac
from datetime import timedelta

from services.booking.appointment import Appointment
from services.booking.ical_feed import feed
from services.booking.openings import Openings
from services.booking.store import Appointments
from services.booking.store.feeds import Feed, Feeds
from shared.errors import Conflict, NotFound
from shared.idempotency import Command
from shared.runtime import Core
from shared.tenancy import Tenant

BACK = timedelta(days=30)
MOST = 2_000


class FeedEnded(Conflict):
    """The address that this very request made before has been taken back, or another has taken its place."""

    slug = "feed-ended"


class Feeding:
    def __init__(self, core: Core, feeds: Feeds, appointments: Appointments, openings: Openings) -> None:
        self.core = core
        self.feeds = feeds
        self.appointments = appointments
        self.openings = openings

    async def open(self, tenant: Tenant, feed: Feed, command: Command) -> str:
        """A new address for the feed; an earlier one leads nowhere from now on. The same request gives the same address again.

        Raises FeedEnded.
        """
        secret = self.core.secrets.text(tenant.id, "session_key")
        token = make_token(secret, feed, command)
        if not await self.feeds.open(tenant.id, feed, token_hash(token), command):
            raise FeedEnded()
        return tenant.page_url(self.core.settings.public_url, f"/booking/feeds/{token}.ics")

    async def read(self, tenant: Tenant, token: str) -> bytes:
        """The feed from thirty days ago to the horizon. Raises NotFound."""
        found = await self.feeds.find(tenant.id, token_hash(token))
        if found is None:
            raise NotFound("no such feed")
        return feed(await self._appointments(tenant, found), found.whose)

    async def _appointments(self, tenant: Tenant, found: Feed) -> list[Appointment]:
        today = self.openings.today(tenant)
        last = today + timedelta(days=tenant.spec.booking.horizon_days)
        return await self.appointments.between(
            tenant.id,
            today - BACK,
            last,
            MOST,
            resident_id=found.owner_id if found.whose == "resident" else None,
            counsellor_id=found.owner_id if found.whose == "counsellor" else None,
        )


def make_token(secret: str, feed: Feed, command: Command) -> str:
    """43 urlsafe characters (256 bits) that only the holder of the tenant's `secret` can make (HMAC-SHA256)."""
    said = f"feed|{feed.whose}|{feed.owner_id}|{command.key}"
    digest = hmac.new(secret.encode(), said.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def token_hash(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token.encode()).hexdigest()
