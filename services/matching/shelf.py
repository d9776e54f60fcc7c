"""A municipality's offers in memory, and the columns that are made of them: anew only when they are asked for after a change."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from services.matching.engine.columns import Columns, columns_of
from services.matching.offer import Offer
from services.matching.offer_life import as_shown


class Shelf:
    """Open offers, and those that closed not long ago, so that a slate can say why they are missing.

    What a company that may not publish has opened lies here as resting.
    """

    def __init__(self, offers: Iterable[Offer] = ()) -> None:
        self._companies: dict[str, tuple[int, bool]] = {}
        self._offers: dict[str, Offer] = {}
        self._closed: dict[str, datetime] = {}
        self._changes: dict[str, Offer | None] = {}
        self._columns = columns_of(())
        for offer in offers:
            self.put(offer)

    def put(self, offer: Offer) -> None:
        """The offer as it is now; an older version than the one that is there changes nothing. Drafts are nobody's to see."""
        known = self._offers.get(offer.id)
        if known is not None and known.version > offer.version:
            return
        self._drop(offer.id)
        if offer.state != "draft":
            self._offers[offer.id] = offer
            self._changes[offer.id] = self._shown(offer)
            if offer.closed_at is not None:
                self._closed[offer.id] = offer.closed_at

    def let(self, company_id: str, version: int, may_publish: bool) -> None:
        """Whether the company may have offers shown, as of that version of it; an older one changes nothing. All may until it is said."""
        before, allowed = self._companies.get(company_id, (0, True))
        if before > version:
            return
        self._companies[company_id] = version, may_publish
        if may_publish != allowed:
            for offer in self._offers.values():
                if offer.company_id == company_id:
                    self._changes[offer.id] = self._shown(offer)

    def prune(self, closed_before: datetime) -> None:
        """Let go of what closed before that instant."""
        for offer_id in [one for one, at in self._closed.items() if at < closed_before]:
            self._drop(offer_id)

    def get(self, offer_id: str) -> Offer | None:
        offer = self._offers.get(offer_id)
        return self._shown(offer) if offer else None

    @property
    def columns(self) -> Columns:
        """As things are now. What has been handed out before stays as it was."""
        if self._changes:
            self._columns, self._changes = self._columns.changed(self._changes), {}
        return self._columns

    @property
    def offers(self) -> Sequence[Offer]:
        """In order of id."""
        return self.columns.offers

    def _shown(self, offer: Offer) -> Offer:
        _, may_publish = self._companies.get(offer.company_id, (0, True))
        return as_shown(offer, may_publish)

    def _drop(self, offer_id: str) -> None:
        self._closed.pop(offer_id, None)
        if self._offers.pop(offer_id, None) is not None:
            self._changes[offer_id] = None
