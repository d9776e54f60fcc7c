"""An import that can be watched."""

from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.matching import cells
from services.matching.hellowork import record
from services.matching.import_run import (
    MESSAGES,
    SHOWN,
    STILL,
    AlreadyRunning,
    Fault,
    ImportRun,
    advance,
    begin,
    fail,
    finish,
)  # fmt: skip
from tests.unit.matching.builders import NOW

FAULT = Fault(2, "99010-00000161", "kjyukoymd", "unreadable", skips=True)


def running() -> ImportRun:
    return begin("imp_1", "hellowork", None, NOW)


@given(st.lists(st.lists(st.sampled_from(("new", "changed", "unchanged")), max_size=20), max_size=8))
def test_counts_are_those_of_all_pages_together(pages: list[list[str]]) -> None:
    run = running()
    for steps in pages:
        run = advance(run, len(steps), steps, [], NOW)
    assert run.read == sum(run.counts.values()) == sum(map(len, pages))


def test_faults_are_all_counted_and_the_first_thousand_kept() -> None:
    run = advance(running(), 1, [], [FAULT] * (SHOWN + 5), NOW)
    run = advance(run, 1, [], [FAULT], NOW)
    assert (len(run.faults), run.faulty) == (SHOWN, SHOWN + 6)


def test_one_import_of_a_source_runs_at_a_time_until_it_ends_or_stands_still() -> None:
    run = running()
    with pytest.raises(AlreadyRunning):
        begin("imp_2", "hellowork", run, NOW + STILL - timedelta(seconds=1))
    assert begin("imp_2", "hellowork", run, NOW + STILL).state == "running"
    assert begin("imp_2", "hellowork", finish(run, NOW), NOW).state == "running"
    moved = advance(run, 1, ["new"], [], NOW + STILL)
    with pytest.raises(AlreadyRunning):
        begin("imp_2", "hellowork", moved, NOW + STILL)


def test_an_import_ends_once() -> None:
    ended = fail(running(), "unreadable", NOW)
    assert (ended.state, ended.failure, ended.ended_at) == ("failed", "unreadable", NOW)
    with pytest.raises(AlreadyRunning):
        finish(ended, NOW)
    with pytest.raises(AlreadyRunning):
        advance(ended, 1, [], [], NOW)


def test_every_fault_has_words_in_both_languages() -> None:
    assert {*get_args(record.Code), *get_args(cells.Code)} == MESSAGES.keys()
    assert all(said.keys() == {"ja", "en"} for said in MESSAGES.values())
