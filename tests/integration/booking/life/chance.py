"""All that is left to chance, from one number: hypothesis chooses it, prints it with every choice, and looks for how few steps will do.

Its own choices repeat themselves within an example and between examples, which finds edges of values; here the order of many ordinary
steps is what has to be different every time.
"""

from collections.abc import Iterable, Sequence
from random import Random
from typing import TypeVar

from hypothesis import note

T = TypeVar("T")


class Chance:
    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def one(self, choices: Iterable[T], what: str) -> T:
        return self._told(what, self._random.choice(list(choices)))

    def weighed(self, choices: Sequence[tuple[int, T]], what: str) -> T:
        """(weight, choice)."""
        weights, things = [w for w, _ in choices], [c for _, c in choices]
        return self._told(what, self._random.choices(things, weights)[0])

    def either(self, what: str) -> bool:
        return self.one((False, True), what)

    def between(self, least: int, most: int, what: str) -> int:
        return self.one(range(least, most + 1), what)

    def _told(self, what: str, chosen: T) -> T:
        name = getattr(chosen, "__name__", None) or getattr(chosen, "id", None) or str(chosen)
        note(f"    {what}: {name}")
        return chosen
