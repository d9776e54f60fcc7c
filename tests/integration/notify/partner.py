"""An endpoint at the sample partner agency, and what notify says of it."""

from typing import Any

from services.notify.delivery import delivery_id
from shared.events.envelope import Event
from shared.events.intake import ReferralSent
from shared.ids import derived_id, new_ulid
from tests.harness import eventually
from tests.integration.notify.world import World

REFERRAL = ReferralSent.TYPE
CONFIRMED = "banso.booking.appointment.confirmed.v1"
AGENCY = "sample-agency"


class Partner:
    """An endpoint at the sample partner agency, and what its API answers."""

    def __init__(self, world: World, made: dict[str, Any]) -> None:
        self.world = world
        self.id: str = made["id"]
        self.secret: str = made["secret"]

    def referral(self, agency: str = AGENCY) -> Event:
        referral = derived_id("ref", new_ulid())
        payload = ReferralSent(
            resident_id="res_1", referral_id=referral, agency_id=agency, consent_id="cns_1"
        )
        return self.world.event(payload, referral)

    async def call(self, method: str, path: str, **more: Any) -> Any:
        headers = {**self.world.harness.staff("kyoto"), **more.pop("headers", {})}
        return await self.world.http.request(method, f"/notify/v1/{path}", headers=headers, **more)

    async def delivery(self, event: Event) -> dict[str, Any] | None:
        answer = await self.call("GET", f"webhook-deliveries/{delivery_id('kyoto', event.id, self.id)}")
        return answer.json() if answer.status_code == 200 else None

    async def after(self, event: Event, attempts: int) -> dict[str, Any]:
        found = await eventually(
            lambda: self.delivery(event), until=lambda d: bool(d and len(d["attempts"]) == attempts)
        )
        assert found is not None
        return found

    async def endpoint(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.call("GET", f"webhook-endpoints/{self.id}")).json()
        return found


def wanted(world: World, **more: Any) -> dict[str, Any]:
    url = f"{world.outside.partner}/webhooks"
    return {"url": url, "events": [REFERRAL], "agency_id": AGENCY, **more}


async def subscribe(world: World, **more: Any) -> Partner:
    answer = await world.http.post(
        "/notify/v1/webhook-endpoints", json=wanted(world, **more), headers=world.harness.staff("kyoto")
    )
    assert answer.status_code == 201, answer.text
    return Partner(world, answer.json())
