"""An import that can be watched."""

from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching import cells
from services.matching.hellowork import record
from services.matching.import_run import (
    MESSAGES,
    TRIES,
    AlreadyRunning,
    ImportRun,
    Place,
    advance,
    begin_work,
    fail,
    finish,
    hopeless,
    start_over,
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


def test_every_fault_has_words_in_both_languages() -> None:
    assert {*get_args(record.Code), *get_args(cells.Code)} == MESSAGES.keys()
    assert all(said.keys() == {"ja", "en"} for said in MESSAGES.values())
