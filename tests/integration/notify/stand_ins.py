"""The outside world as notify's tests see it: the mock LINE platform, the mail server, the partner agency."""

import secrets
from typing import Any

import httpx

from deploy.local.ports import HOST, Ports

TENANTS = ("kyoto", "kameoka")


class StandIns:
    def __init__(self, ports: Ports) -> None:
        self.ports = ports
        self.line = f"http://{HOST}:{ports.line}"
        self.mail = f"http://{HOST}:{ports.mail}"
        self.partner = f"http://{HOST}:{ports.partner}"

    def settings(self) -> dict[str, Any]:
        """Settings of a notify that knows them."""
        return {
            "line_api_url": self.line,
            "smtp_host": HOST,
            "smtp_port": self.ports.smtp,
            "allow_private_webhooks": True,
            "due_every": 0.1,
        }

    async def clear(self) -> None:
        """Forget every fault."""
        await self._call("DELETE", f"{self.line}/_fake/faults")
        await self._call("DELETE", f"{self.partner}/_fake/faults")
        for tenant in TENANTS:
            await self._call("POST", f"{self.line}/_fake/quota", {"tenant": tenant, "limit": None})

    async def friend(self, tenant: str = "kyoto") -> str:
        """A new LINE user who follows the tenant's account."""
        user = f"U{secrets.token_hex(16)}"
        await self.act(user, "follow", tenant)
        return user

    async def act(self, user: str, action: str, tenant: str = "kyoto", **params: Any) -> str:
        """What a LINE user does; returns the reply token. (Nobody listens to the webhook here.)"""
        url = f"{self.line}/_fake/users/{user}/{action}"
        done = await self._call("POST", url, {"tenant": tenant, **params})
        return str(done["event"].get("replyToken", ""))

    async def inbox(self, user: str, tenant: str = "kyoto") -> list[dict[str, Any]]:
        """LINE messages that reached the user's phone, oldest first; without the buttons below them."""
        return [entry for entry in await self._phone(user, tenant) if entry["message"]["type"] != "template"]

    async def buttons(self, user: str, tenant: str = "kyoto") -> dict[str, str]:
        """Label -> what it sends or opens, of the buttons that stand lowest in the chat."""
        templates = [e["message"] for e in await self._phone(user, tenant) if "template" in e["message"]]
        actions = templates[-1]["template"]["actions"] if templates else []
        return {action["label"]: action.get("data") or action["uri"] for action in actions}

    async def _phone(self, user: str, tenant: str) -> list[dict[str, Any]]:
        found = await self._call("GET", f"{self.line}/_fake/inbox/{user}?tenant={tenant}")
        messages: list[dict[str, Any]] = found["messages"]
        return messages

    async def line_fault(self, status: int | str, count: int = 1, *, accepted: bool = False) -> None:
        """The next sends to LINE answer so; `accepted` all the same reaches the phone."""
        fault = {"status": status, "count": count, "accepted": accepted}
        await self._call("POST", f"{self.line}/_fake/faults", fault)

    async def line_quota(self, limit: int, tenant: str = "kyoto") -> None:
        await self._call("POST", f"{self.line}/_fake/quota", {"tenant": tenant, "limit": limit})

    async def mails(self, to: str) -> list[dict[str, Any]]:
        found = await self._call("GET", f"{self.mail}/_fake/messages?to={to}")
        messages: list[dict[str, Any]] = found["messages"]
        return messages

    async def mail_fault(self, reply: str, count: int = 1) -> None:
        await self._call("POST", f"{self.mail}/_fake/faults", {"reply": reply, "count": count})

    async def partner_secret(self, secret: str, *, keep: bool = False) -> None:
        await self._call("POST", f"{self.partner}/_fake/secret", {"secret": secret, "keep": keep})

    async def partner_fault(self, status: int, count: int = 1) -> None:
        await self._call("POST", f"{self.partner}/_fake/faults", {"status": status, "count": count})

    async def received(self, webhook_id: str) -> dict[str, Any] | None:
        """The webhook as the partner took it, its signature verified."""
        found = await self._call("GET", f"{self.partner}/_fake/received")
        return next((w for w in found["webhooks"] if w["webhook_id"] == webhook_id), None)

    async def rejected(self) -> int:
        """How many webhooks the partner refused for their signature."""
        found = await self._call("GET", f"{self.partner}/_fake/received")
        return int(found["rejected"])

    async def _call(self, method: str, url: str, body: dict[str, Any] | None = None) -> Any:
        async with httpx.AsyncClient(timeout=15) as http:
            answer = await http.request(method, url, json=body)
            answer.raise_for_status()
            return answer.json()
