"""A resident with a phone: LINE on one side, a browser on the other."""

import secrets
from dataclasses import dataclass, field
from typing import Any

import httpx

from deploy.local.demo.expecting import JourneyBroke, answered, eventually, expect
from deploy.local.demo.forms import Form, Page
from deploy.local.demo.world import World
from shared.ids import new_ulid

REDIRECTS = (301, 302, 303, 307, 308)


@dataclass
class Person:
    """A new resident each time. `browser` keeps the cookies of this person's phone."""

    world: World
    tenant: str
    browser: httpx.AsyncClient
    line_user: str = field(default_factory=lambda: "U" + secrets.token_hex(16))
    resident_id: str = ""
    seen: int = 0

    async def does_in_line(self, action: str, **params: Any) -> Any:
        """Act in LINE; the webhook must have been answered with 200."""
        done = await self.world.line_act(self.tenant, self.line_user, action, **params)
        expect(done["status"] == 200, f"LINE: {action}", "the webhook to be answered with 200", done)
        return done

    async def reads_line(self, step: str, count: int = 1) -> list[dict[str, Any]]:
        """The next `count` messages on the phone, waited for: `{via, at, message, …}`."""
        wanted = self.seen + count
        inbox = await eventually(
            lambda: self.world.line_inbox(self.tenant, self.line_user),
            step,
            f"{count} more message(s) on the phone",
            until=lambda messages: len(messages) >= wanted,
        )
        new = inbox[self.seen : wanted]
        self.seen = wanted
        return new

    async def opens(self, address: str, step: str) -> Page:
        """Open a page, following redirects as a browser does."""
        return await self._arrives(await self.browser.get(address), step)

    async def sends(self, form: Form, step: str, **typed: str) -> Page:
        """Fill in and send a form; hidden fields go along."""
        fields = {**form.fields, **typed}
        headers = {"Origin": str(self.browser.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
        answer = await self.browser.request(form.method.upper(), form.action, data=fields, headers=headers)
        return await self._arrives(answer, step)

    async def _arrives(self, answer: httpx.Response, step: str) -> Page:
        for _ in range(5):
            if answer.status_code not in REDIRECTS:
                break
            answer = await self.browser.get(answer.headers["location"])
        if answer.status_code != 200:
            answered(answer, step, 200)
        return Page(answer.text)

    async def asks(self, method: str, path: str, step: str, body: Any = None, *statuses: int) -> Any:
        """Call the API with the session cookie of this phone, as the pages' own scripts would."""
        headers = {"Origin": str(self.browser.base_url).rstrip("/"), "Sec-Fetch-Site": "same-origin"}
        if method == "POST":
            headers["Idempotency-Key"] = new_ulid()
        content = {} if body is None else {"json": body}
        answer = await self.browser.request(method, path, headers=headers, **content)
        return answered(answer, step, *statuses)


def form_on(page: Page, ending: str, step: str) -> Form:
    """The page's form that goes to `…ending`. Raises JourneyBroke."""
    form = page.form_to(ending)
    if form is None:
        raise JourneyBroke(step, f"a form that goes to {ending}", [f.action for f in page.forms])
    return form


def text_of(message: dict[str, Any]) -> str:
    """What a person reads of a LINE message: text, and the labels of buttons."""
    content = message["message"]
    if content["type"] == "text":
        words = [content["text"]]
    else:
        template = content.get("template", {})
        words = [template.get("text") or content.get("altText", "")]
        words += [f"［{action['label']}］" for action in template.get("actions", [])]
    quick = content.get("quickReply", {}).get("items", [])
    words += [f"［{item['action']['label']}］" for item in quick]
    return "\n".join(words)


def action_on(message: dict[str, Any], label: str, step: str) -> dict[str, Any]:
    """The button or quick reply of a LINE message whose label contains `label`. Raises JourneyBroke."""
    content = message["message"]
    actions = [*content.get("template", {}).get("actions", [])]
    actions += [item["action"] for item in content.get("quickReply", {}).get("items", [])]
    for action in actions:
        if label in action.get("label", ""):
            found: dict[str, Any] = action
            return found
    raise JourneyBroke(step, f"a button 「{label}」", content)
