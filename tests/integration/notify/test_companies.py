"""E-mails to companies: their link at any hour and only while it opens, what became of their registration outside quiet hours."""

import json
from datetime import timedelta
from typing import Any

from shared.events.envelope import Payload
from shared.events.matching import catalogue
from shared.ids import new_ulid
from tests.harness import eventually
from tests.integration.notify.world import World

LINK = "https://kyoto.example/matching/company/enter/token-of-the-link"


class Company:
    """One whose address nobody else has."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.id = f"com_{new_ulid().lower()}"
        self.address = f"{self.id}@sample.example"

    @property
    def contact(self) -> str:
        known = json.dumps({"email": self.address})
        return self._seal(catalogue.COMPANY_CONTACT_FIELD, known)

    def asks(self, lasting: timedelta = timedelta(minutes=30)) -> Payload:
        link = self._seal(catalogue.COMPANY_LINK_FIELD, LINK)
        return catalogue.CompanyLinkRequested(
            company_id=self.id, contact=self.contact, link=link, expires_at=self.world.now + lasting
        )

    async def mails(self) -> list[dict[str, Any]]:
        return await self.world.outside.mails(self.address)

    async def hears(self, payload: Payload) -> dict[str, Any]:
        """The only mail, once it is there."""
        await self.world.publish(self.world.event(payload, self.id))
        (mail,) = await eventually(self.mails)
        return mail

    def _seal(self, field: str, text: str) -> str:
        return self.world.notify.core.sealer.seal("kyoto", field, text)


async def messages(world: World) -> list[dict[str, Any]]:
    answer = await world.http.get("/notify/v1/messages", headers=world.harness.staff("kyoto"))
    return [m for m in answer.json()["data"] if m["template"].startswith("company.")]


async def test_a_link_is_mailed_at_night_and_lies_sealed_and_is_a_step_in_nobodys_case(world: World) -> None:
    world.at("2026-12-01T23:30")
    company = Company(world)
    mail = await company.hears(company.asks())
    assert LINK in mail["text"]
    assert "24:00" not in mail["text"] and "12月2日（水） 0:00 まで" in mail["text"]

    async def sent() -> list[dict[str, Any]]:
        return [m for m in await messages(world) if m["state"] == "delivered"]

    (message,) = await eventually(sent)
    assert (message["resident_id"], message["via"]) == (None, "email")
    stored = await world.notify.core.db["messages"].find_one({"_id": message["id"], "tenant_id": "kyoto"})
    assert company.address not in str(stored) and "token-of-the-link" not in str(stored)
    told = [e for e in await world.harness.published("notify") if message["id"] in e.text]
    assert told == []


async def test_a_link_that_has_run_out_is_not_mailed(world: World) -> None:
    company = Company(world)
    await world.publish(world.event(company.asks(timedelta(seconds=-1)), company.id))

    async def ended() -> list[dict[str, Any]]:
        return [m for m in await messages(world) if m["reason"] == "expired"]

    (message,) = await eventually(ended)
    assert message["state"] == "suppressed"
    assert await company.mails() == []


async def test_a_company_hears_that_it_was_let_in_or_why_not(world: World) -> None:
    let_in, declined, silent = (Company(world) for _ in range(3))
    approved = catalogue.CompanyApproved(company_id=let_in.id, contact=let_in.contact)
    mail = await let_in.hears(approved)
    assert "/matching/company" in mail["text"]
    reason = catalogue.CompanyDeclined(
        company_id=declined.id, reason="outside_area", contact=declined.contact
    )
    mail = await declined.hears(reason)
    assert "地域の外" in mail["text"] and "連絡がとれなかった" not in mail["text"]
    await world.publish(world.event(catalogue.CompanyApproved(company_id=silent.id), silent.id))
    world.at("2026-12-01T23:30")
    late = Company(world)
    await world.publish(
        world.event(catalogue.CompanyApproved(company_id=late.id, contact=late.contact), late.id)
    )

    async def waiting() -> list[dict[str, Any]]:
        return [m for m in await messages(world) if m["state"] in ("created", "sending")]

    (held,) = await eventually(
        waiting, until=lambda found: len(found) == 1 and found[0]["due_at"] > "2026-12-01T20"
    )
    assert held["template"] == "company.approved"
    assert await late.mails() == []
    assert await silent.mails() == []


async def test_a_new_address_is_asked_and_the_one_before_hears_at_night_that_it_is_no_longer_written_to(
    world: World,
) -> None:
    world.at("2026-12-01T23:30")
    new, former, unmoved = (Company(world) for _ in range(3))
    mail = await new.hears(new.asks().model_copy(update={"purpose": "new_address"}))
    assert LINK in mail["text"] and "このアドレスに変える" in mail["text"]
    await world.publish(world.event(catalogue.CompanyChanged(company_id=unmoved.id), unmoved.id))
    mail = await former.hears(catalogue.CompanyChanged(company_id=former.id, former_contact=former.contact))
    assert "窓口に知らせてください" in mail["text"] and LINK not in mail["text"]
    assert await unmoved.mails() == []
