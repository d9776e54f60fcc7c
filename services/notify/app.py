"""Notify's composition root."""

from pathlib import Path
from typing import cast

from services.notify.carrier import Carrier
from services.notify.consumers import reactions
from services.notify.dispatcher import Dispatcher, WebhookStores
from services.notify.problems import TITLES
from services.notify.providers.mail import Mail
from services.notify.reactions.outgoing import Outgoing
from services.notify.routes.deliveries import delivery_routes
from services.notify.routes.endpoints import endpoint_routes
from services.notify.routes.messages import message_routes
from services.notify.routes.preferences import preference_routes
from services.notify.routes.templates import template_routes
from services.notify.sender import Sender, Stores
from services.notify.settings import Settings
from services.notify.store import OUTBOXES, Contacts, Deliveries, Endpoints, Messages, Templates
from shared.http.app import build_app
from shared.retention import Forgetting, Kept
from shared.runtime import Core, Service
from shared.web import Pages


async def compose(core: Core) -> Service:
    settings = cast(Settings, core.settings)
    contacts, templates = Contacts(core.outbox, core.sealer), Templates(core.outbox)
    messages = Messages(core.outbox, core.sealer)
    endpoints, deliveries = Endpoints(core.outbox, core.sealer), Deliveries(core.outbox)
    mail = Mail(
        settings.smtp_host,
        settings.smtp_port,
        settings.mail_from,
        settings.provider_timeout,
        settings.smtp_start_tls,
        settings.smtp_username,
        settings.smtp_password_file,
    )
    sender = Sender(core, settings, Stores(messages, contacts, templates), Carrier(core.secrets, mail))
    dispatcher = Dispatcher(core, settings, WebhookStores(endpoints, deliveries))
    app = build_app(
        core,
        [
            message_routes(core, sender),
            template_routes(core, templates),
            preference_routes(contacts),
            endpoint_routes(core, settings, endpoints),
            delivery_routes(core, dispatcher),
        ],
        title="Banso お知らせ (notify)",
        description="LINE、メール、連携先への通知と、届いたかどうかの記録。",
        problem_titles=TITLES,
        pages=Pages("notify", Path(__file__).parent / "templates"),
    )
    kept = [
        Kept(collection, "finished_at", lambda retention: retention.messages)
        for collection in ("messages", "webhook_deliveries")
    ]
    return Service(
        app=app,
        reactions=reactions(core, Outgoing(core.registry, sender, dispatcher), contacts),
        outboxes=OUTBOXES,
        workers=(sender.run, dispatcher.run, Forgetting(core.db, core.registry, core.clock, kept).run),
    )
