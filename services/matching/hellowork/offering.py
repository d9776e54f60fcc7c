"""An advertisement as an offer of its employer: a new one, or the one that is held, said anew.

What the employer's people or the municipality added to an offer (accommodations, a workplace, own answers) is theirs and stays.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from services.matching.area import Areas
from services.matching.hellowork.record import Advert
from services.matching.inheriting import inherited
from services.matching.occupations import Occupation
from services.matching.offer import Offer
from shared.events.envelope import Payload
from shared.events.matching.catalogue import OfferChanged, OfferPublished

_LEGAL_FORMS = re.compile(r"(?:株式会社|有限会社|合同会社|合資会社|合名会社|\(株\)|\(有\)|\(同\))")


def employer_of(tags: Mapping[str, str]) -> str:
    """What an employer is known by: the number of its establishment (`jgshno`) where the list has one, otherwise its name, however
    blanks, widths and legal form are written."""
    number = re.sub(r"\D", "", unicodedata.normalize("NFKC", tags.get("jgshno", "")))
    if number:
        return f"number:{number[:20]}"
    name = re.sub(r"\s", "", unicodedata.normalize("NFKC", tags.get("jgshmei", ""))).casefold()
    return f"name:{_LEGAL_FORMS.sub('', name) or name}"


def new_offer(
    advert: Advert,
    offer_id: str,
    company_id: str,
    areas: Areas,
    occupation: Occupation | None,
    now: datetime,
) -> tuple[Offer, list[Payload]]:
    """An offer that was not held so far, open at once. Its place is the one that stands for its municipality."""
    offer = advert.offer(offer_id, company_id, now)
    place = areas.named(advert.place)
    lat, lng = place.at if place else (None, None)
    values, interests = inherited(offer.own, occupation)
    made = replace(offer, lat=lat, lng=lng, values=values, interests=interests)
    return made, [_published(made)]


def renewed(
    held: Offer, advert: Advert, company_id: str, areas: Areas, occupation: Occupation | None
) -> tuple[Offer, list[Payload]]:
    """The offer as it is advertised now. One that had expired opens again; any other stays as it stands."""
    said, _ = new_offer(advert, held.id, company_id, areas, occupation, held.created_at)
    values, interests = inherited(held.own, occupation)
    opens = held.state == "expired"
    offer = replace(
        said,
        state="published" if opens else held.state,
        closed_at=None if opens else held.closed_at,
        closing_reason=None if opens else held.closing_reason,
        open_places=held.open_places if held.state == "filled" else said.open_places,
        workplace_id=held.workplace_id,
        industry_code=held.industry_code,
        accommodations=held.accommodations,
        own=held.own,
        values=values,
        interests=interests,
        version=held.version,
    )
    changed = OfferChanged(offer_id=offer.id, company_id=offer.company_id)
    return offer, [_published(offer) if opens else changed]


def _published(offer: Offer) -> OfferPublished:
    return OfferPublished(
        offer_id=offer.id,
        company_id=offer.company_id,
        kind=offer.kind,
        municipality_code=offer.municipality_code,
    )
