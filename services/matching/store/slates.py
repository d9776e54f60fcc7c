"""Slates, kept with everything that led to them."""

from typing import Any

from services.matching.questionnaire import Wishes
from services.matching.scoring import Term
from services.matching.seeker import Seeker
from services.matching.slate import Exclusion, PassedOver, Proposal, Slate
from services.matching.store.documents import wishes_document, wishes_of
from services.matching.store.listing import newest_first
from services.matching.store.offers import offer_document, offer_of
from services.matching.values import Profile
from shared.events.envelope import Payload
from shared.idempotency import Command
from shared.mongo import Database, Document
from shared.outbox import Outbox


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
        found = await newest_first(self.db, "slates", tenant, {"resident_id": resident_id}, None, 1)
        return _slate_of(found[0]) if found else None


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
        },
        "proposals": [_proposal_document(p) for p in slate.proposals],
        "passed_over": [{"offer_id": p.offer_id, "score": p.score} for p in slate.passed_over],
        "excluded": [{"offer_id": e.offer_id, "obstacles": list(e.obstacles)} for e in slate.excluded],
    }


def _proposal_document(proposal: Proposal) -> Document:
    return {
        "offer": {"_id": proposal.offer.id, **offer_document(proposal.offer)},
        "rank": proposal.rank,
        "score": proposal.score,
        "terms": [
            {"code": t.code, "contribution": t.contribution, "facts": dict(t.facts)} for t in proposal.terms
        ],
        "unknown": proposal.unknown,
        "area": proposal.area,
    }


def _slate_of(document: Document) -> Slate:
    return Slate(
        id=document["_id"],
        seeker=_seeker_of(document["resident_id"], document["seeker"]),
        created_at=document["created_at"],
        proposals=tuple(_proposal_of(p) for p in document["proposals"]),
        passed_over=tuple(PassedOver(p["offer_id"], p["score"]) for p in document["passed_over"]),
        excluded=tuple(Exclusion(e["offer_id"], tuple(e["obstacles"])) for e in document["excluded"]),
        model=document["model"],
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
    )


def _proposal_of(document: Document) -> Proposal:
    return Proposal(
        offer=offer_of(document["offer"]),
        rank=document["rank"],
        score=document["score"],
        terms=tuple(Term(t["code"], t["contribution"], t["facts"]) for t in document["terms"]),
        unknown=document["unknown"],
        area=document["area"],
    )
