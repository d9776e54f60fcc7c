"""An import that can be watched."""

from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching import cells
from services.matching.hellowork import record
from services.matching.import_run import (
    FEW,
    MESSAGES,
    TRIES,
    AlreadyRunning,
    ImportRun,
    NothingWithheld,
    Place,
    advance,
    begin_work,
    confirm,
    fail,
    finish,
    hopeless,
    lacks_too_much,
    start_over,
    withhold,
)
from tests.unit.matching.builders import NOW

HERE = Place(1, 4)


def running() -> ImportRun:
    return ImportRun("imp_1", "hellowork", NOW, NOW)


@given(st.lists(st.lists(st.sampled_from(("new", "changed", "unchanged")), max_size=20), max_size=8))
def test_counts_are_those_of_all_pages_together(pages: list[list[str]]) -> None:
    run = running()
    for steps in pages:
        run = advance(run, len(steps), steps, 1, HERE, NOW)
    assert run.read == sum(run.counts.values()) == sum(map(len, pages))
    assert run.faulty == len(pages)


def test_work_that_begins_again_and_again_without_a_page_is_hopeless_and_a_page_gives_new_hope() -> None:
    run = running()
    for _ in range(TRIES):
        run = begin_work(run)
    assert not hopeless(run)
    assert hopeless(begin_work(run))
    assert not hopeless(begin_work(advance(run, 1, ["new"], 0, HERE, NOW)))


def test_another_list_is_read_from_its_beginning() -> None:
    run = advance(running(), 3, ["new"] * 3, 2, HERE, NOW)
    again = start_over(run, Place(0, 2, ("B",)), NOW)
    assert (again.read, again.counts, again.faulty, again.share) == (0, {}, 0, 0.0)
    assert (running().share, run.share) == (None, 0.25)


def test_an_import_ends_once() -> None:
    ended = fail(running(), "unreadable", NOW, line=7)
    assert (ended.state, ended.failure, ended.line, ended.ended_at) == ("failed", "unreadable", 7, NOW)
    for rule in (finish, lambda run, now: advance(run, 1, [], 0, HERE, now), lambda run, _: begin_work(run)):
        with pytest.raises(AlreadyRunning):
            rule(ended, NOW)


@pytest.mark.parametrize(
    ("missing", "of", "too_much"),
    [(FEW, 10, False), (FEW + 1, 11, True), (FEW + 1, 22, False), (FEW + 1, 21, True), (500, 1000, False)],
)
def test_a_list_lacks_too_much_beyond_ten_and_half_until_that_is_confirmed(
    missing: int, of: int, too_much: bool
) -> None:
    run = replace(running(), whole=True, open_before=of)
    assert lacks_too_much(run, missing) == too_much
    assert not lacks_too_much(replace(run, confirmed_by="staff:one"), missing)


def test_what_is_withheld_waits_is_confirmed_once_and_is_nothing_any_more_at_the_end() -> None:
    withheld = withhold(running(), 12, NOW)
    assert not withheld.waits and not withheld.read_out
    waiting = finish(withheld, NOW)
    assert waiting.waits and waiting.withheld == 12
    going = confirm(waiting, "staff:one", NOW)
    assert (going.state, going.read_out, going.waits) == ("running", True, False)
    ended = finish(going, NOW)
    assert (ended.withheld, ended.waits, ended.confirmed_by) == (0, False, "staff:one")
    for run in (running(), going, ended, finish(replace(withheld, dry_run=True), NOW)):
        with pytest.raises(NothingWithheld):
            confirm(run, "staff:two", NOW)


def test_every_fault_has_words_in_both_languages() -> None:
    assert {*get_args(record.Code), *get_args(cells.Code)} == MESSAGES.keys()
    assert all(said.keys() == {"ja", "en"} for said in MESSAGES.values())
