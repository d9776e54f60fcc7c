"""Slates for many people, one after another."""

from services.matching.engine.blend import Circumstances
from services.matching.engine.columns import columns_of
from services.matching.engine.exposure import Seen
from services.matching.policy import Policy
from services.matching.replay import replay
from services.matching.series import best_of_each
from services.matching.slate import Slate
from tests.unit.matching.builders import NOW, a_seeker, an_offer

COLUMNS = columns_of([an_offer(f"ofr_{n}", company_id=f"com_{n}") for n in range(6)])
PEOPLE = [(f"slt_{n}", a_seeker(resident_id=f"res_{n}")) for n in range(4)]


def made(exposure: int, skip: dict[str, set[str]] | None = None) -> list[Slate]:
    """Of six equal companies one has been seen."""
    policy = Policy(exposure=exposure, exploration=1000)
    given = Circumstances(policy, COLUMNS.norms, None, {"com_0": Seen(1, 0.1, 0.0)}, 6)
    snapshot = COLUMNS.snapshot().hash
    return [slate for slate, _ in best_of_each(COLUMNS, given, PEOPLE, 1, NOW, skip or {}, snapshot)]


def test_what_one_is_shown_counts_for_what_the_next_is_shown() -> None:
    shown = [slate.proposals[0].offer.company_id for slate in made(100)]
    assert len(set(shown)) == 4
    assert "com_0" not in shown


def test_each_can_be_made_again_and_no_place_went_by_lot() -> None:
    for slate in made(100):
        assert replay(slate, COLUMNS, None).identical
        assert [(p.propensity, p.drawn) for p in slate.proposals] == [(1.0, False)]


def test_what_a_person_was_sent_before_is_not_sent_again() -> None:
    first = [slate.proposals[0].offer.id for slate in made(0)]
    again = made(0, {f"res_{n}": {offer} for n, offer in enumerate(first)})
    assert all(slate.proposals[0].offer.id != offer for slate, offer in zip(again, first, strict=True))
    assert {slate.counted["shown"] for slate in again} == {1}
