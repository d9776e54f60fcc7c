"""The contract clock."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.centre.contract import (
    SIDES,
    Contract,
    ContractState,
    Side,
    agree,
    end,
    last_day,
    may_take_back,
    next_end,
    next_look,
    propose,
    tick,
)
from services.booking.centre.worker import Renewal
from shared.events.booking import (
    ContractEnded,
    ContractExpiring,
    ContractProposed,
    ContractRenewed,
    ContractStarted,
)
from shared.events.envelope import Payload

NOW = datetime(2026, 4, 1, 3, tzinfo=UTC)
NOTICES = (30, 7)


def active(starts_on: date = date(2026, 4, 1)) -> Contract:
    proposed, _ = propose("ctr_a", "res_a", "cen_a", starts_on, "staff:a", NOW)
    agreed = agree(proposed, "worker", "resident:a", NOW)
    assert agreed is not None
    assert [type(e) for e in agreed[1]] == [ContractStarted]
    return agreed[0]


def on(contract: Contract, day: date, renewal: Renewal = "automatic") -> tuple[Contract, list[Payload]]:
    return tick(contract, renewal, NOTICES, day, NOW) or (contract, [])


@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        (date(2026, 4, 1), 6, date(2026, 9, 30)),
        (date(2026, 4, 15), 6, date(2026, 10, 14)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 8, 29), 6, date(2027, 2, 28)),
        (date(2026, 8, 28), 6, date(2027, 2, 27)),
        (date(2026, 12, 1), 3, date(2027, 2, 28)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2027, 3, 1), 3, date(2027, 5, 31)),
    ],
)
def test_a_term_ends_the_day_before_the_corresponding_one_or_on_the_last_of_the_month(
    first: date, months: int, last: date
) -> None:
    assert last_day(first, months) == last


@given(st.dates(date(2020, 1, 1), date(2060, 1, 1)), st.integers(1, 24))
def test_a_term_is_as_long_as_its_months_and_never_ends_beyond_them(first: date, months: int) -> None:
    last = last_day(first, months)
    ahead = (last.year - first.year) * 12 + last.month - first.month
    assert ahead in (months, months - 1)
    assert ahead == months or first.day == 1
    assert (last + timedelta(days=1)).day in (first.day, 1)


def test_a_contract_runs_once_both_sides_have_agreed() -> None:
    proposed, events = propose("ctr_a", "res_a", "cen_a", date(2026, 4, 1), "staff:a", NOW)
    assert (proposed.state, [type(e) for e in events]) == ("proposed", [ContractProposed])
    assert agree(proposed, "centre", "staff:a", NOW) is None
    assert on(proposed, date(2027, 1, 1)) == (proposed, [])
    running = active()
    assert (running.state, running.ends_on) == ("active", date(2026, 9, 30))


def test_notices_come_ahead_once_each_and_once_more_after_a_renewal() -> None:
    contract = active()
    assert on(contract, date(2026, 8, 30))[1] == []
    contract, events = on(contract, date(2026, 8, 31))
    assert [type(e) for e in events] == [ContractExpiring]
    assert on(contract, date(2026, 9, 1))[1] == []
    contract, events = on(contract, date(2026, 9, 23))
    assert [type(e) for e in events] == [ContractExpiring]
    contract, events = on(contract, date(2026, 10, 1))
    assert [type(e) for e in events] == [ContractRenewed]
    assert (contract.starts_on, contract.ends_on) == (date(2026, 10, 1), date(2026, 12, 31))
    assert [type(e) for e in on(contract, date(2026, 12, 1))[1]] == [ContractExpiring]


def test_notices_that_are_due_at_once_are_one() -> None:
    contract, events = on(active(), date(2026, 9, 25))
    assert [type(e) for e in events] == [ContractExpiring]
    assert contract.noticed == {30, 7}


def test_whoever_ends_it_is_not_asked_why_and_it_ends_with_its_term() -> None:
    outcome = end(active(), "worker", "resident:a", None, date(2026, 5, 1), NOW)
    assert outcome is not None
    ending = outcome[0]
    assert (ending.state, ending.ends_on) == ("active", date(2026, 9, 30))
    assert end(ending, "worker", "resident:a", None, date(2026, 5, 1), NOW) is None
    with pytest.raises(ContractState):
        agree(ending, "centre", "staff:a", NOW)  # it is the worker's word
    ended, events = on(ending, date(2026, 10, 1))
    assert (ended.state, [type(e) for e in events]) == ("ended", [ContractEnded])
    assert on(ended, date(2027, 10, 1)) == (ended, [])
    with pytest.raises(ContractState):
        end(ended, "worker", "resident:a", None, date(2026, 11, 1), NOW)


def test_an_earlier_end_is_neither_in_the_past_nor_after_the_term() -> None:
    today = date(2026, 5, 1)
    for asked, found in (
        (date(2026, 4, 1), today),
        (date(2026, 6, 30), date(2026, 6, 30)),
        (date(2027, 6, 30), date(2026, 9, 30)),
    ):
        outcome = end(active(), "centre", "staff:a", asked, today, NOW)
        assert outcome is not None
        assert outcome[0].ends_on == found


@pytest.mark.parametrize("side", ["worker", "centre"])
def test_who_ended_it_takes_that_back_and_the_term_is_as_long_as_before(side: Side) -> None:
    outcome = end(active(), side, "someone:a", date(2026, 6, 30), date(2026, 5, 1), NOW)
    assert outcome is not None
    assert may_take_back(outcome[0], side)
    back = agree(outcome[0], side, "someone:a", NOW)
    assert back is not None
    assert (back[0].ending, back[0].ends_on, back[0].history[-1].until) == (
        False, date(2026, 9, 30), date(2026, 12, 31),
    )  # fmt: skip
    assert not may_take_back(back[0], side)
    assert [e.step for e in back[0].history[-2:]] == ["ending", "renewal_agreed"]
    renewed, events = on(back[0], date(2026, 10, 1))
    assert (renewed.ends_on, [type(e) for e in events]) == (date(2026, 12, 31), [ContractRenewed])


def test_one_side_does_not_take_back_what_the_other_has_said() -> None:
    first = end(active(), "worker", "resident:a", None, date(2026, 5, 1), NOW)
    assert first is not None
    both = end(first[0], "centre", "staff:a", date(2026, 8, 31), date(2026, 5, 2), NOW)
    assert both is not None
    for side in SIDES:
        with pytest.raises(ContractState):
            agree(both[0], side, "someone:a", NOW)


def test_a_term_that_is_whole_again_is_announced_again() -> None:
    shortened = end(active(), "worker", "resident:a", date(2026, 6, 10), date(2026, 5, 1), NOW)
    assert shortened is not None
    told, _ = on(shortened[0], date(2026, 6, 5))
    assert told.noticed == {30, 7}
    back = agree(told, "worker", "resident:a", NOW)
    assert back is not None
    _, events = on(back[0], date(2026, 9, 25), "agreed")
    assert [type(e) for e in events] == [ContractExpiring]


def test_where_renewals_need_consent_both_sides_give_it_or_the_contract_lapses() -> None:
    contract = active()
    for side in ("worker", "centre"):
        lapsed, events = on(contract, date(2026, 10, 1), "agreed")
        assert (lapsed.state, [type(e) for e in events]) == ("ended", [ContractEnded])
        outcome = agree(contract, side, "x", NOW)
        assert outcome is not None
        contract = outcome[0]
    renewed, _ = on(contract, date(2026, 10, 1), "agreed")
    assert (renewed.state, renewed.renewal_agreed) == ("active", frozenset())


def test_a_clock_that_stood_still_makes_up_term_by_term() -> None:
    contract, events = on(active(), date(2027, 4, 10))
    assert [type(e) for e in events] == [ContractRenewed] * 3
    assert (contract.starts_on, contract.ends_on) == (date(2027, 4, 1), date(2027, 6, 30))


def test_the_next_look_is_never_after_something_is_due() -> None:
    contract = active()
    day = date(2026, 4, 1)
    for _ in range(800):
        look = next_look(contract, NOTICES)
        assert look is not None
        after, events = on(contract, day)
        assert bool(events) == (day >= look)
        contract = after
        day += timedelta(days=1)


@given(st.lists(st.sampled_from(["tick", "agree", "end"]), max_size=8), st.integers(0, 700))
def test_the_history_only_grows(steps: list[str], days: int) -> None:
    contract, day = active(), date(2026, 4, 1)
    for step in steps:
        before = contract.history
        day += timedelta(days=days // 4)
        try:
            if step == "tick":
                outcome = tick(contract, "automatic", NOTICES, day, NOW)
            elif step == "agree":
                outcome = agree(contract, "worker", "x", NOW)
            else:
                outcome = end(contract, "worker", "x", None, day, NOW)
        except ContractState:
            continue
        contract = outcome[0] if outcome else contract
        assert contract.history[: len(before)] == before
        assert len(contract.history) > len(before) or outcome is None


def test_a_renewal_follows_on_the_day_after() -> None:
    contract = replace(active(date(2026, 8, 31)))
    assert contract.ends_on == date(2027, 2, 28)
    assert next_end(contract) == date(2027, 5, 31)
