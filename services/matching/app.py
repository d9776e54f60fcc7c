"""Matching's composition root."""

import asyncio
from pathlib import Path
from typing import cast

from services.matching.consumers import reactions
from services.matching.importing.parts import importing_of
from services.matching.market import Market
from services.matching.ordering.finishing import Finishing
from services.matching.ordering.parts import ordering_of
from services.matching.pages import page_routers
from services.matching.pages.centre import centre_pages
from services.matching.pages.staff_home import staff_home
from services.matching.pages.staff_imports import import_pages, larger_forms
from services.matching.pages.staff_send_lists import send_list_pages
from services.matching.pages.staff_support import staff_support_pages
from services.matching.pages.subscriptions import subscription_pages
from services.matching.pages.support import support_pages
from services.matching.problem_titles import PROBLEM_TITLES
from services.matching.recommending import Recommending
from services.matching.refitting import Refitting
from services.matching.routes import routers
from services.matching.routes.exports import export_router
from services.matching.routes.imports import import_router, larger_bodies
from services.matching.routes.occupations import occupation_router
from services.matching.routes.send_lists import send_list_router
from services.matching.routes.support import support_router
from services.matching.settings import Settings
from services.matching.store import KEPT, OUTBOXES, open_store
from services.matching.store.forgetting import kept
from services.matching.store.support import Support
from shared.following import Following
from shared.http.app import build_app
from shared.retention import Forgetting
from shared.runtime import Core, Service
from shared.web import Pages

TEMPLATES = Path(__file__).parent / "templates"


async def compose(core: Core) -> Service:
    store = open_store(core.db, core.outbox, core.sealer)
    # what residents answer about support programmes is kept out of reach of everything that proposes work
    support = Support(core.db, core.outbox, core.sealer)
    settings = cast(Settings, core.settings)
    pages = Pages("matching", TEMPLATES)
    importing = importing_of(core, store, settings)
    market = Market(core.clock, store, importing.areas)
    following = Following(core.nc, "MATCHING", market.heard, market.lost)
    core.publisher.listeners.append(market.heard)
    refitting = Refitting(
        core.db, core.registry, store, core.clock, settings.refit_every, settings.refit_settle
    )

    ordering = ordering_of(store, core.clock)

    recommending = Recommending(
        core.db,
        core.registry,
        store,
        market,
        core.sealer,
        core.secrets,
        core.clock,
        settings.recommending_every,
    )

    async def stalls(stop: asyncio.Event) -> None:
        await market.follow(following, lambda: core.registry.tenants, stop)

    app = build_app(
        core,
        [
            *routers(store, market, core.clock, ordering, importing.areas),
            support_router(support, core.clock),
            send_list_router(store, recommending, core.clock),
            import_router(store, importing),
            export_router(store),
            occupation_router(store, importing.spreading),
        ],
        title="Banso 仕事との出会い (matching)",
        description="大切にしたいことを聞き、合いそうな仕事を理由といっしょに出します。",
        problem_titles=PROBLEM_TITLES,
        pages=pages,
        larger_bodies={**larger_bodies(importing), **larger_forms(importing)},
        page_routers=[
            *page_routers(core, store, market, pages, importing.areas),
            import_pages(pages, store, importing),
            *centre_pages(core, store, ordering, pages),
            support_pages(core.clock, support, pages),
            staff_support_pages(pages, core.clock, support),
            subscription_pages(core, store, pages),
            send_list_pages(pages, core.clock, store, recommending),
            staff_home(pages),
        ],
    )
    return Service(
        app=app,
        reactions=reactions(refitting.nudge),
        outboxes=OUTBOXES,
        companions=(stalls,),
        workers=(
            refitting.run,
            recommending.run,
            *importing.workers,
            Finishing(core.db, core.registry, ordering, settings.finishing_every).run,
            Forgetting(core.db, core.registry, core.clock, (*KEPT, *kept(core.db))).run,
        ),
    )
