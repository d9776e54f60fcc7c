"""Asking a tenant's outside provider for the addresses of online sessions (`join_hook`).

One POST per session and time, signed as Standard Webhooks: `{"type": "session.requested", "timestamp", "data": {appointment_id, starts_at,
ends_at}}`, ids and instants only. `webhook-id` is the same however often one session is asked for, so that a provider that has answered
once can answer the same again. The answer is 2xx with `{"join_url": "https://…"}`; anything else is asked again later, for as long as
the session is to come. Nothing waits for it: the appointment is booked whatever the provider does.
"""

import asyncio
import json
import time
from datetime import timedelta
from typing import Any

import aiohttp
import structlog
from standardwebhooks import Webhook

from services.booking.appointment import Appointment
from services.booking.desk import Desk
from services.booking.store import Appointments
from shared.clock import Clock, system_now
from shared.leases import alone
from shared.mongo import Database
from shared.registry import Registry
from shared.secrets import MissingSecret, Secrets
from shared.tenancy import Tenant

log = structlog.get_logger()

LEASE_FOR = timedelta(seconds=60)
AT_ONCE = 50
TIMEOUT = aiohttp.ClientTimeout(total=10)
FIRST_PAUSE, LONGEST_PAUSE = 10.0, 900.0
LONGEST_ANSWER = 8_192
LONGEST_URL = 1_000


class Refusal(Exception):
    """The provider's answer is none that can be used; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Joining:
    def __init__(
        self,
        db: Database,
        registry: Registry,
        secrets: Secrets,
        clock: Clock,
        appointments: Appointments,
        desk: Desk,
        every: float,
    ) -> None:
        self.db = db
        self.registry = registry
        self.secrets = secrets
        self.clock = clock
        self.appointments = appointments
        self.desk = desk
        self.every = every
        self._pauses: dict[str, tuple[float, float]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        async with aiohttp.ClientSession(timeout=TIMEOUT, cookie_jar=aiohttp.DummyCookieJar()) as http:
            await alone(self.db, "joining", LEASE_FOR, self.every, lambda: self.once(http), stop)

    async def once(self, http: aiohttp.ClientSession) -> None:
        """Ask for what is missing, tenant by tenant."""
        for tenant in list(self.registry.tenants.values()):
            if tenant.spec.booking.join_hook is None:
                continue
            today = (self.clock.now() - timedelta(days=1)).date()
            for appointment in await self.appointments.without_link(tenant.id, today, AT_ONCE):
                if self.clock.now() < appointment.slot.ends_at and self._due(appointment.id):
                    await self._ask(http, tenant, appointment)

    async def _ask(self, http: aiohttp.ClientSession, tenant: Tenant, appointment: Appointment) -> None:
        try:
            url = await self._answer(http, tenant, appointment)
        except (Refusal, MissingSecret, aiohttp.ClientError, TimeoutError, OSError) as error:
            reason = error.reason if isinstance(error, Refusal) else type(error).__name__
            log.warning("no_join_url", tenant=tenant.id, appointment_id=appointment.id, reason=reason)
            self._pause(appointment.id)
            return
        await self.desk.link(tenant, appointment.id, appointment.slot.starts_at, url)
        self._pauses.pop(appointment.id, None)

    async def _answer(self, http: aiohttp.ClientSession, tenant: Tenant, appointment: Appointment) -> str:
        slot, now = appointment.slot, system_now()
        body = json.dumps(
            {
                "type": "session.requested",
                "timestamp": now.isoformat(),
                "data": {
                    "appointment_id": appointment.id,
                    "starts_at": slot.starts_at.isoformat(),
                    "ends_at": slot.ends_at.isoformat(),
                },
            }
        )
        request_id = f"{appointment.id}.{int(slot.starts_at.timestamp())}"
        signature = Webhook(self.secrets.text(tenant.id, "join_hook_secret")).sign(request_id, now, body)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": request_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signature,
        }
        hook = tenant.spec.booking.join_hook or ""
        async with http.post(hook, data=body, headers=headers, allow_redirects=False) as response:
            if not 200 <= response.status < 300:
                raise Refusal(f"status_{response.status}")
            return join_url_of(await response.content.read(LONGEST_ANSWER))

    def _due(self, appointment_id: str) -> bool:
        return self._pauses.get(appointment_id, (0.0, 0.0))[0] <= time.monotonic()

    def _pause(self, appointment_id: str) -> None:
        _, last = self._pauses.get(appointment_id, (0.0, FIRST_PAUSE / 2))
        pause = min(last * 2, LONGEST_PAUSE)
        self._pauses[appointment_id] = (time.monotonic() + pause, pause)


def join_url_of(content: bytes) -> str:
    """The address of a provider's answer. Raises Refusal for anything but an https address (people will follow it)."""
    try:
        answer: Any = json.loads(content)
    except ValueError:
        raise Refusal("no_json") from None
    url = answer.get("join_url") if isinstance(answer, dict) else None
    if (
        not isinstance(url, str)
        or not url.startswith("https://")
        or len(url) > LONGEST_URL
        or not url.isprintable()
    ):
        raise Refusal("no_https_address")
    return url
