"""What the clients' ledgers promise against what is in the database."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

Json = dict[str, Any]
KEPT = ("state", "version", "resident_id")


def lines(folder: Path) -> list[Json]:
    """Every decided command of every client."""
    found = (file.read_text().splitlines() for file in sorted(folder.glob("*.jsonl")))
    return [json.loads(line) for of_client in found for line in of_client]


def decided(folder: Path) -> int:
    """How many commands have been decided so far; clients may be at work."""
    return sum(file.read_bytes().count(b"\n") for file in folder.glob("*.jsonl"))


def commands(ledger: Iterable[Json]) -> list[Json]:
    return [line for line in ledger if line["op"] != "figures"]


def promised(ledger: Iterable[Json]) -> dict[str, Json]:
    """Appointments as their latest acknowledgement says they are."""
    found: dict[str, Json] = {}
    for line in ledger:
        for said in line.get("appointments", [line]):
            if said.get("version", 0) > found.get(said.get("id", ""), {"version": 0})["version"]:
                found[said["id"]] = said
    return found


def findings(ledger: list[Json], stored: list[Json], counsellors: list[Json]) -> list[str]:
    """Everything that is not as it was acknowledged, and everything that nobody was told of."""
    said = promised(commands(ledger))
    kept = {row["_id"]: row for row in stored}
    found = [f"{i}: acknowledged and not there" for i in said.keys() - kept.keys()]
    found += [f"{i}: there and acknowledged to nobody" for i in kept.keys() - said.keys()]
    found += [f"{i}: {wrong}" for i in said.keys() & kept.keys() for wrong in _wrong(said[i], kept[i])]
    return found + list(_leaves(ledger, counsellors))


def _wrong(said: Json, row: Json) -> Iterator[str]:
    if said["state"] == "held" and row["state"] == "cancelled":
        if row["cancelled_by"] != "system" or row["version"] != said["version"] + 1:
            yield f"a hold was let go by {row['cancelled_by']}, version {row['version']}"
        return
    for name in KEPT:
        if said[name] != row[name]:
            yield f"{name} is {row[name]}, acknowledged was {said[name]}"
    slot = row["slot"]
    for name in ("counsellor_id", "service_date", "start_minute"):
        if said[name] != slot[name]:
            yield f"{name} is {slot[name]}, acknowledged was {said[name]}"


def _leaves(ledger: list[Json], counsellors: list[Json]) -> Iterator[str]:
    taken = {line["leave"]["id"] for line in ledger if line["op"] == "leave" and line["status"] == 201}
    ended = {line["path"].rpartition("/")[2] for line in ledger if line["op"] == "leave ends"}
    kept = Counter(absence["id"] for row in counsellors for absence in row["absences"])
    if set(kept) != taken - ended or any(count > 1 for count in kept.values()):
        yield f"leaves: {dict(kept)}, acknowledged {taken - ended}"
