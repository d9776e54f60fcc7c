"""What repeats among offers, as numbers: hours, tags, licences, companies. Vocabularies only ever grow."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from services.matching.hours import CHOSEN, DAY, WEEK, Window, shifts_of, week_mask, weekdays_of

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
T = TypeVar("T", bound=Hashable)


class Vocabulary(Generic[T]):
    """Values by number."""

    def __init__(self) -> None:
        self.values: list[T] = []
        self._numbers: dict[T, int] = {}

    def number(self, value: T) -> int:
        found = self._numbers.get(value)
        if found is None:
            found = self._numbers[value] = len(self.values)
            self.values.append(value)
            self.learnt(value)
        return found

    def find(self, value: T) -> int | None:
        return self._numbers.get(value)

    def learnt(self, value: T) -> None:
        """A value was met for the first time."""

    def each(self, answer: Callable[[T], object], kind: type[Any]) -> Array:
        """What `answer` says of each value, by number."""
        return np.array([answer(value) for value in self.values], kind)


class Weeks(Vocabulary[tuple[Window, ...]]):
    """Weekly hours with their masks of minutes, how many minutes those are, and their shifts."""

    def __init__(self) -> None:
        super().__init__()
        self.masks: list[int] = []
        self.minutes: list[int] = []
        self.weekdays: list[int] = []
        self._shifts: list[tuple[int, int, int, int]] = []
        self._laid: Ints = np.zeros((4, 0), np.int64)

    def learnt(self, value: tuple[Window, ...]) -> None:
        self._shifts += [(len(self.masks), *shift) for shift in shifts_of(value)]
        self.weekdays.append(weekdays_of(value))
        self.masks.append(week_mask(value))
        self.minutes.append(self.masks[-1].bit_count())

    def common(self, wished: tuple[Window, ...]) -> Ints:
        """Minutes that each has in common with the wished ones."""
        mask = week_mask(wished)
        return np.array([(one & mask).bit_count() for one in self.masks], np.int64)

    def days_within(self, wished: tuple[Window, ...]) -> tuple[Ints, Ints]:
        """As `hours.days_within` says of each: for working hours, and where one chooses one's own among them."""
        number, day, start, end = self._laid_out()
        starts, ends = day * DAY + start, day * DAY + end
        free = np.concatenate([[0], np.cumsum(np.tile(_minutes(wished), 2))])
        whole = free[ends] - free[starts] == ends - starts
        # from here `CHOSEN` minutes in a stretch
        begins = np.concatenate([[0], np.cumsum(free[CHOSEN:] - free[:-CHOSEN] == CHOSEN)])
        long = ends - starts >= CHOSEN
        some = np.where(long, begins[np.where(long, ends - CHOSEN + 1, starts)] > begins[starts], whole)
        return self._days(number, day, whole), self._days(number, day, some)

    def _days(self, number: Ints, day: Ints, fits: Flags) -> Ints:
        found = np.zeros((len(self.values), 7), np.bool_)
        found[number[fits], day[fits]] = True
        return np.asarray(found.sum(axis=1), np.int64)

    def _laid_out(self) -> Ints:
        if self._laid.shape[1] != len(self._shifts):
            self._laid = np.array(self._shifts, np.int64).reshape(-1, 4).T
        return self._laid


def _minutes(windows: tuple[Window, ...]) -> Flags:
    """Of each minute of the week whether it is covered."""
    whole = np.frombuffer(week_mask(windows).to_bytes(WEEK // 8, "little"), np.uint8)
    return np.unpackbits(whole, bitorder="little").astype(np.bool_)


class TagLists(Vocabulary[tuple[str, ...]]):
    """Lists of tags, each tag as its number."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: Vocabulary[str] = Vocabulary()
        self._flat: list[int] = []
        self._ends: list[int] = []

    def learnt(self, value: tuple[str, ...]) -> None:
        self._flat += [self.tags.number(tag) for tag in value]
        self._ends.append(len(self._flat))

    def lengths(self) -> Ints:
        ends = np.array(self._ends, np.int64)
        return np.asarray(np.diff(ends, prepend=0), np.int64)

    def within(self, wanted: Iterable[str]) -> Ints:
        """How many tags of each list are among `wanted`."""
        ends = np.array(self._ends, np.int64)
        flags = np.zeros(len(self.tags.values), np.int64)
        flags[[number for tag in wanted if (number := self.tags.find(tag)) is not None]] = 1
        running = np.concatenate([[0], np.cumsum(flags[np.array(self._flat, np.int64)])])
        return np.asarray(np.diff(running[ends], prepend=0), np.int64)


@dataclass(frozen=True)
class Words:
    areas: Vocabulary[str] = field(default_factory=Vocabulary)
    kinds: Vocabulary[str] = field(default_factory=Vocabulary)
    forms: Vocabulary[str | None] = field(default_factory=Vocabulary)
    industries: Vocabulary[str | None] = field(default_factory=Vocabulary)
    companies: Vocabulary[str] = field(default_factory=Vocabulary)
    licences: Vocabulary[tuple[str, ...]] = field(default_factory=Vocabulary)
    accommodations: Vocabulary[tuple[str, ...]] = field(default_factory=Vocabulary)
    weeks: Weeks = field(default_factory=Weeks)
    tags: TagLists = field(default_factory=TagLists)
