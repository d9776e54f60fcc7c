"""What a slate was made under, as a document."""

import json
import zlib
from collections.abc import Mapping
from datetime import date
from typing import Any

from services.matching.basis import Basis
from services.matching.engine.exposure import Seen
from services.matching.policy import Policy, Push
from shared.mongo import Document


def basis_document(basis: Basis) -> Document:
    policy = basis.policy
    return {
        "size": basis.size,
        "policy": {
            "learning": policy.learning,
            "exploration": policy.exploration,
            "exposure": policy.exposure,
            "reciprocal": policy.reciprocal,
            "pushes": [_push_document(push) for push in policy.pushes],
        },
        "companies": _packed(basis.companies),
        "standing": basis.standing,
        "crowded": sorted(basis.crowded),
        "model_hash": basis.model_hash,
        "snapshot": basis.snapshot,
    }


def basis_of(document: Document) -> Basis:
    policy = document["policy"]
    return Basis(
        size=document["size"],
        policy=Policy(**{**policy, "pushes": tuple(_push_of(push) for push in policy["pushes"])}),
        companies=_unpacked(document["companies"]),
        standing=document.get("standing"),
        crowded=frozenset(document["crowded"]),
        model_hash=document["model_hash"],
        snapshot=document["snapshot"],
    )


def _packed(companies: Mapping[str, Seen]) -> bytes:
    """A large city has a thousand of them, and every slate its own state: a third of the bytes."""
    plain = {company: [seen.offers, seen.exposure, seen.interest] for company, seen in companies.items()}
    return zlib.compress(json.dumps(plain, separators=(",", ":")).encode(), 1)


def _unpacked(companies: bytes | Mapping[str, Any]) -> dict[str, Seen]:
    plain = json.loads(zlib.decompress(companies)) if isinstance(companies, bytes) else companies
    return {company: Seen(*seen) for company, seen in plain.items()}


def _push_document(push: Push) -> dict[str, Any]:
    return {
        "name": push.name,
        "points": push.points,
        "industries": list(push.industries),
        "tags": list(push.tags),
        "until": push.until.isoformat(),
    }


def _push_of(document: Document) -> Push:
    return Push(
        document["name"],
        document["points"],
        tuple(document["industries"]),
        tuple(document["tags"]),
        date.fromisoformat(document["until"]),
    )
