"""How much of somebody's work is looked at before it goes to the client."""

from dataclasses import dataclass
from typing import Literal

CheckKind = Literal["none", "sample", "all"]


@dataclass(frozen=True)
class QualityCheck:
    """`sample`: so many units of each batch, when the kind is `sample`."""

    kind: CheckKind = "all"
    sample: int = 0

    def units(self, done: int) -> int:
        """How many of `done` units are looked at, at least."""
        if self.kind == "none":
            return 0
        return done if self.kind == "all" else min(self.sample, done)


EVERY_UNIT = QualityCheck("all")
