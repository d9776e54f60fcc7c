"""Intake's composition root."""

from pathlib import Path

from services.intake.consumers import REACTIONS
from services.intake.conversation import Conversation
from services.intake.guide import Guide
from services.intake.line_desk import LineDesk
from services.intake.line_queue import LineQueue
from services.intake.pages import page_routers
from services.intake.referring import Referring
from services.intake.routes.consents import consent_routes
from services.intake.routes.line import line_routes
from services.intake.routes.me import me_routes
from services.intake.routes.messages import message_routes
from services.intake.routes.programmes import programme_routes
from services.intake.routes.referrals import referral_routes
from services.intake.routes.residents import resident_routes
from services.intake.store import (
    OUTBOXES,
    Consents,
    Consultations,
    Entries,
    LineEvents,
    Programmes,
    Referrals,
    Residents,
    Timeline,
)
from shared.http.app import build_app
from shared.retention import Forgetting, Kept
from shared.runtime import Core, Service
from shared.web import Pages

TEMPLATES = Path(__file__).parent / "templates"
PROBLEMS = {
    "consent-missing": {
        "ja": "この連携先への有効な同意がありません",
        "en": "No live consent covers this agency and purpose",
    },
    "referral-state": {
        "ja": "この紹介は、もうその操作ができない状態です",
        "en": "The referral is past that step",
    },
}


async def compose(core: Core) -> Service:
    residents, entries = Residents(core.outbox, core.sealer), Entries(core.db)
    programmes, consents = Programmes(core.db, core.outbox), Consents(core.outbox)
    guide = Guide(programmes)
    conversation = Conversation(core.clock, residents, Consultations(core.outbox, core.sealer), guide)
    referring = Referring(core.clock, residents, consents, Referrals(core.outbox, core.sealer), conversation)
    line_events = LineEvents(core.db, core.sealer)
    timeline = Timeline(core.db)
    queue = LineQueue(LineDesk(core, residents, entries, conversation, timeline), line_events)
    pages = Pages("intake", TEMPLATES)
    app = build_app(
        core,
        [
            resident_routes(core, residents, entries, timeline),
            me_routes(residents),
            message_routes(conversation),
            consent_routes(core.clock, residents, consents),
            programme_routes(core.clock, programmes, guide),
            referral_routes(core.clock, referring),
        ],
        title="Banso 相談の入口 (intake)",
        description="相談、支援制度の案内、同意、紹介、これまでの記録。",
        problem_titles=PROBLEMS,
        pages=pages,
        page_routers=[
            *page_routers(core, pages, residents, entries, conversation),
            line_routes(core, line_events, queue),
        ],
    )
    kept = [Kept("consultations", "opened_at", lambda retention: retention.consultations)]
    return Service(
        app=app,
        reactions=REACTIONS,
        outboxes=OUTBOXES,
        workers=[queue.take_up_left_behind, Forgetting(core.db, core.registry, core.clock, kept).run],
        companions=[guide.warm, queue.answer_at_once],
    )
