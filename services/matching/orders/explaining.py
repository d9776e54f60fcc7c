"""Why this person for this piece, and why nobody for that one: rule by rule, from the same numbers that decided it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from services.matching.orders.assignment import Reason
from services.matching.orders.greedy import more_hours
from services.matching.orders.planning import Made, Placement
from services.matching.orders.problem import Bools

Why = Literal["nobody", "skill", "pinned", "barred", "bar", "room", "quota", "busy"]
MOST = 4


@dataclass(frozen=True)
class Unplaced:
    """Units of a task that went to nobody. `why` is the rule that left nobody over; `counts` says how many workers each rule kept from it."""

    task_id: str
    quantity: int
    why: Why
    counts: Mapping[Why, int]


def reasons(made: Made, placement: Placement) -> tuple[Reason, ...]:
    """The strongest reasons, best first, and how many days there are to spare."""
    field, p, h = made.field, placement.piece, placement.hand
    piece, hand = field.problem.pieces[p], field.problem.hands[h]
    ability = field.problem.abilities[hand.resident_id, piece.type]
    found = [
        (float(field.terms["quality"][p, h]), Reason("quality", round(float(field.lower[p, h]), 3))),
        (float(field.terms["continuity"][p, h]), Reason("continuity")),
        (float(field.terms["growth"][p, h]), Reason("growth", round(float(field.growth[p, h]), 3))),
    ]
    if hand.wishes_more:
        found.append((more_hours(sum(hand.free), placement.minutes), Reason("more_hours")))
    if not ability.lines:  # a bound that rests on nothing of their own is no reason
        found[0] = (1.0, Reason("new"))
    told = [reason for points, reason in sorted(found, key=lambda one: -one[0]) if points > 0]
    if piece.pinned == hand.resident_id:
        told.insert(0, Reason("pinned"))
    spare = piece.due - max(placement.days, default=piece.due)
    return (*told[: MOST - 1], Reason("in_time", spare))


def unplaced(made: Made) -> tuple[Unplaced, ...]:
    """By task, in order of the problem's pieces."""
    field = made.field
    placed = {placement.piece for placement in made.plan.placements}
    stretched = sum(placement.stretch for placement in made.plan.placements)
    quota_full = stretched >= field.problem.stretch_quota
    found: dict[str, Unplaced] = {}
    for n, piece in enumerate(field.problem.pieces):
        if n in placed:
            continue
        why, counts = _funnel(made, n, quota_full=quota_full)
        before = found.get(piece.task_id)
        quantity = piece.quantity + (before.quantity if before else 0)
        found[piece.task_id] = Unplaced(
            piece.task_id, quantity, before.why if before else why, before.counts if before else counts
        )
    return tuple(found.values())


def _funnel(made: Made, n: int, *, quota_full: bool) -> tuple[Why, dict[Why, int]]:
    """Rule after rule, among those whom the rules before have left over."""
    field, piece = made.field, made.field.problem.pieces[n]
    rules: list[tuple[Why, Bools]] = [
        ("skill", field.skilled[n]),
        ("pinned" if piece.pinned is not None else "barred", field.asked[n]),
        ("bar", field.good[n] | field.growing[n]),
        ("room", field.roomy[n]),
        ("quota", field.good[n] | np.bool_(not quota_full)),
    ]
    over: Bools = np.ones(len(field.problem.hands), dtype=bool)
    why: Why | None = None if over.any() else "nobody"
    counts: dict[Why, int] = {}
    for name, passed in rules:
        lost = int((over & ~passed).sum())
        if lost:
            counts[name] = lost
        over = over & passed
        if why is None and not over.any():
            why = name
    if over.any():
        counts["busy"] = int(over.sum())
    return why or "busy", counts
