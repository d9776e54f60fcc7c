"""The use case behind looking into a slate again: from its snapshot, its model and its own basis.

`python -m services.matching.replaying <municipality> <slate>` makes one again and says what differs; exit status 1 when anything does.
"""

import asyncio
import sys

from services.matching.engine.columns import columns_of
from services.matching.engine.model import Model
from services.matching.offer import Offer
from services.matching.replay import Replay, circumstances_of, replay, replay_terms
from services.matching.settings import Settings
from services.matching.slate import Slate
from services.matching.store import COLLECTIONS, Store, open_store
from services.matching.why_not import WhyNot, why_not
from shared.errors import NotFound, Refused
from shared.runtime import connect_core


async def made_again(store: Store, tenant: str, slate_id: str) -> Replay:
    """Raises NotFound for a slate the municipality does not have, or whose snapshot or model was let go of."""
    slate = await store.slates.get(tenant, slate_id)
    if slate.basis is None or slate.basis.snapshot is None:
        return replay_terms(slate)
    offers, model = await materials(store, tenant, slate)
    return replay(slate, offers, model)


async def reason_against(store: Store, tenant: str, slate_id: str, offer_id: str) -> WhyNot:
    """Why the offer is not on the slate, as things stood then. Raises NotFound for an offer that did not stand to choice."""
    slate = await store.slates.get(tenant, slate_id)
    if slate.basis is None or slate.basis.snapshot is None:
        return _listed(slate, offer_id)
    offers, model = await materials(store, tenant, slate)
    columns = columns_of(offers)
    if (row := columns.row_of.get(offer_id)) is None:
        raise NotFound(f"no offer {offer_id} when the slate was made")
    return why_not(slate, columns.offers[row], circumstances_of(slate.basis, columns, model))


async def materials(store: Store, tenant: str, slate: Slate) -> tuple[list[Offer], Model | None]:
    """The offers and the model that the slate was made from. Raises NotFound when they are not, or no longer, kept."""
    basis = slate.basis
    if basis is None or basis.snapshot is None:
        raise NotFound("this slate keeps no snapshot")
    offers = await store.snapshots.offers(tenant, basis.snapshot, slate.created_at)
    model = await store.models.of_hash(tenant, basis.model_hash) if basis.model_hash else None
    return offers, model


def _listed(slate: Slate, offer_id: str) -> WhyNot:
    """What an old slate says by itself."""
    for proposal in slate.proposals:
        if proposal.offer.id == offer_id:
            return WhyNot(offer_id, proposal.rank, score=proposal.score)
    for excluded in slate.excluded:
        if excluded.offer_id == offer_id:
            return WhyNot(offer_id, None, excluded.obstacles)
    last = slate.proposals[-1] if slate.proposals else None
    for passed in slate.passed_over:
        if passed.offer_id == offer_id and last:
            return WhyNot(
                offer_id, None, score=passed.score, last_offer_id=last.offer.id, last_score=last.score
            )
    raise NotFound(f"no offer {offer_id} when the slate was made")


async def _main(tenant: str, slate_id: str) -> int:
    core = await connect_core("matching", Settings(), COLLECTIONS)
    try:
        found = await made_again(open_store(core.db, core.outbox, core.sealer), tenant, slate_id)
    except Refused as error:
        print(error.detail, file=sys.stderr)
        return 2
    finally:
        await core.nc.close()
        core.db.close()
    print("identical" if found.identical else "\n".join(found.differences))
    return 0 if found.identical else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m services.matching.replaying <municipality> <slate>")
    sys.exit(asyncio.run(_main(sys.argv[1], sys.argv[2])))
