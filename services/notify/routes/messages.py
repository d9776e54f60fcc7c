"""Messages: what was sent to whom, how it went, and sending one."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.notify import message as rules
from services.notify.contact import ContactPoint
from services.notify.message import Message, State, message_id
from services.notify.providers.line import fits
from services.notify.routes.shapes import RESIDENT, MessageId
from services.notify.sender import Sender
from services.notify.template import NAME, UnknownTemplate
from services.notify.wording import write_words
from shared import trace
from shared.auth import Actor
from shared.errors import Invalid, NotFound
from shared.http.etag import etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, TenantOf, scope
from shared.idempotency import Command
from shared.quiet_hours import quiet_until
from shared.runtime import Core
from shared.tenancy import Tenant

Reading = Annotated[Actor, Depends(scope("messages:read"))]
Writing = Annotated[Actor, Depends(scope("messages:write"))]
Value = Annotated[str, StringConstraints(max_length=500)]
PlaceholderName = Annotated[str, StringConstraints(min_length=1, max_length=40, pattern=r"^[^()?\n]+$")]
NOT_FOR_RESIDENTS = ("crisis.", "company.")


class MessageRequest(BaseModel):
    """`personalisation` fills the template's placeholders. LINE must carry nothing of a consultation: notices and links only."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "resident_id": "res_k3x2a5v6q7r4n2m3p4d5f6g7h2",
                    "template": "line.link",
                    "personalisation": {"link": "https://sample-a.example/intake/chat"},
                }
            ]
        },
    )

    resident_id: str = Field(pattern=RESIDENT)
    template: str = Field(pattern=NAME.pattern, max_length=100)
    personalisation: dict[PlaceholderName, Value] = Field(default_factory=dict, max_length=20)


class MessageView(BaseModel):
    """A message and how far it has come. What it said is not shown: template and version say which words it was made of."""

    id: str
    resident_id: str | None = Field(description="null for a message to a company")
    template: str
    template_version: int | None = Field(description="0 is the built-in text; null until it is first sent")
    language: str | None
    state: State
    via: Literal["line", "email"] | None
    reason: str | None = Field(description="A code: why it failed, was not sent, or is tried again")
    attempts: int
    appointment_id: str | None
    created_at: datetime
    due_at: datetime | None
    finished_at: datetime | None


def view(message: Message) -> MessageView:
    given = {name: getattr(message, name) for name in MessageView.model_fields}
    return MessageView.model_validate({**given, "resident_id": message.resident_id or None})


def message_routes(core: Core, sender: Sender) -> APIRouter:
    router = APIRouter(tags=["messages"])
    messages = sender.messages

    @router.get("/messages")
    async def list_messages(
        actor: Reading,
        resident_id: Annotated[str | None, Query(pattern=RESIDENT)] = None,
        cursor: Cursor = None,
        limit: Limit = 50,
    ) -> Page[MessageView]:
        """Newest first."""
        page = await messages.page(actor.tenant, resident_id, cursor, limit)
        return Page(data=[view(message) for message in page.data], next=page.next)

    @router.get("/messages/{message_id}")
    async def get_message(message_id: MessageId, actor: Reading, response: Response) -> MessageView:
        """One message."""
        message = await messages.get(actor.tenant, message_id)
        response.headers.update(etag(message.version))
        return view(message)

    @router.post("/messages", status_code=201)
    async def send_message(
        body: MessageRequest, actor: Writing, tenant: TenantOf, command: CommandOf
    ) -> MessageView:
        """Send a template to a resident, outside of the quiet hours. With a test key it is checked and recorded, and never leaves."""
        contact = await sender.contacts.find(actor.tenant, body.resident_id)
        if contact is None:
            raise NotFound("no such resident")
        message = await _written(sender, tenant, contact, body, command)
        if not actor.live:
            rehearsed, events = rules.suppressed(message, "test_key", message.created_at)
            await messages.add(actor.tenant, rehearsed, events, command)
            return view(await messages.get(actor.tenant, message.id))
        lease = sender.due.reserve() if message.due_at == message.created_at else None
        if lease:
            message = rules.begin(message, lease)
        message, events = rules.accept(message)
        if not await messages.add(actor.tenant, message, events, command):
            return view(await messages.get(actor.tenant, message.id))
        if lease:
            sender.due.offer(message)
        return view(message)

    async def _written(
        sender: Sender, tenant: Tenant, contact: ContactPoint, body: MessageRequest, command: Command
    ) -> Message:
        """The message, once it is certain that it can be written. Raises Invalid."""
        if body.template.startswith(NOT_FOR_RESIDENTS):
            raise UnknownTemplate("template", "this one is for others than residents")
        now = core.clock.now()
        draft = Message(
            tenant=tenant.id,
            id=message_id(tenant.id, command.key, body.template),
            resident_id=body.resident_id,
            template=body.template,
            created_at=now,
            due_at=quiet_until(now, tenant.spec.quiet_hours) or now,
            personalisation=messages.seal(tenant.id, body.personalisation),
            trace=trace.current(),
        )
        own = await sender.templates.named(tenant.id, body.template)
        words = write_words(
            draft, body.personalisation, own, contact.language, tenant, core.settings.public_url
        )
        if not fits(words.text.body):
            raise Invalid("personalisation", "the text becomes empty or longer than LINE takes")
        return draft.worded(words.version, words.language)

    return router
