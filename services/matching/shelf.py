"""A municipality's offers in memory: in order, with their norms and their snapshot, each worked out again only for what has changed."""

from collections.abc import Iterable
from datetime import datetime

from services.matching.norms import Norms, norms_of
from services.matching.offer import Offer
from services.matching.snapshot import PARTS, Snapshot, digest, part_of, snapshot_of, write_part


class Shelf:
    """Open offers, and those that closed not long ago, so that a slate can say why they are missing."""

    def __init__(self, offers: Iterable[Offer] = ()) -> None:
        self._by_part: list[dict[str, Offer]] = [{} for _ in range(PARTS)]
        self._written: dict[int, tuple[str, bytes]] = {}
        self._offers: list[Offer] | None = None
        self._norms: Norms | None = None
        for offer in offers:
            self.put(offer)

    def put(self, offer: Offer) -> None:
        """The offer as it is now; an older version than the one that is there changes nothing. Drafts are nobody's to see."""
        part = self._by_part[part_of(offer.id)]
        known = part.get(offer.id)
        if known is not None and known.version > offer.version:
            return
        if offer.state == "draft":
            part.pop(offer.id, None)
        else:
            part[offer.id] = offer
        self._changed(part_of(offer.id))

    def prune(self, closed_before: datetime) -> None:
        """Let go of what closed before that instant."""
        for number, part in enumerate(self._by_part):
            old = [o.id for o in part.values() if o.closed_at is not None and o.closed_at < closed_before]
            for offer_id in old:
                del part[offer_id]
            if old:
                self._changed(number)

    def get(self, offer_id: str) -> Offer | None:
        return self._by_part[part_of(offer_id)].get(offer_id)

    @property
    def offers(self) -> list[Offer]:
        """In order of id."""
        if self._offers is None:
            self._offers = sorted((o for part in self._by_part for o in part.values()), key=lambda o: o.id)
        return self._offers

    @property
    def norms(self) -> Norms:
        if self._norms is None:
            self._norms = norms_of(self.offers)
        return self._norms

    def snapshot(self) -> tuple[Snapshot, dict[str, bytes]]:
        """The snapshot, and the bytes of its parts by hash."""
        for number, part in enumerate(self._by_part):
            if number not in self._written:
                data = write_part(part.values())
                self._written[number] = digest(data), data
        parts = {number: found for number, (found, _) in self._written.items()}
        return snapshot_of(parts), dict(self._written.values())

    def _changed(self, part: int) -> None:
        self._written.pop(part, None)
        self._offers = self._norms = None
