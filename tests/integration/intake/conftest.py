"""Intake with two municipalities, and a resident's talk with it."""

import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from shared.ids import new_ulid
from shared.secrets import Secrets
from tests.harness import Harness, a_tenant

CATALOGUE = """service_id,name,abstract,provisions,target,how_to_apply,detail_url,contact,tags,application_close_date
S-1,住居確保給付金（見本）,離職や収入の減少で家賃を払えなくなるおそれのある方に、家賃相当額を支給します。,原則3か月。,離職から2年以内の方,窓口で申し込みます。,https://city.example/s1,見本福祉課 000-000-0001,住まい;家賃,
S-2,夜間・オンラインのキャリア相談（見本）,仕事のあとの時間に、キャリアコンサルタントとオンラインで話せます。,1回60分,働く方,予約ページから。,https://city.example/s2,見本就労課,夜間;キャリア,
S-3,就職氷河期世代 就職応援（見本）,非正規で働いてきた35歳から55歳の方の正社員への就職を助けます。,講座と紹介,非正規の方,電話で。,,見本就労課,就職,
S-4,ひとり親家庭 資格取得支援（見本）,ひとり親の方が資格を取るための講座の費用を助成します。,上限あり,ひとり親家庭の方,窓口で。,https://city.example/s4,,ひとり親;資格,
S-5,終わった給付金（見本）,原油高の給付金です。,一度だけ,世帯主,郵送で。,,,原油,2020-03-31
"""
ORIGIN = "http://sample-a.localhost:8080"


@dataclass
class Intake:
    """A running intake, spoken to as staff, residents, agencies and LINE do."""

    harness: Harness
    client: httpx.AsyncClient

    @property
    def db(self) -> Any:
        return self.harness.of("intake").core.db

    def staff(self, tenant: str = "sample-a") -> dict[str, str]:
        return self.harness.staff(tenant)

    async def resident(self, tenant: str = "sample-a") -> tuple[str, dict[str, str]]:
        """(id, headers of a session) of a new resident."""
        answer = await self.client.post(
            "/intake/v1/residents", headers=self.staff(tenant), json={"channel": "web"}
        )
        made: str = answer.json()["id"]
        return made, self.harness.resident(tenant, made)

    async def bring_in(
        self, text: str | bytes = CATALOGUE, tenant: str = "sample-a", query: str = "", **headers: str
    ) -> Any:
        """Import a catalogue; the report."""
        answer = await self.client.post(
            f"/intake/v1/programmes/import{query}", headers={**self.staff(tenant), **headers}, content=text
        )
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def say(self, mine: dict[str, str], text: str, **headers: str) -> Any:
        answer = await self.client.post(
            "/intake/v1/me/messages", headers={**mine, **headers}, json={"text": text}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def events(self, *verbs: str) -> list[dict[str, Any]]:
        """Data of published events whose type has one of `verbs` in it, oldest first."""
        found = await self.harness.published("intake")
        return [e.data for e in found if any(verb in e.type for verb in verbs)]

    async def line(self, *events: dict[str, Any], tenant: str = "sample-a") -> httpx.Response:
        """A signed webhook, as LINE sends it."""
        body = json.dumps({"destination": "U0", "events": list(events)}).encode()
        secret = Secrets(self.harness.settings.secrets_dir).text(tenant, "line_channel_secret")
        signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
        return await self.client.post(
            f"/intake/line/{tenant}", content=body, headers={"X-Line-Signature": signature}
        )


def line_event(kind: str, user: str = "Usomeone", at: int = 1_700_000_000_000, **more: Any) -> dict[str, Any]:
    return {
        "type": kind,
        "mode": "active",
        "timestamp": at,
        "webhookEventId": new_ulid(),
        "deliveryContext": {"isRedelivery": False},
        "source": {"type": "user", "userId": user},
        "replyToken": "token-1",
        **more,
    }


@pytest.fixture
async def intake(harness: Harness) -> AsyncIterator[Intake]:
    await harness.declare(a_tenant("sample-a"), a_tenant("sample-b"))
    yield Intake(harness, await harness.start("intake"))
