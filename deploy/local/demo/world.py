"""The running stack as the journey meets it: the gateway by host name, the stand-ins, the keys, the movable clock."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from math import nan
from typing import Any

import httpx

from deploy.local.declared import sample_tenants
from deploy.local.demo.expecting import answered, eventually
from deploy.local.plan import Plan
from deploy.local.services import NAMES
from shared.clock import TOKYO, set_shift, system_now
from shared.keys import staff_token
from shared.settings import CoreSettings
from shared.tenancy import Tenant

TIMEOUT = httpx.Timeout(30.0)
LATEST_SERVICE_HOUR = 6
CLOCK_METRIC = "banso_test_clock_shift_seconds "


class ToLoopback(httpx.AsyncBaseTransport):
    """Connects to 127.0.0.1 whatever the host name, as browsers do for `*.localhost` (RFC 6761) but resolvers may not."""

    def __init__(self) -> None:
        self._inner = httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        to = httpx.Request(
            request.method,
            request.url.copy_with(host="127.0.0.1"),
            headers=request.headers,
            stream=request.stream,
            extensions=request.extensions,
        )
        return await self._inner.handle_async_request(to)

    async def aclose(self) -> None:
        await self._inner.aclose()


@dataclass
class Answered:
    """One HTTP exchange through the gateway: `seconds` until the whole answer was there."""

    name: str
    seconds: float


@dataclass
class World:
    """Everything outside of the people. `shift` is how far the stack's clock is from the machine's."""

    plan: Plan
    http: httpx.AsyncClient
    tenants: dict[str, Tenant] = field(default_factory=lambda: {t.id: t for t in sample_tenants()})
    shift: timedelta = timedelta()
    shifts: list[timedelta] = field(default_factory=lambda: [timedelta()])
    exchanges: list[Answered] = field(default_factory=list)

    def page(self, tenant: str, path: str = "") -> str:
        """Address of a tenant's page at its own host, through the gateway."""
        return self.tenants[tenant].page_url(self.plan.gateway, path)

    def browser(self, tenant: str) -> httpx.AsyncClient:
        """A client at the tenant's host, with cookies of its own; does not follow redirects by itself."""
        return httpx.AsyncClient(
            base_url=self.page(tenant),
            transport=ToLoopback(),
            timeout=TIMEOUT,
            event_hooks={"response": [self._timed]},
        )

    def staff(self, tenant: str) -> httpx.AsyncClient:
        """A client with the tenant's staff key."""
        return self._with(tenant, self._key(tenant, "staff"))

    def partner_actor(self, tenant: str) -> str:
        """How events name the tenant's sample agency: by the id of its key."""
        return f"key:{self._key(tenant, 'partner').split('_')[2]}"

    def counsellor(self, tenant: str, counsellor_id: str) -> httpx.AsyncClient:
        """A client with a counsellor's own staff token of the development issuer."""
        return self._with(tenant, self._token(tenant, "counsellor", counsellor_id))

    def resident(self, tenant: str, token: str) -> httpx.AsyncClient:
        """A client with a resident's session."""
        return self._with(tenant, token)

    def pool_staff(self, pool: str, tenant: str) -> httpx.AsyncClient:
        """A client of the pool's operator, at the host of one of its municipalities."""
        return self._with(tenant, self._token(pool, "pool_staff"))

    def _token(self, home: str, role: str, counsellor_id: str | None = None) -> str:
        settings = CoreSettings(staff_issuer=self.plan.issuer, staff_audience="banso")
        subject = f"sample-{counsellor_id or role}"
        return staff_token(self.plan.materials.issuer, settings, home, subject, [role], counsellor_id)

    def _key(self, tenant: str, name: str) -> str:
        return self.plan.materials.key_file(tenant, name).read_text().strip()

    def _with(self, tenant: str, credential: str) -> httpx.AsyncClient:
        client = self.browser(tenant)
        client.headers["Authorization"] = f"Bearer {credential}"
        return client

    async def _timed(self, response: httpx.Response) -> None:
        await response.aread()
        name = f"{response.request.method} {response.request.url.path}"
        self.exchanges.append(Answered(name, response.elapsed.total_seconds()))

    async def move_clock(self, to: datetime) -> None:
        """Make it `to` (aware) in every process of the stack; returns once every service says so."""
        self.shift = to - system_now()
        self.shifts.append(self.shift)
        await set_shift(self.plan.nats, self.shift)
        for service in NAMES:
            await eventually(
                lambda service=service: self._shift_of(service),  # type: ignore[misc]
                f"clock: move {service}",
                f"a shift of {self.shift.total_seconds():.0f} s",
                until=lambda seconds: abs(seconds - self.shift.total_seconds()) < 1,
            )

    async def _shift_of(self, service: str) -> float:
        """The test clock's shift as the service itself reports it, in seconds; not a number while it does not answer."""
        try:
            answer = await self.http.get(f"{self.plan.url(service)}/metrics")
        except httpx.TransportError:
            return nan
        lines = (line for line in answer.text.splitlines() if line.startswith(CLOCK_METRIC))
        return float(next(lines, "nan").rpartition(" ")[2])

    async def reset_clock(self) -> None:
        """Give the stack the machine's time again, if it was moved."""
        if not self.shift:
            return
        self.shift = timedelta()
        await set_shift(self.plan.nats, self.shift)

    def now(self) -> datetime:
        """The stack's time, Asia/Tokyo."""
        return (system_now() + self.shift).astimezone(TOKYO)

    async def line_act(self, tenant: str, user: str, action: str, **params: Any) -> Any:
        """Let a LINE user do something; the webhook must be answered with 200."""
        step = f"LINE: {action}"
        answer = await self.http.post(
            f"{self.plan.url('line')}/_fake/users/{user}/{action}", json={"tenant": tenant, **params}
        )
        return answered(answer, step)

    async def line_inbox(self, tenant: str, user: str) -> list[dict[str, Any]]:
        """Messages on the user's phone, oldest first."""
        answer = await self.http.get(f"{self.plan.url('line')}/_fake/inbox/{user}", params={"tenant": tenant})
        messages: list[dict[str, Any]] = answered(answer, "LINE: look at the phone")["messages"]
        return messages

    async def mails(self, to: str) -> list[dict[str, Any]]:
        """Received e-mail, oldest first."""
        answer = await self.http.get(f"{self.plan.url('mail')}/_fake/messages", params={"to": to})
        messages: list[dict[str, Any]] = answered(answer, "e-mail: look into the mailbox")["messages"]
        return messages

    async def partner_received(self) -> dict[str, Any]:
        """What the sample agency received and answered."""
        answer = await self.http.get(f"{self.plan.url('partner')}/_fake/received")
        received: dict[str, Any] = answered(answer, "partner: look at the webhooks")
        return received


@asynccontextmanager
async def open_world(plan: Plan) -> AsyncIterator[World]:
    """A world whose clock is the machine's again at the end, whatever happened."""
    async with httpx.AsyncClient(timeout=TIMEOUT) as http:
        world = World(plan, http)
        try:
            yield world
        finally:
            await world.reset_clock()


def service_time(at: datetime) -> tuple[date, str]:
    """(service date, text) of an instant in Asia/Tokyo: hours before 6:00 belong to the day before, 00:40 is 24:40."""
    local = at.astimezone(TOKYO)
    day = local.date()
    if local.hour < LATEST_SERVICE_HOUR:
        return day - timedelta(days=1), f"{local.hour + 24}:{local.minute:02d}"
    return day, f"{local.hour}:{local.minute:02d}"


def tonight(day: date, hours: int, minutes: int) -> datetime:
    """The instant of `hours`:`minutes` (hours may pass 24) of a service date, Asia/Tokyo."""
    midnight = datetime(day.year, day.month, day.day, tzinfo=TOKYO)
    return midnight + timedelta(hours=hours, minutes=minutes)
