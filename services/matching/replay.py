"""Whether a slate that is made again is the same, and what differs when it is not."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from services.matching.basis import Basis
from services.matching.engine.blend import Circumstances
from services.matching.engine.columns import Columns, columns_of
from services.matching.engine.model import Model
from services.matching.offer import Offer
from services.matching.scoring import terms
from services.matching.slate import Proposal, Slate, propose


@dataclass(frozen=True)
class Replay:
    """`whole`: made again from everything it was made from. Slates from before that was kept are checked proposal by proposal."""

    slate_id: str
    whole: bool
    differences: tuple[str, ...]

    @property
    def identical(self) -> bool:
        return not self.differences


def circumstances_of(basis: Basis, columns: Columns, model: Model | None) -> Circumstances:
    """What held when the slate was made; `columns` are the offers of its snapshot."""
    return Circumstances(basis.policy, columns.norms, model, basis.companies, basis.standing, basis.crowded)


def replay(slate: Slate, offers: Iterable[Offer], model: Model | None) -> Replay:
    """Make the slate again from the snapshot's offers and the model that it names, and compare what came out, and what went in.

    What went in is compared by hash: a change that is too small to move a single point is found, too.
    Raises ValueError for a slate without a basis.
    """
    if slate.basis is None:
        raise ValueError("this slate keeps no basis")
    columns = columns_of(offers)
    given = circumstances_of(slate.basis, columns, model)
    snapshot = columns.snapshot().hash if slate.basis.snapshot else None
    again, _ = propose(
        slate.id, slate.seeker, columns, slate.basis.size, slate.created_at, given, snapshot, test=slate.test
    )
    return Replay(slate.id, True, tuple(_compared(slate, again)))


def replay_terms(slate: Slate) -> Replay:
    """For a slate without a basis: each proposal's terms again, and that scores descend."""
    differences = [
        f"terms of {proposal.offer.id}"
        for proposal in slate.proposals
        if terms(proposal.offer, slate.seeker) != proposal.terms
        or sum(term.contribution for term in proposal.terms) != proposal.score
    ]
    scores = [proposal.score for proposal in slate.proposals]
    if scores != sorted(scores, reverse=True):
        differences.append("order")
    return Replay(slate.id, False, tuple(differences))


def _compared(slate: Slate, again: Slate) -> Iterator[str]:
    if slate.model != again.model:
        yield f"model {slate.model}, now {again.model}"
    if slate.basis != again.basis:
        yield "basis"
    if slate.inputs is not None and slate.inputs != again.inputs:
        yield "inputs"
    if len(slate.proposals) != len(again.proposals):
        yield f"{len(slate.proposals)} proposals, now {len(again.proposals)}"
    for one, other in zip(slate.proposals, again.proposals, strict=False):
        yield from _compared_proposals(one, other)
    # of long lists only the beginning is kept
    if slate.passed_over != again.passed_over[: len(slate.passed_over)]:
        yield "passed over"
    if slate.excluded != again.excluded[: len(slate.excluded)]:
        yield "excluded"
    if dict(slate.counted) != dict(again.counted):
        yield "counted"


def _compared_proposals(one: Proposal, other: Proposal) -> Iterator[str]:
    if (one.offer.id, one.offer.version) != (other.offer.id, other.offer.version):
        yield f"rank {one.rank}: {one.offer.id}, now {other.offer.id}"
        return
    for name in ("score", "terms", "unknown", "area", "propensity", "drawn"):
        if getattr(one, name) != getattr(other, name):
            yield f"{name} of {one.offer.id}"
