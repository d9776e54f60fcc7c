"""One journey in hand: the person, the story it is told in, the facts it leaves; and how it takes and shows time."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt

from deploy.local.demo.expecting import expect
from deploy.local.demo.facts import Facts
from deploy.local.demo.person import Person
from deploy.local.demo.samples import Loaded
from deploy.local.demo.story import Story
from deploy.local.demo.world import World, service_time
from shared.auth import SESSION_COOKIE


@dataclass
class Walk:
    """Everything a chapter needs."""

    world: World
    story: Story
    person: Person
    facts: Facts
    loaded: Loaded

    def tell(self, text: str, english: str = "") -> None:
        """A moment at the present time of the stack."""
        self.story.moment(service_time(self.world.now())[1], text, english)

    def mark(self, name: str) -> None:
        """Remember the machine's time."""
        self.facts.marks[name] = datetime.now(UTC)

    def know_resident(self) -> str:
        """Read the anonymous id from the session cookie on the phone."""
        cookie = self.person.browser.cookies.get(SESSION_COOKIE)
        expect(cookie, "chat: session", f"a cookie {SESSION_COOKIE}", "there is none")
        claims: dict[str, Any] = jwt.decode(str(cookie), options={"verify_signature": False})
        self.person.resident_id = self.facts.resident_id = str(claims["sub"])
        return self.person.resident_id
