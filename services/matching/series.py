"""Slates for many people, one after another, as for a list that is sent out: what one is shown counts for what the next is shown."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from services.matching.engine.blend import Circumstances
from services.matching.engine.columns import Columns
from services.matching.engine.exposure import Seen, weight_of_rank
from services.matching.seeker import Seeker
from services.matching.slate import Slate, propose
from shared.events.envelope import Payload


def best_of_each(
    columns: Columns,
    given: Circumstances,
    wanted: Sequence[tuple[str, Seeker]],
    size: int,
    now: datetime,
    skip: Mapping[str, Collection[str]],
    snapshot: str | None = None,
) -> Iterator[tuple[Slate, list[Payload]]]:
    """One slate for each (slate id, seeker), in their order, with `given` as it is before the first of them.

    No place goes by lot: nobody chose to look. `skip`: offers that a resident shall not be shown, by resident id.
    """
    given = replace(given, policy=replace(given.policy, exploration=0))
    for slate_id, seeker in wanted:
        shown = seeker.shown | frozenset(skip.get(seeker.resident_id, ()))
        slate, events = propose(slate_id, replace(seeker, shown=shown), columns, size, now, given, snapshot)
        yield slate, events
        if given.policy.exposure:
            given = replace(given, companies=_shown(given.companies, slate, columns))


def _shown(companies: Mapping[str, Seen], slate: Slate, columns: Columns) -> Mapping[str, Seen]:
    seen = dict(companies)
    for proposal in slate.proposals:
        company = proposal.offer.company_id
        number = columns.words.companies.find(company)
        open_offers = int(columns.open_by_company[number]) if number is not None else 0
        before = seen.get(company, Seen(open_offers, 0.0, 0.0))
        seen[company] = replace(before, exposure=before.exposure + weight_of_rank(proposal.rank))
    return seen
