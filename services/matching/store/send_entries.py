"""One entry of a send list as a document."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.matching.scoring import Term
from services.matching.sending.choosing import Entry, Pick
from services.matching.sending.send_list import SendList, Withheld
from shared.ids import derived_id
from shared.mongo import Document


@dataclass(frozen=True)
class Listed:
    """An entry as it is kept. `offers` are those that were sent, when it was `told`; `reason` says why it was withheld."""

    id: str
    entry: Entry
    state: Literal["waiting", "told", "withheld"] = "waiting"
    reason: Withheld | None = None
    offers: tuple[str, ...] = ()
    told_at: datetime | None = None


def entry_document(tenant: str, made: SendList, entry: Entry, place: int) -> Document:
    return {
        "_id": derived_id("sne", tenant, made.batch, entry.resident_id),
        "tenant_id": tenant,
        "list_id": made.id,
        "batch": made.batch,
        "order": f"{place:08d}",
        "resident_id": entry.resident_id,
        "created_at": made.created_at,
        "state": "waiting",
        "reason": None,
        "offers": [],
        "told_at": None,
        "picks": [
            {
                "offer_id": pick.offer_id,
                "company_id": pick.company_id,
                "rank": pick.rank,
                "score": pick.score,
                "reasons": [_term(term) for term in pick.reasons],
                "mismatch": _term(pick.mismatch) if pick.mismatch else None,
            }
            for pick in entry.picks
        ],
    }


def _term(term: Term) -> Document:
    return {"code": term.code, "contribution": term.contribution, "facts": dict(term.facts)}


def _read_term(document: Document) -> Term:
    return Term(document["code"], document["contribution"], document["facts"])


def read_entry(document: Document) -> Listed:
    picks = tuple(
        Pick(
            pick["offer_id"],
            pick["company_id"],
            pick["rank"],
            pick["score"],
            tuple(map(_read_term, pick["reasons"])),
            # entries from before it was kept have none
            _read_term(pick["mismatch"]) if pick.get("mismatch") else None,
        )
        for pick in document["picks"]
    )
    return Listed(
        id=document["_id"],
        entry=Entry(document["resident_id"], picks),
        state=document["state"],
        reason=document["reason"],
        offers=tuple(document["offers"]),
        told_at=document["told_at"],
    )
