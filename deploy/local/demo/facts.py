"""What happened on a journey, for whoever wants to check it: the tests, the latencies, the proof of separation."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

Json = dict[str, Any]


@dataclass
class Facts:
    """One resident's journey. Messages are as the LINE platform or the mail server shows them; steps as the timeline gives them."""

    tenant: str
    resident_id: str = ""
    greeting: Json = field(default_factory=dict)
    link: str = ""
    question: str = ""
    answer: Json = field(default_factory=dict)
    profile: Json = field(default_factory=dict)
    slate: Json = field(default_factory=dict)
    appointment: Json = field(default_factory=dict)
    confirmation: Json = field(default_factory=dict)
    consent: Json = field(default_factory=dict)
    referral: Json = field(default_factory=dict)
    webhook: Json = field(default_factory=dict)
    reminder: Json = field(default_factory=dict)
    choices: Json = field(default_factory=dict)
    """The buttons that came with the reminder."""
    attended: Json = field(default_factory=dict)
    timeline: list[Json] = field(default_factory=list)
    marks: dict[str, datetime] = field(default_factory=dict)
    """Instants by the machine's clock, UTC: what the demo itself saw when."""

    def ids(self) -> dict[str, str]:
        """Ids of what was made for this resident, by kind."""
        found = {
            "resident": self.resident_id,
            "consultation": self.answer.get("consultation_id", ""),
            "slate": self.slate.get("id", ""),
            "appointment": self.appointment.get("id", ""),
            "referral": self.referral.get("id", ""),
        }
        return {kind: value for kind, value in found.items() if value}
