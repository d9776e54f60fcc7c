"""What a slate was made from besides the offers themselves, and one hash over all of it."""

import hashlib
import json
from collections.abc import Mapping, Set
from dataclasses import dataclass, field, fields, is_dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from services.matching.engine.blend import Circumstances
from services.matching.engine.exposure import Seen
from services.matching.policy import EVERYTHING_OFF, Policy
from services.matching.scoring import MODEL
from services.matching.seeker import Seeker


@dataclass(frozen=True)
class Basis:
    """What it was made under besides seeker and offers: enough, with the offers of `snapshot` and the model, to make it again.

    `companies`, `standing` and `crowded` are the state of exposure; `model_hash` and `snapshot` are SHA-256 in hexadecimal digits.
    """

    size: int
    policy: Policy = EVERYTHING_OFF
    companies: Mapping[str, Seen] = field(default_factory=dict)
    standing: int | None = None
    crowded: frozenset[str] = frozenset()
    model_hash: str | None = None
    snapshot: str | None = None


def basis_of(size: int, given: Circumstances, snapshot: str | None) -> Basis:
    """What a slate keeps of the circumstances."""
    return Basis(
        size=size,
        policy=given.policy,
        companies=given.companies,
        standing=given.standing,
        crowded=given.crowded,
        model_hash=given.model.hash if given.model else None,
        snapshot=snapshot,
    )


def inputs_of(slate_id: str, seeker: Seeker, now: datetime, basis: Basis) -> str:
    """SHA-256 over everything a slate is made from: the rules' name, the slate's id (the seed of every lot), the time, the person, the
    policy, the state of exposure, and the hashes of model and offers.

    Numbers are written with all their digits: what changes in the last bit of one changes the hash, also when points are the same.
    """
    # of companies there may be many, and their numbers are plain already
    companies = {name: [one.offers, one.exposure, one.interest] for name, one in basis.companies.items()}
    whole = [_plain([MODEL, slate_id, now, seeker, replace(basis, companies={})]), companies]
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(value: Any) -> Any:
    """As JSON, the same before and after it was stored: times to the millisecond, lists for tuples, sets in order."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    if isinstance(value, date):
        return value.isoformat()
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value)}
    if isinstance(value, Mapping):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, Set):
        return sorted(value)
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
