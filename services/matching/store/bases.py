"""What a slate was made under, as a document."""

from datetime import date
from typing import Any

from services.matching.engine.exposure import Seen
from services.matching.policy import Policy, Push
from services.matching.slate import Basis
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
        "companies": {
            company: [seen.offers, seen.exposure, seen.interest] for company, seen in basis.companies.items()
        },
        "crowded": sorted(basis.crowded),
        "model_hash": basis.model_hash,
        "snapshot": basis.snapshot,
    }


def basis_of(document: Document) -> Basis:
    policy = document["policy"]
    return Basis(
        size=document["size"],
        policy=Policy(**{**policy, "pushes": tuple(_push_of(push) for push in policy["pushes"])}),
        companies={company: Seen(*seen) for company, seen in document["companies"].items()},
        crowded=frozenset(document["crowded"]),
        model_hash=document["model_hash"],
        snapshot=document["snapshot"],
    )


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
