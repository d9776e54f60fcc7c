"""What must hold of an offer that somebody writes, and what is worth another look before it is shown. Advice never stands in the way."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.matching.fair_words import HINTS, asked_for
from services.matching.hours import weekly_minutes
from services.matching.offer import Draft, Kind
from shared.errors import Invalid

LOWEST_MINIMUM_WAGE = 1023
"""Yen an hour, anywhere in the country: a lower wage of an employee is worth a look. Source: 厚生労働省, 令和7年度地域別最低賃金."""
LEAST, MOST = 300, 20_000
"""Yen an hour: what is outside is a slip of the pen."""
EMPLOYED: Final[frozenset[Kind]] = frozenset({"job", "trial_work", "supported_short_job"})
PAPERS: Final = re.compile(
    r"(履歴書|職務経歴書|面接)(?![^。\n]{0,8}(なし|無し|不要|いりません|要りません|ありません|しません))"
)
"""What a supported short job does without: by its kind one comes and works, and is not chosen by papers or an interview."""
LONGEST_WEEK = 40 * 60
"""Minutes. Source: 労働基準法32条."""
Code = Literal["fair", "wage_low", "wage_unknown", "hours_unknown", "long_week", "short", "no_papers"]


@dataclass(frozen=True)
class Advice:
    """`field` is where to look; `about` says which, for the code `fair`."""

    code: Code
    field: str
    about: str = ""


def check(draft: Draft, reach: frozenset[str], today: date) -> None:
    """Raises Invalid, which names the field: a place outside of what the municipality declares, a wage or a last day that cannot be."""
    if not draft.remote and draft.municipality_code not in reach:
        raise Invalid("municipality_code", "not in the job area of this municipality")
    wage = draft.hourly_wage_yen
    if wage is not None and not LEAST <= wage <= MOST:
        raise Invalid("hourly_wage_yen", f"an hourly wage lies between {LEAST} and {MOST} yen")
    if draft.expires_on is not None and draft.expires_on < today:
        raise Invalid("expires_on", "the last day has passed")
    if (draft.lat is None) != (draft.lng is None):
        raise Invalid("lat", "latitude and longitude come together")


def advise(draft: Draft) -> tuple[Advice, ...]:
    """What is worth another look, field by field."""
    return tuple(_advice(draft))


def _advice(draft: Draft) -> Iterator[Advice]:
    for matter in asked_for(draft.title, draft.description, *draft.tags, *draft.licences):
        yield Advice("fair", "description", HINTS[matter])
    if len(draft.description.strip()) < 20:
        yield Advice("short", "description")
    if draft.kind == "supported_short_job" and PAPERS.search(f"{draft.title}\n{draft.description}"):
        yield Advice("no_papers", "description")
    if not draft.hours:
        yield Advice("hours_unknown", "hours")
    elif draft.kind in EMPLOYED and weekly_minutes(draft.hours) > LONGEST_WEEK:
        yield Advice("long_week", "hours")
    if draft.kind in EMPLOYED:
        if draft.hourly_wage_yen is None:
            yield Advice("wage_unknown", "hourly_wage_yen")
        elif draft.hourly_wage_yen < LOWEST_MINIMUM_WAGE:
            yield Advice("wage_low", "hourly_wage_yen")
