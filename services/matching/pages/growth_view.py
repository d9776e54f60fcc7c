"""What the worker's page and staff's page show of how work goes: the same, whoever looks."""

from datetime import datetime
from typing import Any

from services.matching.assessment import words
from services.matching.assessment.growth import Growth
from services.matching.assessment.record import Kind, by_period, month_of, months_before
from services.matching.pages.growth_chart import apart, panels


def growth_view(growth: Growth, viewer: Kind, now: datetime) -> dict[str, Any]:
    """For a template: the months, newest first, as pictures and in words; this month and the last, and what the `viewer`'s side has said by month."""
    this = month_of(now)
    both, differing = apart(growth)
    return {
        "growth": growth,
        "months": list(reversed(by_period(growth.assessments).items())),
        "panels": panels(growth),
        "both": both,
        "apart": differing,
        "own": {one.period: one for one in growth.assessments if one.kind == viewer},
        "recent": (this, months_before(this, 1)),
        "words": words,
    }
