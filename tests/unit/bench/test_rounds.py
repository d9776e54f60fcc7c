"""How many rounds are made."""

import math

from tests.bench.rounds import _numbers


def test_one_round_is_made_even_when_time_is_up() -> None:
    assert list(_numbers(4, -math.inf)) == [0]


def test_all_rounds_are_made_while_there_is_time() -> None:
    assert list(_numbers(4, math.inf)) == [0, 1, 2, 3]
