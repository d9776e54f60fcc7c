"""What a bench has to say. Every module of this package with a function `report(turns)` is a bench of its own: adding a file is enough."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from pkgutil import iter_modules
from typing import Any


@dataclass(frozen=True)
class Point:
    """One point of a growth curve: `size` offers, residents, tasks; milliseconds."""

    size: int
    ms: float


@dataclass(frozen=True)
class Report:
    """`lines` for people, `figures` for machines (JSON), `curves` for the picture of growth."""

    title: str
    lines: Sequence[str]
    figures: Any
    curves: Mapping[str, Sequence[Point]] = field(default_factory=dict)


def benches() -> dict[str, Callable[[int], Report]]:
    """By name of module, in alphabetical order."""
    package = import_module(__package__ or "tests.bench.matching")
    found = {
        name: import_module(f"{package.__name__}.{name}")
        for _, name, _ in sorted(iter_modules(package.__path__), key=lambda module: module[1])
        if name != "__main__"
    }
    return {name: module.report for name, module in found.items() if hasattr(module, "report")}
