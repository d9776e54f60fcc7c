"""Client orders and the work on them. `days` and `weeks` are service dates of Asia/Tokyo; instants are UTC.

An assignment's life: proposed -> accepted -> completed; declined (by the worker, who is asked no reason) or withdrawn (by staff) before
that. Whoever keeps promised time follows `weeks`: each event says all of it anew.
"""

from datetime import date, datetime
from typing import ClassVar, Literal

from shared.events.envelope import Part, Payload

ReturnReason = Literal["content", "missing", "format", "unclear_instruction", "other"]
"""Why units come back. `unclear_instruction` is the client's or ours, and says nothing about who did them."""


class PromisedWeek(Part):
    """Minutes of one week. `monday` is its first service date."""

    monday: date
    minutes: int


class OrderReceived(Payload):
    TYPE: ClassVar[str] = "banso.matching.order.received.v1"
    order_id: str
    company_id: str
    due_at: datetime


class _Assignment(Payload):
    resident_id: str
    assignment_id: str
    order_id: str
    task_id: str


class AssignmentProposed(_Assignment):
    """Somebody is asked, not told. `stretch`: it is something to grow by."""

    TYPE: ClassVar[str] = "banso.matching.assignment.proposed.v1"
    due_at: datetime
    stretch: bool = False


class AssignmentAccepted(_Assignment):
    """`weeks` is the time it will take, by the week."""

    TYPE: ClassVar[str] = "banso.matching.assignment.accepted.v1"
    weeks: tuple[PromisedWeek, ...]


class AssignmentDeclined(_Assignment):
    """Not this one, or not any more (`after_acceptance`). Nobody asks why, and nothing follows from it."""

    TYPE: ClassVar[str] = "banso.matching.assignment.declined.v1"
    after_acceptance: bool = False


class AssignmentWithdrawn(_Assignment):
    """Staff have taken it back."""

    TYPE: ClassVar[str] = "banso.matching.assignment.withdrawn.v1"


class AssignmentCompleted(_Assignment):
    """The work is done and, where that was agreed, checked. `weeks` is the time it took, up to now. `returned` units become a task of their own."""

    TYPE: ClassVar[str] = "banso.matching.assignment.completed.v1"
    done: int
    returned: int
    weeks: tuple[PromisedWeek, ...]


class AssignmentReturned(_Assignment):
    """Some units are to be done once more: `rework_task_id`."""

    TYPE: ClassVar[str] = "banso.matching.assignment.returned.v1"
    quantity: int
    reason: ReturnReason
    rework_task_id: str


EVENTS: tuple[type[Payload], ...] = (
    OrderReceived,
    AssignmentProposed,
    AssignmentAccepted,
    AssignmentDeclined,
    AssignmentWithdrawn,
    AssignmentCompleted,
    AssignmentReturned,
)
