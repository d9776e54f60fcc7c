"""Intake's composition root."""

from pathlib import Path

from services.intake.consumers import REACTIONS
from services.intake.routes.me import me_routes
from services.intake.routes.residents import resident_routes
from services.intake.store import OUTBOXES, Entries, Residents, Timeline
from shared.http.app import build_app
from shared.runtime import Core, Service
from shared.web import Pages

TEMPLATES = Path(__file__).parent / "templates"


async def compose(core: Core) -> Service:
    residents = Residents(core.outbox, core.sealer)
    entries, timeline = Entries(core.db), Timeline(core.db)
    pages = Pages("intake", TEMPLATES)
    app = build_app(
        core,
        [resident_routes(core, residents, entries, timeline), me_routes(residents)],
        title="Banso 相談の入口 (intake)",
        description="相談、支援制度の案内、同意、紹介、これまでの記録。",
        pages=pages,
    )
    return Service(app=app, reactions=REACTIONS, outboxes=OUTBOXES)
