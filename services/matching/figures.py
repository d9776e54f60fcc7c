"""How an offer was met in the last four weeks: for its company, and for staff. Numbers alone; who it was, a company never learns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from services.matching.engine.interactions import Deed, Interaction

NOTHING: Mapping[Deed, int] = MappingProxyType({})


@dataclass(frozen=True)
class Figures:
    """`shown`: on how many slates; `opened`: by how many people on how many days; `asked`: people by what they said."""

    shown: int = 0
    opened: int = 0
    asked: Mapping[Deed, int] = field(default_factory=lambda: NOTHING)

    @property
    def interest(self) -> int:
        """Everything that was said, looking apart."""
        return sum(self.asked.values())


def figures_of(shown: Mapping[str, int], done: Iterable[Interaction]) -> dict[str, Figures]:
    """By offer. `shown` counts slates, `done` is what people did."""
    opened: dict[str, int] = {}
    asked: dict[str, dict[Deed, set[str]]] = {}
    for one in done:
        if one.deed == "view":
            opened[one.offer_id] = opened.get(one.offer_id, 0) + 1
        else:
            asked.setdefault(one.offer_id, {}).setdefault(one.deed, set()).add(one.resident_id)
    return {
        offer_id: Figures(
            shown.get(offer_id, 0),
            opened.get(offer_id, 0),
            {deed: len(people) for deed, people in asked.get(offer_id, {}).items()},
        )
        for offer_id in {*shown, *opened, *asked}
    }
