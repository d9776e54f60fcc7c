"""A support programme of the municipality's catalogue.

Columns: the 24 of the programme catalogue CSV of the CPSV-J style (supportive-programme data of Japanese municipalities).
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

from shared.events.envelope import Payload
from shared.events.intake import ProgrammePublished, ProgrammeRetired
from shared.ids import derived_id

COLUMNS = (
    "service_id", "service_number", "origin_id", "alteration_flag", "provider", "prefecture_id", "city_id", "name",
    "abstract", "provisions", "target", "how_to_apply", "application_start_date", "application_close_date",
    "detail_url", "contact", "information_release_date", "tags", "theme", "category", "person_type", "entity_type",
    "keyword_type", "issue_type",
)  # fmt: skip
DATES = ("application_start_date", "application_close_date", "information_release_date")
State = Literal["published", "retired"]


@dataclass(frozen=True)
class Programme:
    """`fields` has every column as text, dates as ISO days, empty where the catalogue says nothing."""

    id: str
    fields: Mapping[str, str]
    state: State = "published"
    version: int = 1

    def __getitem__(self, column: str) -> str:
        return self.fields.get(column, "")

    @property
    def name(self) -> str:
        return self["name"]

    @property
    def fingerprint(self) -> str:
        """Equal when nothing a reader could see is different."""
        text = "\x1f".join(f"{column}={self[column]}" for column in COLUMNS)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    def closed_on(self, day: date) -> bool:
        """Whether applications have ended before `day` (Asia/Tokyo)."""
        last = self["application_close_date"]
        return bool(last) and date.fromisoformat(last) < day


def programme_id(tenant: str, service_id: str) -> str:
    """The same programme has the same id in every import."""
    return derived_id("prg", tenant, service_id)


@dataclass(frozen=True)
class Change:
    """What an import does to one programme: the new state, its events, and whether it is new."""

    programme: Programme
    events: Sequence[Payload]
    new: bool = False
    retires: bool = False


def compare(
    tenant: str,
    present: Mapping[str, Programme],
    rows: Sequence[Mapping[str, str]],
    seen: frozenset[str],
    *,
    retire_missing: bool,
) -> list[Change]:
    """What importing `rows` changes about `present` (by id); rows that change nothing are not in it.

    `seen` are the service ids the file names at all: a row that was refused does not retire its programme.
    """
    changes: list[Change] = []
    for row in rows:
        made = Programme(programme_id(tenant, row["service_id"]), row)
        old = present.get(made.id)
        if old is None:
            changes.append(Change(made, [ProgrammePublished(programme_id=made.id)], new=True))
        elif old.state == "retired" or old.fingerprint != made.fingerprint:
            made = replace(made, version=old.version)
            changes.append(Change(made, [ProgrammePublished(programme_id=made.id)]))
    if retire_missing:
        kept = {programme_id(tenant, service_id) for service_id in seen}
        gone = [p for p in present.values() if p.state == "published" and p.id not in kept]
        changes += [
            Change(replace(p, state="retired"), [ProgrammeRetired(programme_id=p.id)], retires=True)
            for p in gone
        ]
    return changes
