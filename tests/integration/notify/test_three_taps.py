"""The whole way of a tap: phone, intake, booking, notify, phone. Three taps at most change what somebody has planned."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from services.intake.line import resident_of
from shared.clock import parse_service_time
from shared.secrets import Secrets
from tests.harness import Harness, eventually
from tests.integration.notify.stand_ins import StandIns
from tests.integration.notify.world import NOON, open_world

T = "kyoto"
NIGHTS = [{"weekday": n, "start_minute": 1320, "end_minute": 1620} for n in range(7)]


@dataclass
class Phone:
    """A LINE user with a booked appointment (24:30 on the 3rd), and the services behind."""

    harness: Harness
    outside: StandIns
    user: str
    appointment: str = ""

    async def does(self, action: str, **params: Any) -> None:
        """What the person does reaches intake as LINE sends it, the reply token included."""
        url = f"{self.outside.line}/_fake/users/{self.user}/{action}"
        event = (await self.outside._call("POST", url, {"tenant": T, **params}))["event"]
        body = json.dumps({"destination": "U0", "events": [event]}).encode()
        secret = Secrets(self.harness.settings.secrets_dir).text(T, "line_channel_secret")
        signed = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
        intake = self.harness.of("intake").client
        answer = await intake.post(f"/intake/line/{T}", content=body, headers={"X-Line-Signature": signed})
        assert answer.status_code == 200

    async def taps(self, label: str, number: int = 1) -> None:
        """Press the button `label` of the lowest message (as often as `number`)."""
        data = (await self.sees(label))[label]
        for _ in range(number):
            await self.does("postback", data=data)

    async def sees(self, *labels: str) -> dict[str, str]:
        """The buttons at the bottom, once these are among them."""

        async def buttons() -> dict[str, str]:
            return await self.outside.buttons(self.user, T)

        return await eventually(buttons, until=lambda found: set(labels) <= set(found))

    async def reads(self, words: str) -> str:
        """The newest message, once it says so."""

        async def newest() -> str:
            inbox = await self.outside.inbox(self.user, T)
            return str(inbox[-1]["message"]["text"]) if inbox else ""

        return await eventually(newest, until=lambda text: words in text)

    async def booked(self) -> dict[str, Any]:
        answer = await self.harness.of("booking").client.get(
            f"/booking/v1/appointments/{self.appointment}", headers=self.harness.staff(T)
        )
        found: dict[str, Any] = answer.json()
        return found


@pytest.fixture
async def phone(harness: Harness, stand_ins: StandIns) -> Phone:
    await open_world(harness, stand_ins)
    for name in ("intake", "booking"):
        started = await harness.launch(name)
        started.core.clock.shift = parse_service_time(NOON) - started.core.clock.now()
    made = Phone(harness, stand_ins, await stand_ins.friend(T))
    await made.does("follow")
    await made.reads("友だち追加ありがとうございます")
    who = resident_of(T, Secrets(harness.settings.secrets_dir).text(T, "session_key"), made.user)
    booking, staff = harness.of("booking"), harness.staff(T)
    known = booking.core.db["residents"]
    await eventually(lambda: known.count_documents({"_id": who, "tenant_id": T}))
    counsellor = await booking.client.post(
        "/booking/v1/counsellors",
        headers=staff,
        json={"display_name": "見本 相談員", "channels": ["online"], "weekly_hours": NIGHTS},
    )
    wish = {
        "resident_id": who,
        "counsellor_id": counsellor.json()["id"],
        "service_date": "2026-12-03",
        "start_minute": 1470,
        "channel": "online",
    }
    answer = await booking.client.post("/booking/v1/appointments", headers=staff, json=wish)
    assert answer.status_code == 201, answer.text
    made.appointment = answer.json()["id"]
    await made.reads("予約ができました")
    return made


async def test_two_taps_move_an_appointment(phone: Phone) -> None:
    await phone.taps("時間を変える")
    said = await phone.reads("いま空いているのは")
    assert "（カレンダーでは12月" in said  # times past midnight are said with their date
    labels = list(await phone.sees("ほかの時間を見る"))
    assert len(labels) == 4
    await phone.taps(labels[0], 2)  # a nervous thumb
    await phone.reads("予約の日時が変わりました")
    now = await phone.booked()
    assert now["state"] == "confirmed"
    assert (now["service_date"], now["start_minute"]) != ("2026-12-03", 1470)


async def test_two_taps_cancel_and_a_no_cancels_nothing(phone: Phone) -> None:
    await phone.taps("取り消す")
    assert "12月3日（木） 24:30-25:30" in await phone.reads("この予約を取り消しますか")
    await phone.taps("いいえ")
    await phone.reads("なにも変えていません")
    assert (await phone.booked())["state"] == "confirmed"
    await phone.does("postback", data=f"ask:appointment.cancel:{phone.appointment}")
    await phone.taps("はい、取り消します")
    await phone.reads("予約を取り消しました")
    assert (await phone.booked())["state"] == "cancelled"


async def test_one_tap_says_that_one_comes_and_a_late_one_is_answered_kindly(phone: Phone) -> None:
    await phone.taps("行きます")
    await phone.reads("ありがとうございます。お待ちしています")
    for started in phone.harness.started:
        started.core.clock.shift += timedelta(days=3)
    await phone.does("postback", data=f"do:appointment.cancel:{phone.appointment}")
    assert "大丈夫です" in await phone.reads("もう始まっている時間")
    assert (await phone.booked())["state"] == "confirmed"
