"""What a resident chose on LINE, and why it could not be done, if so."""

import hashlib
from dataclasses import dataclass
from datetime import date

from shared.errors import Refused
from shared.events.booking import RefusalReason
from shared.events.intake import ChosenAction
from shared.trace import Trace


@dataclass(frozen=True)
class Chosen:
    """`subject_id` is the appointment, waiting entry or shift; `service_date` and `start_minute` the time chosen, where one was.

    `event_id` is that of the event which said so; `trace` what the work it causes belongs to.
    """

    id: str
    event_id: str
    resident_id: str
    action: ChosenAction
    trace: Trace
    subject_id: str | None = None
    service_date: date | None = None
    start_minute: int | None = None
    tries: int = 0
    version: int = 1

    @property
    def key(self) -> str:
        """The key of the command that performs it: the same however often it is tried."""
        return hashlib.sha256(f"chosen|{self.event_id}".encode()).hexdigest()[:40]


REASONS: dict[str, RefusalReason] = {
    "not-found": "not_found",
    "already-started": "started",
    "wrong-state": "over",
    "hold-expired": "over",
    "slot-taken": "time_taken",
    "resident-busy": "time_taken",
    "day-full": "time_taken",
    "resident-day-full": "time_taken",
    "no-room": "time_taken",
    "nobody-free": "time_taken",
    "pool-quota-used": "unavailable",
    "pool-reserved": "unavailable",
    "pool-not-shared": "unavailable",
    "slot-not-offered": "unavailable",
    "too-soon": "unavailable",
    "too-far": "unavailable",
    "invalid": "unavailable",
    "offer-ended": "offer_ended",
    "waiting-offer-ended": "offer_ended",
    "station-full": "time_taken",
    "time-taken": "time_taken",
    "shift-withdrawn": "over",
}


def reason_of(refused: Refused) -> RefusalReason:
    """The reason that the person is told. What nobody foresaw is a fault of ours."""
    return REASONS.get(refused.slug, "failed")
