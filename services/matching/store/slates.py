"""Slates, kept with everything that led to them: as long as there is a slate, it can be made again."""

import asyncio
import re
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from pymongo import ASCENDING

from services.matching.learning import Shown
from services.matching.questionnaire import Wishes
from services.matching.ranking import Exclusion
from services.matching.scoring import Term
from services.matching.seeker import Seeker
from services.matching.slate import PassedOver, Proposal, Slate
from services.matching.store.bases import basis_document, basis_of
from services.matching.store.documents import wishes_document, wishes_of
from services.matching.store.listing import newest_first
from services.matching.store.offers import offer_document, offer_of
from services.matching.values import Profile
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.mongo import Database, Document, reachable
from shared.outbox import Outbox
from shared.retention import Kept
from shared.tenancy import Retention

EMPTIED: Document = {
    "seeker": {
        "home": "",
        "reach": [],
        "profile": {},
        "wishes": wishes_document(Wishes()),
        "dismissed": [],
        "liked": {},
    },
    "proposals": [],
    "passed_over": [],
    "excluded": [],
    "counted": {},
    "hidden": {},
    "follows": None,
    "basis": None,
    "inputs": None,
    "commands": [],
}
"""The fields of a slate whose person had everything deleted."""
A_DAY, A_MONTH = 1, 31
"""A slate may be made of a model that was succeeded a moment ago; a snapshot's document may be as old as its month."""


def _longer(by: int) -> Callable[[Retention], int | None]:
    return lambda retention: None if retention.proposals is None else retention.proposals + by


KEPT: Final = (
    Kept("slates", "created_at", _longer(0)),
    Kept("models", "superseded_at", _longer(A_DAY)),
    Kept("model_pieces", "superseded_at", _longer(A_DAY)),
    Kept("snapshots", "at", _longer(A_MONTH)),
)
_SHOWN = {"resident_id": 1, "created_at": 1, "proposals.offer._id": 1, "test": 1}
_SHOWN_TERMS = {**_SHOWN, "proposals.terms": 1}
_PUSH = "push.declared"
_PUSHED = {
    "proposals.offer._id": 1,
    "proposals.terms.code": 1,
    "proposals.terms.facts.names": 1,
    "test": 1,
}


class Slates:
    def __init__(self, db: Database, outbox: Outbox) -> None:
        self.db = db
        self.outbox = outbox

    async def add(self, tenant: str, slate: Slate, events: list[Payload], command: Command) -> Slate:
        """The slate, or what this very command made before."""
        fields = _slate_document(slate)
        if await self.outbox.insert("slates", tenant, slate.id, fields, events, command=command):
            return slate
        return await self.get(tenant, slate.id)

    async def get(self, tenant: str, slate_id: str) -> Slate:
        """Raises NotFound."""
        return _slate_of(await self.outbox.fetch("slates", tenant, slate_id))

    async def latest(self, tenant: str, resident_id: str) -> Slate | None:
        return next(iter(await self.newest(tenant, resident_id, 1)), None)

    async def newest(self, tenant: str, resident_id: str, count: int) -> list[Slate]:
        """The resident's, newest first."""
        found = await newest_first(self.db, "slates", tenant, {"resident_id": resident_id}, None, count)
        return [_slate_of(document) for document in found]

    async def of_person(self, tenant: str, ending: str, count: int) -> list[Slate]:
        """The newest slates of whoever's id ends like this."""
        where = {"resident_id": {"$regex": f"{re.escape(ending)}$"}}
        return [_slate_of(d) for d in await newest_first(self.db, "slates", tenant, where, None, count)]

    async def shown_since(
        self, tenant: str, since: datetime, until: datetime, *, terms: bool = True
    ) -> list[Shown]:
        """Every slate made after `since` until `until`, oldest first; with the terms of each proposal or without.

        Those made for somebody who was registered with a test key are left out: they were shown to nobody.
        """
        fields = _SHOWN_TERMS if terms else _SHOWN
        where = {"tenant_id": tenant, "created_at": {"$gt": since, "$lte": until}}
        async with reachable():
            found = await self.db["slates"].find(where, fields).sort("created_at", ASCENDING).to_list(None)
        return [_shown(document) for document in found if not document.get("test")]

    async def pushed_between(self, tenant: str, since: datetime, until: datetime) -> list[tuple[str, str]]:
        """(offer, names of the pushes) of each proposal that a declared push added to, of slates made after `since` until `until`.

        Without those for test keys, as `shown_since`. Only slates with such a proposal are read, and of their terms only the names.
        """
        made = {"tenant_id": tenant, "created_at": {"$gt": since, "$lte": until}}
        async with reachable():
            found = await (
                self.db["slates"]
                .find({**made, "proposals.terms.code": _PUSH}, _PUSHED)
                .sort("created_at", ASCENDING)
                .to_list(None)
            )
        return await asyncio.to_thread(_pushed, found)


def _pushed(documents: Iterable[Document]) -> list[tuple[str, str]]:
    return [
        (proposal["offer"]["_id"], term["facts"]["names"])
        for document in documents
        if not document.get("test")
        for proposal in document["proposals"]
        for term in proposal["terms"]
        if term["code"] == _PUSH
    ]


def _slate_document(slate: Slate) -> dict[str, Any]:
    seeker = slate.seeker
    return {
        "resident_id": seeker.resident_id,
        "created_at": slate.created_at,
        "model": slate.model,
        "seeker": {
            "home": seeker.home,
            "reach": sorted(seeker.reach),
            "profile": dict(seeker.profile.scores),
            "wishes": wishes_document(seeker.wishes),
            "dismissed": sorted(seeker.dismissed),
            "liked": {offer: list(tags) for offer, tags in seeker.liked.items()},
            "callings": dict(seeker.callings),
            "history": dict(seeker.history),
            "at": list(seeker.at) if seeker.at else None,
            "shown": sorted(seeker.shown),
            "town": seeker.town,
        },
        "proposals": [_proposal_document(p) for p in slate.proposals],
        "passed_over": [{"offer_id": p.offer_id, "score": p.score} for p in slate.passed_over],
        "excluded": [{"offer_id": e.offer_id, "obstacles": list(e.obstacles)} for e in slate.excluded],
        "counted": dict(slate.counted),
        "basis": basis_document(slate.basis) if slate.basis else None,
        "inputs": slate.inputs,
        **({"test": True} if slate.test else {}),
        "hidden": dict(slate.hidden),
        "follows": slate.follows,
    }


def _proposal_document(proposal: Proposal) -> Document:
    return {
        "offer": {
            "_id": proposal.offer.id,
            "version": proposal.offer.version,
            **offer_document(proposal.offer),
        },
        "rank": proposal.rank,
        "score": proposal.score,
        "terms": [
            {"code": t.code, "contribution": t.contribution, "facts": dict(t.facts)} for t in proposal.terms
        ],
        "unknown": proposal.unknown,
        "area": proposal.area,
        "propensity": proposal.propensity,
        "drawn": proposal.drawn,
    }


def _slate_of(document: Document) -> Slate:
    return Slate(
        id=document["_id"],
        seeker=_seeker_of(document["resident_id"], document["seeker"]),
        created_at=document["created_at"],
        proposals=tuple(_proposal_of(p) for p in document["proposals"]),
        passed_over=tuple(PassedOver(p["offer_id"], p["score"]) for p in document["passed_over"]),
        excluded=tuple(Exclusion(e["offer_id"], tuple(e["obstacles"])) for e in document["excluded"]),
        counted=document["counted"]
        if "counted" in document
        else Counter(e["obstacles"][0] for e in document["excluded"]),
        basis=basis_of(document["basis"]) if document.get("basis") else None,
        model=document["model"],
        inputs=document.get("inputs"),
        test=document.get("test", False),
        hidden=document.get("hidden", {}),
        follows=document.get("follows"),
    )


def _seeker_of(resident_id: str, document: Document) -> Seeker:
    wishes: Wishes = wishes_of(document["wishes"])
    return Seeker(
        resident_id=resident_id,
        home=document["home"],
        reach=frozenset(document["reach"]),
        profile=Profile(document["profile"]),
        wishes=wishes,
        dismissed=frozenset(document["dismissed"]),
        liked={offer: tuple(tags) for offer, tags in document["liked"].items()},
        callings=document.get("callings", {}),
        history=document.get("history", {}),
        at=(document["at"][0], document["at"][1]) if document.get("at") else None,
        shown=frozenset(document.get("shown", ())),
        town=document.get("town", ""),
    )


def _proposal_of(document: Document) -> Proposal:
    return Proposal(
        offer=offer_of(document["offer"]),
        rank=document["rank"],
        score=document["score"],
        terms=_terms_of(document),
        unknown=document["unknown"],
        area=document["area"],
        propensity=document.get("propensity", 1.0),
        drawn=document.get("drawn", False),
    )


def _shown(document: Document) -> Shown:
    return Shown(
        slate_id=document["_id"],
        resident_id=document["resident_id"],
        at=document["created_at"],
        offers=tuple((p["offer"]["_id"], _terms_of(p)) for p in document["proposals"]),
    )


def _terms_of(proposal: Document) -> tuple[Term, ...]:
    return tuple(Term(t["code"], t["contribution"], t["facts"]) for t in proposal.get("terms", ()))
