"""What is looked at: four axes, three kinds of behaviour each. The items are our own; none asks for what fair recruitment keeps out."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

Axis = Literal["stability", "execution", "habits", "interpersonal"]
AXES: tuple[Axis, ...] = get_args(Axis)
LOWEST, HIGHEST = 1, 5
ENOUGH = 2
"""Answers that an axis needs before it is known."""


@dataclass(frozen=True)
class Item:
    id: str
    axis: Axis


ITEMS = tuple(Item(f"{axis}-{number}", axis) for axis in AXES for number in (1, 2, 3))
AXIS_OF: Mapping[str, Axis] = {item.id: item.axis for item in ITEMS}
