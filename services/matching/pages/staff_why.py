"""/matching/staff/why and …/slates/{id}: why these offers were proposed to a person, why another one was not, and whether the slate can be
made again just as it was."""

import re
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.matching import wording
from services.matching.offer import Offer
from services.matching.pages.profile_source import profile_source
from services.matching.pages.staff_route import WHY, Explainer, reference, staff_router
from services.matching.replay import Replay
from services.matching.replaying import made_again, reason_against
from services.matching.routes.fields import SlateId
from services.matching.scoring import Term
from services.matching.slate import Proposal, Slate
from services.matching.store import Store
from services.matching.store.offers import Wanted
from services.matching.why_not import WhyNot
from shared.errors import NotFound
from shared.ids import CODE, id_pattern
from shared.runtime import Core
from shared.web import Pages
from shared.web.pages import StaffLink
from shared.web.visiting import go

HALF, LINE = 150, 26
"""Units of the drawing: the longest bar to either side, and one line."""
LATEST = 10
"""Slates of one person that are listed."""
LISTED = 40
"""Offers that were not proposed, each with its way to the reason."""
FOUND = 20
"""Offers that are found by words, the newest, each with its way to the reason."""


@dataclass(frozen=True)
class Bar:
    """A term: to the right what speaks for the offer, to the left what speaks against it."""

    text: str
    points: int
    x: int
    y: int
    length: int


@dataclass(frozen=True)
class Explained:
    """A proposal with its terms, weightiest first."""

    proposal: Proposal
    kind: str
    bars: tuple[Bar, ...]
    mismatch: str | None

    @property
    def height(self) -> int:
        return LINE * len(self.bars)


def bars(terms: tuple[Term, ...]) -> tuple[Bar, ...]:
    """The longest bar is HALF long. Offers that somebody has looked at are named to nobody else, so not here."""
    largest = max((abs(term.contribution) for term in terms), default=0)
    found = []
    for place, term in enumerate(terms):
        length = round(HALF * abs(term.contribution) / largest) if largest else 0
        x = HALF - length if term.contribution < 0 else HALF
        found.append(Bar(wording.term_text(term), term.contribution, x, place * LINE, length))
    return tuple(found)


def why_pages(core: Core, store: Store, pages: Pages) -> APIRouter:
    pages.link_for_staff(StaffLink(WHY, "提案の理由", "slates:read"))
    router = staff_router(pages)

    @router.get("/why")
    async def look_for_slates(staff: Explainer, who: Annotated[str, Query(max_length=60)] = "") -> Response:
        """By a slate's id, a resident's id, or the six letters by which staff tell residents apart."""
        asked = who.strip()
        if re.fullmatch(id_pattern("slt"), asked):
            return go(f"/matching/staff/slates/{asked}")
        found = (
            await store.slates.of_person(staff.tenant.id, _ending(asked), LATEST) if _ending(asked) else []
        )
        return pages.render(
            "staff_why.html",
            staff.tenant,
            staff=staff,
            here=WHY,
            who=who,
            slates=[(slate, reference(slate.seeker.resident_id)) for slate in found],
        )

    @router.get("/slates/{slate_id}")
    async def explain_slate(
        slate_id: SlateId,
        staff: Explainer,
        offer: Annotated[str, Query(max_length=100)] = "",
        again: bool = False,
    ) -> Response:
        """`offer`: an offer's number, or words that it is looked for by."""
        tenant, asked = staff.tenant, offer.strip()
        slate = await store.slates.get(tenant.id, slate_id)
        numbered = re.fullmatch(id_pattern("ofr"), asked) is not None
        absence, unknown = await _absence(tenant.id, slate_id, asked if numbered else "")
        names = await _titles(tenant.id, slate, absence)
        return pages.render(
            "staff_slate.html",
            tenant,
            staff=staff,
            here=WHY,
            slate=slate,
            who=reference(slate.seeker.resident_id),
            explained=[_explained(proposal) for proposal in slate.proposals],
            names=names,
            source=await profile_source(store, tenant.id, [p.offer for p in slate.proposals]),
            excluded=[
                (e.offer_id, [wording.OBSTACLES[o] for o in e.obstacles]) for e in slate.excluded[:LISTED]
            ],
            passed_over=slate.passed_over[:LISTED],
            counted=sorted(
                ((wording.OBSTACLES[obstacle], count) for obstacle, count in slate.counted.items()),
                key=lambda pair: -pair[1],
            ),
            absence=absence,
            obstacles=[wording.OBSTACLES[o] for o in absence.obstacles] if absence else [],
            compared=_compared(absence) if absence else [],
            unknown=unknown,
            asked=asked,
            searched=bool(asked) and not numbered,
            found=[] if numbered else await _found(tenant.id, asked),
            replay=await _again(tenant.id, slate_id) if again else None,
            again=again,
            half=HALF,
            most=FOUND,
        )

    async def _titles(tenant: str, slate: Slate, absence: WhyNot | None) -> dict[str, str]:
        """What the offers that were not proposed are called."""
        others = {one.offer_id for one in slate.excluded[:LISTED]}
        others |= {one.offer_id for one in slate.passed_over[:LISTED]}
        if absence:
            others |= {absence.offer_id}
        return await store.offers.titles(tenant, others)

    async def _found(tenant: str, words: str) -> list[Offer]:
        return await store.offers.newest(tenant, Wanted(words=words), None, FOUND) if words else []

    async def _absence(tenant: str, slate_id: str, offer_id: str) -> tuple[WhyNot | None, bool]:
        """Why not that offer; and whether one was asked for that did not stand to choice, or of which too little is kept."""
        if not offer_id:
            return None, False
        try:
            return await reason_against(store, tenant, slate_id, offer_id), False
        except NotFound:
            return None, True

    async def _again(tenant: str, slate_id: str) -> Replay | None:
        """None when what it was made from is no longer kept."""
        try:
            return await made_again(store, tenant, slate_id)
        except NotFound:
            return None

    return router


def _explained(proposal: Proposal) -> Explained:
    mismatch = wording.term_text(proposal.mismatch) if proposal.mismatch else None
    return Explained(proposal, wording.KINDS[proposal.offer.kind], bars(proposal.terms), mismatch)


def _compared(absence: WhyNot) -> list[tuple[str, int, int]]:
    """Each term in words, with its points for the offer asked about and for the last one that was proposed."""
    return [
        (wording.term_text(own if own.contribution else last), own.contribution, last.contribution)
        for own, last in absence.terms
    ]


def _ending(asked: str) -> str:
    """How the id of the person asked for ends; empty for what no id ends like."""
    said = asked.lower().removeprefix("res_")
    return said if re.fullmatch(f"{CODE}|[a-z2-7]{{6}}", said) else ""
