"""Staff at the pages of booking, as a browser without script sees them."""

import re

import httpx

from shared.web.staff import STAFF_COOKIE
from tests.integration.booking.desk import A, Desk
from tests.signing_in import staff_cookie

HOST = f"{A}.localhost:8080"


class StaffBrowser:
    """Follows forms of one person who has signed in; keeps the last page."""

    def __init__(self, desk: Desk, *roles: str, counsellor_id: str | None = None, tenant: str = A) -> None:
        token = staff_cookie(desk.harness, tenant, *roles, counsellor_id=counsellor_id)[STAFF_COOKIE]
        self.client = desk.client
        self.headers = {"Host": HOST, "Cookie": f"{STAFF_COOKIE}={token}", "Sec-Fetch-Site": "same-origin"}
        self.page = ""
        self.path = ""

    async def get(self, path: str) -> httpx.Response:
        answer = await self.client.get(f"/booking/staff{path}", headers=self.headers)
        self.page, self.path = answer.text, path
        return answer

    async def post(self, path: str, /, **form: str | list[str]) -> httpx.Response:
        """Send a form of the page with its hidden fields; follow the redirect."""
        action = re.escape(f"/booking/staff{path}")
        found = re.search(rf'<form method="post" action="{action}".*?</form>', self.page, re.DOTALL)
        hidden: dict[str, list[str]] = {}
        for name, value in re.findall(
            r'type="hidden" name="([\w-]+)" value="([^"]*)"', found[0] if found else ""
        ):
            hidden.setdefault(name, []).append(value)
        answer = await self.client.post(
            f"/booking/staff{path}", headers=self.headers, data={**hidden, **form}
        )
        if answer.status_code == 303:
            return await self.get(answer.headers["Location"].removeprefix("/booking/staff").partition("#")[0])
        self.page = answer.text
        return answer
