"""An offer as residents see it: what it is, why it was proposed, what they have said to it and what they can say."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.matching import wording
from services.matching.interest import HANDED_ON, Interest, Kind, Positive, latest
from services.matching.offer import Offer
from services.matching.offer_texts import KIND_NOTES, POSSIBLE, PUT_ASIDE, SAYINGS, SEEN_TO, SOURCES, Saying
from services.matching.pages.offer_view import shown_facts
from services.matching.pages.wish_words import WishWords
from services.matching.slate import Proposal
from shared.ids import new_ulid
from shared.tenancy import Tenant


@dataclass(frozen=True)
class Said:
    """What stands, and the id by which it is taken back."""

    id: str
    kind: Kind
    text: str


@dataclass(frozen=True)
class Card:
    """`rank` counts over all pages of a list; None outside of one. `can_say` and `saved` are for an offer that is `open`."""

    offer: Offer
    rank: int | None
    open: bool
    rests: bool
    kind: str
    kind_note: str
    source: str
    facts: tuple[tuple[str, str], ...]
    neighbouring: str | None
    reasons: tuple[str, ...]
    mismatch: str | None
    aside: Said | None
    said: tuple[Said, ...]
    can_say: tuple[tuple[Positive, Saying], ...]
    idempotency_key: str

    @property
    def handed_on(self) -> bool:
        """Whether staff have something to answer."""
        return any(one.kind in HANDED_ON for one in self.said)


class Cards:
    def __init__(self, words: WishWords) -> None:
        self.words = words

    def proposed(
        self,
        tenant: Tenant,
        proposal: Proposal,
        before: int,
        present: Offer | None,
        interests: Iterable[Interest],
        titles: Mapping[str, str],
    ) -> Card:
        """The card of a proposal, with `before` others on earlier pages; `present` is the offer as it stands now. `titles` of offers that its
        reasons come from, by id."""
        rank = before + proposal.rank
        return self._card(tenant, proposal.offer, present, interests, proposal, rank, titles)

    def offered(
        self,
        tenant: Tenant,
        offer: Offer,
        interests: Iterable[Interest],
        proposal: Proposal | None,
        titles: Mapping[str, str],
    ) -> Card:
        """The card of any offer; with the reasons of the proposal when there was one."""
        return self._card(tenant, offer, offer, interests, proposal, None, titles)

    def _card(
        self,
        tenant: Tenant,
        offer: Offer,
        present: Offer | None,
        interests: Iterable[Interest],
        proposal: Proposal | None,
        rank: int | None,
        titles: Mapping[str, str],
    ) -> Card:
        mine = sorted((i for i in interests if i.offer_id == offer.id), key=lambda i: (i.created_at, i.id))
        standing = latest(mine).get(offer.id)
        aside = standing if standing and standing.kind == "not_interested" else None
        said = said_of(mine)
        area = self.words.area(tenant, offer.municipality_code)
        neighbouring = proposal is not None and proposal.area == "neighbouring"
        mismatch = proposal.mismatch if proposal else None
        return Card(
            offer=offer,
            rank=rank,
            open=present is not None and present.state == "published",
            rests=present is not None and present.state == "paused",
            kind=wording.KINDS[offer.kind],
            kind_note=KIND_NOTES[offer.kind],
            source=SOURCES[offer.source],
            facts=shown_facts(offer, area),
            neighbouring=area if neighbouring else None,
            reasons=tuple(wording.term_text(term, titles) for term in proposal.reasons) if proposal else (),
            mismatch=wording.term_text(mismatch) if mismatch else None,
            aside=said_text(aside) if aside else None,
            said=said,
            can_say=_can_say(offer, said),
            idempotency_key=new_ulid(),
        )


def said_of(interests: Sequence[Interest]) -> tuple[Said, ...]:
    """Everything positive that stands, in the order it was said."""
    return tuple(said_text(interest) for interest in interests if interest.kind != "not_interested")


def said_text(interest: Interest) -> Said:
    """What is said of it to the person."""
    if interest.kind == "not_interested":
        return Said(interest.id, interest.kind, PUT_ASIDE)
    text = SAYINGS[interest.kind].said
    return Said(interest.id, interest.kind, f"{text}{SEEN_TO}" if interest.answered_at else text)


def _can_say(offer: Offer, said: Sequence[Said]) -> tuple[tuple[Positive, Saying], ...]:
    kinds = {one.kind for one in said}
    possible: tuple[Positive, ...] = ("save", *POSSIBLE[offer.kind])
    return tuple((kind, SAYINGS[kind]) for kind in possible if kind not in kinds)
