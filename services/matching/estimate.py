"""What another policy would have brought, from the slates that were shown: each place's offer with its probability under both policies,
and what a reward model that never saw this slate's answers expects."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from zlib import crc32

from services.matching.engine.blend import Blend, features
from services.matching.engine.columns import columns_of
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
    (`logged`) and under the one to be judged (`new`); `choices` are all that this one would show there, with their probabilities."""

    slate_id: str
    reward: float
    logged: float
    new: float
    features: Features
    choices: tuple[tuple[float, Features], ...]


def shown_places(
    slate: Slate,
    offers: Iterable[Offer],
    model: Model | None,
    asked: Collection[str],
    change: Callable[[Policy], Policy],
) -> list[Shown]:
    """One entry per place. `asked` are the offers the person said something to afterwards; `change` makes the policy to be judged.

    Exact, because the probability at a place given those before it is known under either policy. What a slate did not keep (the state of
    exposure while exposure was off, a model while learning was off) cannot be judged: the policy then does without it.
    Raises ValueError for a slate without a basis.
    """
    if slate.basis is None:
        raise ValueError("this slate keeps no basis")
    columns = columns_of(offers)
    given = circumstances_of(slate.basis, columns, model)
    given = replace(given, policy=change(given.policy))
    today = slate.created_at.astimezone(TOKYO).date()
    size = len(slate.proposals)
    blend = Blend(slate.seeker, given, today)
    first = ranked(slate.id, blend, columns, WITHIN + size, 0)
    left = [candidate.offer for candidate in first.first]
    known: dict[str, Features] = {}

    def said_of(offer: Offer) -> Features:
        if offer.id not in known:
            known[offer.id] = features(blend.terms(offer))
        return known[offer.id]

    found = []
    for number, proposal in enumerate(slate.proposals):
        pool = min(first.count - number, WITHIN)
        likely = {
            offer.id: propensity(place, pool, given.policy.exploration)
            for place, offer in enumerate(left[:pool])
        }
        found.append(
            Shown(
                slate.id,
                float(proposal.offer.id in asked),
                proposal.propensity,
                likely.get(proposal.offer.id, 0.0),
                features(proposal.terms),
                tuple((likely[o.id], said_of(o)) for o in left[:pool] if likely[o.id]),
            )
        )
        left = [offer for offer in left if offer.id != proposal.offer.id]
    return found


def logged_of(places: Sequence[Shown]) -> list[Logged]:
    """With what a reward model expects, fitted to the other half of the slates: an estimate that is doubly robust must not have seen the
    answers that it is set beside (cross-fitting: Chernozhukov et al., Econometrics Journal 21, 2018, section 3)."""
    models = [
        learn(Logistic(), (Example(p.features, p.reward > 0) for p in places if _fold(p) != fold))
        for fold in range(FOLDS)
    ]
    return [_logged(place, models[_fold(place)]) for place in places]


def _logged(place: Shown, model: Logistic) -> Logged:
    return Logged(
        place.reward,
        place.logged,
        place.new,
        probability(model, place.features),
        sum(likely * probability(model, said) for likely, said in place.choices),
    )


def _fold(place: Shown) -> int:
    return crc32(place.slate_id.encode()) % FOLDS
