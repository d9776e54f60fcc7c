"""Matching's composition root."""

from pathlib import Path

from services.matching.consumers import REACTIONS
from services.matching.pages import page_routers
from services.matching.routes import routers
from services.matching.store import OUTBOXES, open_store
from shared.http.app import build_app
from shared.runtime import Core, Service
from shared.web import Pages

TEMPLATES = Path(__file__).parent / "templates"
PROBLEM_TITLES = {
    "offer-closed": {"ja": "この募集は終わっています", "en": "This offer is closed"},
}


async def compose(core: Core) -> Service:
    store = open_store(core.db, core.outbox, core.sealer)
    pages = Pages("matching", TEMPLATES)
    app = build_app(
        core,
        routers(store, core.clock),
        title="Banso 仕事との出会い (matching)",
        description="大切にしたいことを聞き、合いそうな仕事を理由といっしょに出します。",
        problem_titles=PROBLEM_TITLES,
        pages=pages,
        page_routers=page_routers(core, store, pages),
    )
    return Service(app=app, reactions=REACTIONS, outboxes=OUTBOXES)
