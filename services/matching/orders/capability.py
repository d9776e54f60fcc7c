"""What may be expected of each worker at each kind of task, for planning client work. It ranks nobody and is shown to no client."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from services.matching.orders.evidence import Line, Tally, tallies
from services.matching.orders.quality import Quality, posterior, prior
from services.matching.orders.speed import Pace, Speed, pace, speed


@dataclass(frozen=True)
class Ability:
    """`lines` are the results it rests on."""

    quality: Quality
    speed: Speed
    lines: int = 0


@dataclass(frozen=True)
class TypeKnowledge:
    """What the workers of one type show together, and each by themselves."""

    prior: Quality
    pace: Pace
    of_worker: Mapping[str, Tally]

    def ability(self, resident_id: str) -> Ability:
        """Also of somebody new: what is usual then."""
        own = self.of_worker.get(resident_id)
        return Ability(posterior(self.prior, own), speed(self.pace, own), own.lines if own else 0)


class Knowledge:
    """Of one municipality, as of `now`: nothing is learned across municipalities."""

    def __init__(self, lines: Iterable[Line], now: datetime) -> None:
        self.types = {
            kind: TypeKnowledge(prior(own.values()), pace(own.values()), own)
            for kind, own in tallies(lines, now).items()
        }
        self._unknown = TypeKnowledge(prior(()), Pace(), {})

    def ability(self, resident_id: str, kind: str) -> Ability:
        return self.types.get(kind, self._unknown).ability(resident_id)

    def types_of(self, resident_id: str) -> list[str]:
        """Kinds of tasks that the worker has results of, by code."""
        return sorted(kind for kind, known in self.types.items() if resident_id in known.of_worker)
