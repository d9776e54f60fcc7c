"""What the agency remembers, how it checks a signature, and how it answers Banso."""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from standardwebhooks import Webhook, WebhookVerificationError

REFERRAL_SENT = "banso.intake.referral.sent.v1"
ATTEMPTS = 20
ATTEMPT_PAUSE_SECONDS = 0.5


@dataclass
class Received:
    """A webhook as it came in. `deliveries` counts how often the same webhook-id arrived."""

    webhook_id: str
    at: str
    headers: dict[str, str]
    payload: dict[str, Any]
    deliveries: int = 1


@dataclass
class Fault:
    """Next `count` webhooks answer `status`, or wait `seconds` before the true answer when `status` is None."""

    status: int | None
    count: int
    seconds: float = 0.0


@dataclass
class Agency:
    """The partner's memory and settings."""

    base_url: str | None = None
    api_key_file: Path | None = None
    acknowledges: bool = True
    secret_file: Path | None = None
    secrets: list[str] = field(default_factory=list)
    received: dict[str, Received] = field(default_factory=dict)
    rejected: int = 0
    faults: list[Fault] = field(default_factory=list)
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    http: aiohttp.ClientSession | None = None

    def __post_init__(self) -> None:
        if self.secret_file is not None and self.secret_file.exists():
            self.secrets = self.secret_file.read_text().split()

    def keep_secrets(self, secrets: list[str]) -> None:
        """Use these `whsec_` secrets from now on, also after a restart."""
        self.secrets = secrets
        if self.secret_file is not None:
            self.secret_file.touch(mode=0o600)
            self.secret_file.write_text("\n".join(secrets))

    def verify(self, body: bytes, headers: dict[str, str]) -> dict[str, Any] | None:
        """The payload when one of the secrets made the signature (several during a rotation), else None."""
        for secret in self.secrets:
            try:
                payload = Webhook(secret).verify(body, headers)
            except (WebhookVerificationError, ValueError):
                continue
            return payload if isinstance(payload, dict) else None
        return None

    def take_fault(self) -> Fault | None:
        """The fault for this webhook, used up by one."""
        if not self.faults:
            return None
        fault = self.faults[0]
        fault.count -= 1
        if fault.count <= 0:
            self.faults.pop(0)
        return fault


def referral_of(payload: dict[str, Any]) -> str | None:
    """The referral's id when the payload `{type, timestamp, data}` tells of a referral sent to this agency."""
    if payload.get("type") != REFERRAL_SENT:
        return None
    data = payload.get("data")
    return str(data["referral_id"]) if isinstance(data, dict) and data.get("referral_id") else None


async def answer_patiently(agency: Agency, referral: str) -> None:
    """Acknowledge a referral, and again while Banso does not answer (5xx, 429, no answer)."""
    for _ in range(ATTEMPTS):
        answer = await call_banso(agency, referral, "acknowledge", {})
        if answer["status"] is not None and answer["status"] < 500 and answer["status"] != 429:
            return
        await asyncio.sleep(ATTEMPT_PAUSE_SECONDS)


async def call_banso(agency: Agency, referral: str, verb: str, body: dict[str, Any]) -> dict[str, Any]:
    """Answer a referral through Banso's API; `{verb, status, body}`, status None when no answer came."""
    assert agency.http is not None and agency.base_url is not None and agency.api_key_file is not None
    headers = {
        "Authorization": f"Bearer {agency.api_key_file.read_text().strip()}",
        "Idempotency-Key": f"{verb}-{referral}",
    }
    url = f"{agency.base_url}/intake/v1/referrals/{referral}/{verb}"
    try:
        async with agency.http.post(url, json=body, headers=headers) as response:
            answer: dict[str, Any] = {"verb": verb, "status": response.status, "body": await response.text()}
    except (aiohttp.ClientError, TimeoutError) as error:
        answer = {"verb": verb, "status": None, "body": f"{type(error).__name__}: {error}"}
    agency.answers[referral] = answer
    return answer
