"""Offers as the rules saw them, so that a slate can be made again long after they have changed.

A snapshot is cut into parts by offer id; each part, and the list of parts, is known by the SHA-256 of its bytes. When one offer changes, one
part is new and all others are the same: keeping every state that a slate ever saw costs little more than keeping the changes.
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.matching.hours import Window
from services.matching.offer import Offer

PARTS = 128


@dataclass(frozen=True)
class Snapshot:
    """`hash` names it; `parts` are its parts' hashes, in order."""

    hash: str
    parts: tuple[str, ...]


def part_of(offer_id: str) -> int:
    """in which part an offer lies, 0 to 127."""
    return zlib.crc32(offer_id.encode()) % PARTS


def write_part(offers: Iterable[Offer]) -> bytes:
    """Canonical bytes of a part: what the rules look at, in order of id. Words that only people read are left out."""
    rows = [_row(offer) for offer in sorted(offers, key=lambda o: o.id)]
    return json.dumps(rows, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def read_part(data: bytes) -> list[Offer]:
    """The offers of a part, without title, description and company name."""
    return [_offer(row) for row in json.loads(data)]


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def snapshot_of(parts: Mapping[int, str]) -> Snapshot:
    """The snapshot of parts by number; `parts` are hashes."""
    hashes = tuple(parts[number] for number in range(PARTS))
    return Snapshot(snapshot_hash(hashes), hashes)


def snapshot_hash(parts: Sequence[str]) -> str:
    return digest("\n".join(parts).encode())


def _row(offer: Offer) -> dict[str, Any]:
    return {
        "id": offer.id,
        "company_id": offer.company_id,
        "kind": offer.kind,
        "municipality_code": offer.municipality_code,
        # snapshots from before a window could go on keep their hash
        "hours": [[list(w.weekdays), w.start, w.end, *([True] if w.goes_on else ())] for w in offer.hours],
        "hourly_wage_yen": offer.hourly_wage_yen,
        "remote": offer.remote,
        "values": dict(offer.values),
        "interests": dict(offer.interests),
        "tags": list(offer.tags),
        "created_at": offer.created_at.isoformat(),
        "state": offer.state,
        "expires_on": offer.expires_on.isoformat() if offer.expires_on else None,
        "open_places": offer.open_places,
        "industry_code": offer.industry_code,
        "employment_form": offer.employment_form,
        "licences": list(offer.licences),
        "accommodations": list(offer.accommodations),
        "lat": offer.lat,
        "lng": offer.lng,
        "work_days_a_week": offer.work_days_a_week,
        "version": offer.version,
        # snapshots from before there was any keep their hash
        **({"unsaid": list(offer.unsaid)} if offer.unsaid else {}),
    }


def _offer(row: dict[str, Any]) -> Offer:
    return Offer(
        **{
            **row,
            "company_name": "",
            "title": "",
            "description": "",
            "hours": tuple(Window(tuple(days), *rest) for days, *rest in row["hours"]),
            "tags": tuple(row["tags"]),
            "licences": tuple(row["licences"]),
            "accommodations": tuple(row["accommodations"]),
            "unsaid": tuple(row.get("unsaid", ())),
            "created_at": datetime.fromisoformat(row["created_at"]),
            "expires_on": date.fromisoformat(row["expires_on"]) if row["expires_on"] else None,
        }
    )
