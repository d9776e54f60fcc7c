"""What another policy would have brought, from the slates that were shown: each place's offer with its probability under both policies."""

from collections.abc import Callable, Collection
from dataclasses import replace

from services.matching.engine.explore import WITHIN, propensity
from services.matching.engine.model import Model
from services.matching.engine.off_policy import Logged
from services.matching.offer import Offer
from services.matching.policy import Policy
from services.matching.replay import circumstances_of
from services.matching.slate import Slate, ranked
from shared.clock import TOKYO


def logged_places(
    slate: Slate,
    offers: list[Offer],
    model: Model | None,
    asked: Collection[str],
    change: Callable[[Policy], Policy],
) -> list[Logged]:
    """One entry per place. `asked` are the offers the person said something to afterwards; `change` makes the policy to be judged.

    Exact, because the probability at a place given those before it is known under either policy. What a slate did not keep (the state of
    exposure while exposure was off, a model while learning was off) cannot be judged: the policy then does without it.
    Raises ValueError for a slate without a basis.
    """
    if slate.basis is None:
        raise ValueError("this slate keeps no basis")
    given = circumstances_of(slate.basis, offers, model)
    policy = change(given.policy)
    today = slate.created_at.astimezone(TOKYO).date()
    candidates, _ = ranked(slate.id, slate.seeker, offers, replace(given, policy=policy), today)
    left = [candidate.offer.id for candidate in candidates]
    found = []
    for proposal in slate.proposals:
        new = propensity(left.index(proposal.offer.id), min(len(left), WITHIN), policy.exploration)
        found.append(Logged(float(proposal.offer.id in asked), proposal.propensity, new))
        left.remove(proposal.offer.id)
    return found
