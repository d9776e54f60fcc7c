"""Who gets one more reminder, the evening before.

A rule of counts that anybody can check, about reminding only: no time is ever booked twice on a guess, nothing is kept from anybody, and
neither the person nor the counsellor is shown a number. Reminders lower missed appointments by about a third (39.8 % to 26.3 % by text
message); who is likely to come anyway is spared one.
"""

from dataclasses import dataclass
from datetime import timedelta

from shared.tenancy import Booking

PRIOR_MISSED, PRIOR_ATTENDED = 1, 4
"""Before anything is known of somebody: one of five, as of people whom appointments are kept for at all (Beta(1, 4))."""
LIKELY = 0.25
"""From here on one more reminder at any distance."""
LONG = timedelta(days=7)
LIKELY_WHEN_LONG = 0.2
"""What was booked a week ahead or more is forgotten sooner."""
FIRST_LEAD = timedelta(days=3)
SHORTEST = timedelta(days=1)
"""What is booked for the next hours needs no evening before."""


@dataclass(frozen=True)
class History:
    """How many appointments of the person have been, so far. What a counsellor missed is not counted."""

    attended: int
    missed: int

    @property
    def first(self) -> bool:
        return self.attended + self.missed == 0

    @property
    def share_missed(self) -> float:
        """The expected share of missed ones: the mean of Beta(1 + missed, 4 + attended)."""
        missed = PRIOR_MISSED + self.missed
        return missed / (missed + PRIOR_ATTENDED + self.attended)


def helps_to_be_reminded(history: History, lead: timedelta, terms: Booking) -> bool:
    """Whether one more reminder is sent for an appointment that begins `lead` from now. Never when the tenant has switched it off.

    A first appointment is reminded of when it is three days away or more: nobody knows the way yet.
    """
    if not terms.extra_reminders or lead < SHORTEST:
        return False
    if history.first and lead >= FIRST_LEAD:
        return True
    return history.share_missed >= (LIKELY_WHEN_LONG if lead >= LONG else LIKELY)
