"""From what was done and what was shown to a new model. Residents who refused are left out before anything is counted."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.matching.engine.blend import features
from services.matching.engine.interactions import Interaction, gather
from services.matching.engine.logistic import Example, Logistic, learn
from services.matching.engine.model import Model, fit
from services.matching.scoring import Term


@dataclass(frozen=True)
class Shown:
    """A slate that was shown: offers with their terms, best first."""

    slate_id: str
    resident_id: str
    at: datetime
    offers: tuple[tuple[str, tuple[Term, ...]], ...]


def model_of(
    done: Sequence[Interaction], shown: Sequence[Shown], refused: Collection[str], now: datetime
) -> Model | None:
    """The model of everything that may be learned from; None when there is too little."""
    allowed = [one for one in done if one.resident_id not in refused]
    return fit(gather(allowed, now), learn(Logistic(), examples(allowed, shown, refused)))


def examples(done: Sequence[Interaction], shown: Sequence[Shown], refused: Collection[str]) -> list[Example]:
    """One for each offer on each slate, in the order they were shown: was anything said to it afterwards? Looking is no answer."""
    answered: dict[tuple[str, str], datetime] = {}
    for one in done:
        if one.deed != "view":
            key = (one.resident_id, one.offer_id)
            answered[key] = max(answered.get(key, one.at), one.at)
    found = []
    for slate in sorted(shown, key=lambda s: (s.at, s.slate_id)):
        if slate.resident_id in refused:
            continue
        for offer_id, terms in slate.offers:
            at = answered.get((slate.resident_id, offer_id))
            found.append(Example(features(terms), at is not None and at >= slate.at))
    return found
