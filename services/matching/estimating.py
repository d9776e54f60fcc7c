"""The use case behind judging a policy before it is declared.

`python -m services.matching.estimating <municipality> [--exposure N] [--exploration X] [--learning on|off] [--reciprocal on|off] [--days N]`
prints how often what is shown at a place would be asked for, under the policy that was logged and under the other one, by three estimators
with 95 % intervals, and how much of what the other policy would show the log cannot tell of (engine/off_policy.py).
"""

import argparse
import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from services.matching.engine.explore import WHOLE
from services.matching.engine.off_policy import Estimate, Logged, doubly_robust, ips, snips, unsupported
from services.matching.estimate import Shown, logged_of, shown_places
from services.matching.policy import Policy
from services.matching.replaying import materials
from services.matching.settings import Settings
from services.matching.store import COLLECTIONS, Store, open_store
from shared.errors import NotFound
from shared.runtime import connect_core

AT_MOST = 500
"""Slates, the newest: each is worked out again."""


async def log_of(
    store: Store, tenant: str, change: Callable[[Policy], Policy], since: datetime, now: datetime
) -> list[list[Logged]]:
    """The slates since then, place by place. Slates whose materials are no longer kept are left out."""
    asked: dict[tuple[str, str], datetime] = {}
    for one in await store.interactions.between(tenant, since, now):
        if one.deed != "view":
            key = (one.resident_id, one.offer_id)
            asked[key] = max(asked.get(key, one.at), one.at)
    found: list[Shown] = []
    for shown in (await store.slates.shown_since(tenant, since, now, terms=False))[-AT_MOST:]:
        slate = await store.slates.get(tenant, shown.slate_id)
        try:
            offers, model = await materials(store, tenant, slate)
        except NotFound:
            continue
        said = {
            offer for (who, offer), at in asked.items() if who == shown.resident_id and at >= slate.created_at
        }
        found += shown_places(slate, offers, model, said, change)
    return logged_of(found)


def changed(args: argparse.Namespace) -> Callable[[Policy], Policy]:
    """The policy of the arguments; what they do not name stays as it was."""
    named = {
        "exposure": args.exposure,
        "exploration": None if args.exploration is None else round(args.exploration * WHOLE),
        "learning": None if args.learning is None else args.learning == "on",
        "reciprocal": None if args.reciprocal is None else args.reciprocal == "on",
    }
    fields = {name: value for name, value in named.items() if value is not None}
    return lambda policy: replace(policy, **fields)


def line(name: str, found: Estimate) -> str:
    return (
        f"{name:24}{found.value:8.4f}  [{found.low:.4f}, {found.high:.4f}]  effective {found.effective:,.0f}"
    )


async def _main(args: argparse.Namespace) -> None:
    core = await connect_core("matching", Settings(), COLLECTIONS)
    try:
        now = core.clock.now()
        store = open_store(core.db, core.outbox, core.sealer)
        log = await log_of(store, args.tenant, changed(args), now - timedelta(days=args.days), now)
    finally:
        await core.nc.close()
        core.db.close()
    if not log:
        print("no slates that can be judged")
        return
    print(f"{len(log):,} slates, {sum(map(len, log)):,} places; asked for per place, 95 % intervals")
    print(line("as it was", ips([[replace(one, new=one.logged) for one in slate] for slate in log])))
    print(line("the other policy, IPS", ips(log)))
    print(line("the other policy, SNIPS", snips(log)))
    print(line("the other policy, DR", doubly_robust(log)))
    if share := unsupported(log):
        print(
            f"{100 * share:.1f} % of what the other policy would show could not be shown under the logged one: IPS counts it as"
            " never asked for, SNIPS like the rest, DR as its reward model expects; the intervals do not hold it"
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m services.matching.estimating", description=__doc__)
    parser.add_argument("tenant")
    parser.add_argument("--exposure", type=int)
    parser.add_argument("--exploration", type=float)
    parser.add_argument("--learning", choices=("on", "off"))
    parser.add_argument("--reciprocal", choices=("on", "off"))
    parser.add_argument("--days", type=int, default=28)
    asyncio.run(_main(parser.parse_args()))
