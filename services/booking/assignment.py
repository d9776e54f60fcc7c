"""Who is asked to take an appointment that names nobody: candidates in order, each with the reason, which is recorded and shown.

First the conditions: works by this channel, speaks the language, has the skills, is of the gender if it must be so, is not the one of last
time if the resident wants to begin anew, and has not had as many appointments that day as they take. Of those who are left:

1. whom the appointment is with already, when it moves to another time;
2. the counsellor of last time, so that nobody has to tell their story twice;
3. somebody of the gender that the resident would rather talk to;
4. the municipality's own counsellors before a pool's;
5. whose turn it is, by weighted deficit;
6. fewest appointments that day.

Deficit, in minutes, of counsellor c for a wish in service week t, over the weeks of a window (the last 28 days and the horizon):

    fair(c, w)    = all assigned minutes of week w x weight(c) x open(c, w) / sum over the candidates of weight x open
    deficit(c)    = fair(c, t) - assigned(c, t) + clamp(sum over the other weeks of fair - assigned, -CREDIT, CREDIT)

`open` is what somebody really offered (hours less leave), week by week: of a week on leave or before joining the fair share is nothing, so
that nobody comes back with a debt of turns to make up, and no separate credit for leave or for joining is needed. What was
missed or had too much in other weeks counts for CREDIT minutes at most: shares even out over weeks, and whoever is chosen has at most
2 x CREDIT minutes more than their fair share of that week before (of numbers that sum to nothing one is never below zero), so
nobody is flooded. Source of the idea: deficit round robin (Shreedhar & Varghese, SIGCOMM 1995), with a bounded deficit.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from services.booking.counsellor import Asked, Counsellor
from services.booking.wish import Wish

CREDIT = 120
Code = Literal["chosen", "present", "continuity", "preference", "own", "turn", "quiet-day", "even", "only"]
"""What put a candidate ahead of the next one: somebody asked for them; it was theirs already; the counsellor of last time; the wished gender; own before pool;
the greater deficit; fewer appointments that day; nothing (in order of their ids); there was nobody else."""

_RANKS: tuple[Code, ...] = ("present", "continuity", "preference", "own", "turn", "quiet-day", "even")
_Key = tuple[bool, bool, bool, bool, float, int, str]


@dataclass(frozen=True)
class Load:
    """Minutes of one service week: offered, and assigned in appointments."""

    open: int
    assigned: int


@dataclass(frozen=True)
class Standing:
    """A counsellor who is free at the wished time, and what is known beside. `weeks` are those of the window, the same for everybody.

    `pool` is None for the municipality's own; `on_day` counts appointments of the wished service day; `last` says whether this
    resident's last attended appointment was with them.
    """

    counsellor: Counsellor
    pool: str | None = None
    weeks: Sequence[Load] = ()
    on_day: int = 0
    last: bool = False


@dataclass(frozen=True)
class Assignment:
    """Why a counsellor is in this place of the order. `considered` is how many met the conditions, `matched` which wishes they meet,
    `language` is the one that was wished for."""

    counsellor_id: str
    pool: str | None
    code: Code
    considered: int
    deficit_minutes: int
    matched: tuple[str, ...] = ()
    language: str | None = None

    def as_json(self) -> dict[str, Any]:
        """As it is stored with the appointment: codes and numbers."""
        return {
            "code": self.code,
            "considered": self.considered,
            "deficit_minutes": self.deficit_minutes,
            "matched": list(self.matched),
            "pool": self.pool,
            "language": self.language,
        }


def in_order(standings: Sequence[Standing], wish: Wish, week: int) -> list[Assignment]:
    """Everybody who meets the conditions of `wish`, the best first. `week` is the wished date's place in `Standing.weeks`."""
    fitting = [standing for standing in standings if fits(standing, wish)]
    deficits = deficits_of(fitting, week)
    keyed = sorted((_key(s, wish, deficits[s.counsellor.id]), n) for n, s in enumerate(fitting))
    return [
        Assignment(
            fitting[n].counsellor.id,
            fitting[n].pool,
            _code(wish, key, keyed[place + 1][0] if place + 1 < len(keyed) else None),
            len(fitting),
            round(deficits[fitting[n].counsellor.id]),
            matched(fitting[n], wish),
            wish.language,
        )
        for place, (key, n) in enumerate(keyed)
    ]


def fits(standing: Standing, wish: Wish) -> bool:
    """Whether the counsellor meets every condition of the wish."""
    counsellor = standing.counsellor
    asked = Asked(wish.channel, wish.counsellor_id, wish.language, wish.skills)
    other = wish.gender_required and wish.gender not in (None, counsellor.gender)
    full = counsellor.daily_cap is not None and standing.on_day >= counsellor.daily_cap
    again = wish.anew and standing.last
    return counsellor.active and asked.fits(counsellor) and not (other or full or again)


def matched(standing: Standing, wish: Wish) -> tuple[str, ...]:
    """Which of the resident's wishes the counsellor meets, as codes."""
    counsellor = standing.counsellor
    found = {
        "language": wish.language is not None,
        "skills": bool(wish.skills),
        "gender": wish.gender is not None and counsellor.gender == wish.gender,
        "present": counsellor.id == wish.rather,
        "continuity": standing.last,
        "anew": wish.anew,
        "own": standing.pool is None,
    }
    return tuple(name for name, met in found.items() if met)


def deficits_of(standings: Sequence[Standing], week: int) -> Mapping[str, float]:
    """Counsellor id -> deficit in minutes for a wish in that week (see above); positive: less than their fair share."""
    weeks = len(standings[0].weeks) if standings else 0
    gaps = [_gaps(standings, n) for n in range(weeks)]
    found = {}
    for place, standing in enumerate(standings):
        others = sum(gap[place] for n, gap in enumerate(gaps) if n != week)
        this = gaps[week][place] if week < weeks else 0.0
        found[standing.counsellor.id] = this + max(-CREDIT, min(CREDIT, others))
    return found


def _gaps(standings: Sequence[Standing], week: int) -> list[float]:
    """Fair share less assigned minutes of one week, in the order of `standings`; the sum is nothing unless nobody was open."""
    offered = [s.counsellor.weight * s.weeks[week].open for s in standings]
    assigned = [s.weeks[week].assigned for s in standings]
    total, whole = sum(offered), sum(assigned)
    if not total:
        return [0.0] * len(standings)
    return [whole * mine / total - had for mine, had in zip(offered, assigned, strict=True)]


def _key(standing: Standing, wish: Wish, deficit: float) -> _Key:
    """Smaller is better; the parts are those of `_RANKS`."""
    unlike = wish.gender is not None and standing.counsellor.gender != wish.gender
    # a hundredth of a minute is nobody's turn: rounding must not decide where a rule could
    turn = -round(deficit, 2)
    return (
        standing.counsellor.id != wish.rather,
        not standing.last,
        unlike,
        standing.pool is not None,
        turn,
        standing.on_day,
        standing.counsellor.id,
    )


def _code(wish: Wish, key: _Key, following: _Key | None) -> Code:
    if wish.counsellor_id is not None:
        return "chosen"
    if following is None:
        return "only"
    return next(code for code, mine, next_one in zip(_RANKS, key, following, strict=True) if mine != next_one)
