"""What another policy would have brought, from the slates that were shown: each place's offer with its probability under both policies, given
the places before it, what only the other policy would show there, and what a reward model that never saw this slate's answers expects."""

import itertools
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from services.matching.engine.blend import Blend, features
from services.matching.engine.columns import Columns, columns_of
from services.matching.engine.explore import WITHIN, propensity
from services.matching.engine.logistic import Example, Logistic, learn, probability
from services.matching.engine.model import Model
from services.matching.engine.off_policy import Logged
from services.matching.offer import Offer
from services.matching.policy import Policy
from services.matching.ranking import ranked
from services.matching.replay import circumstances_of
from services.matching.slate import Slate
from shared.clock import TOKYO

FOLDS = 2
Features = Mapping[str, float]


@dataclass(frozen=True)
class Shown:
    """One place: what was shown there, whether it was asked for, with which probability it was shown under the policy that was logged
    (`logged`) and under the one to be judged (`new`); `choices` are all that this one would show there, with their probabilities, of which
    `unsupported` go to what the logged one never shows there. All of it given the places before."""

    slate_id: str
    reward: float
    logged: float
    new: float
    features: Features
    choices: tuple[tuple[float, Features], ...]
    unsupported: float = 0.0


def shown_places(
    slate: Slate,
    offers: Iterable[Offer],
    model: Model | None,
    asked: Collection[str],
    change: Callable[[Policy], Policy],
) -> list[Shown]:
    """One entry per place. `asked` are the offers the person said something to afterwards; `change` makes the policy to be judged.

    The probability at a place given those before it is known exactly under either policy; how likely those before it were is in the entries
    of their own, and `engine.off_policy` multiplies them. What a slate did not keep (the state of exposure while exposure was off, a model
    while learning was off) cannot be judged: the policy then does without it.
    Raises ValueError for a slate without a basis.
    """
    if slate.basis is None:
        raise ValueError("this slate keeps no basis")
    columns = columns_of(offers)
    then = circumstances_of(slate.basis, columns, model)
    given = replace(then, policy=change(then.policy))
    today = slate.created_at.astimezone(TOKYO).date()
    blend = Blend(slate.seeker, given, today)
    was, other = _Left(slate, Blend(slate.seeker, then, today), columns), _Left(slate, blend, columns)
    known: dict[str, Features] = {}

    def said_of(offer: Offer) -> Features:
        if offer.id not in known:
            known[offer.id] = features(blend.terms(offer))
        return known[offer.id]

    found = []
    for proposal in slate.proposals:
        shown, likely = proposal.offer.id, other.likely()
        supported = {offer.id for offer, _ in was.likely()} | {shown}
        found.append(
            Shown(
                slate.id,
                float(proposal.offer.id in asked),
                proposal.propensity,
                next((chance for offer, chance in likely if offer.id == shown), 0.0),
                features(proposal.terms),
                tuple((chance, said_of(offer)) for offer, chance in likely),
                sum(chance for offer, chance in likely if offer.id not in supported),
            )
        )
        was.take(shown)
        other.take(shown)
    return found


class _Left:
    """What stands to choice at a place of the slate under one policy, after what was shown at the places before."""

    def __init__(self, slate: Slate, blend: Blend, columns: Columns) -> None:
        ranking = ranked(slate.id, blend, columns, WITHIN + len(slate.proposals), 0)
        self.offers = [candidate.offer for candidate in ranking.first]
        self.count = ranking.count
        self.epsilon = blend.given.policy.exploration

    def likely(self) -> list[tuple[Offer, float]]:
        """Whatever may be shown, with its probability."""
        pool = min(self.count, WITHIN)
        found = [(o, propensity(place, pool, self.epsilon)) for place, o in enumerate(self.offers[:pool])]
        return [(offer, chance) for offer, chance in found if chance]

    def take(self, offer_id: str) -> None:
        self.offers = [offer for offer in self.offers if offer.id != offer_id]
        self.count -= 1


def logged_of(places: Sequence[Shown]) -> list[list[Logged]]:
    """Slate by slate, with what a reward model expects, fitted to the other half of the slates: an estimate that is doubly robust must not have seen the
    answers that it is set beside (cross-fitting: Chernozhukov et al., Econometrics Journal 21, 2018, section 3)."""
    models = [
        learn(Logistic(), (Example(p.features, p.reward > 0) for p in places if _fold(p) != fold))
        for fold in range(FOLDS)
    ]
    by_slate = itertools.groupby(places, lambda place: place.slate_id)
    return [[_logged(place, models[_fold(place)]) for place in slate] for _, slate in by_slate]


def _logged(place: Shown, model: Logistic) -> Logged:
    return Logged(
        place.reward,
        place.logged,
        place.new,
        probability(model, place.features),
        sum(likely * probability(model, said) for likely, said in place.choices),
        place.unsupported,
    )


def _fold(place: Shown) -> int:
    return crc32(place.slate_id.encode()) % FOLDS
