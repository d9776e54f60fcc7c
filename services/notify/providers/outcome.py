"""How an attempt at a provider ended."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

Kind = Literal["accepted", "refused", "misconfigured", "token_spent", "busy", "unclear", "lost"]


@dataclass(frozen=True)
class Outcome:
    """accepted       it has it (now, or from an earlier attempt)
    refused        it will never take it for this person or this month
    misconfigured  it does not know us: nothing of this tenant can be sent this way
    token_spent    the reply token is used or too old
    busy           certainly not taken; try later, after `retry_after` if it said so
    unclear        no definite answer: it may have been taken
    lost           nobody can say any more whether an earlier attempt was taken, and no way is left that could not send twice

    `reason` is a code for the record.
    """

    kind: Kind
    reason: str = ""
    retry_after: timedelta | None = None

    @property
    def another_way(self) -> bool:
        """Whether another way to the person may be tried at once: only after a definite no."""
        return self.kind in ("refused", "misconfigured")
