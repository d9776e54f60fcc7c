"""A resident's talk with Banso, by API."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from services.intake.answer import Answer, AnswerKind
from services.intake.consultation import Turn
from services.intake.conversation import Conversation
from shared.http.paging import Page
from shared.http.request import CommandOf, ResidentOf, TenantOf

LONGEST = 2000


class NewMessage(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"text": "家賃がきつい"}]})

    text: Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST)]


class LinkView(BaseModel):
    label: str
    url: str


class PartView(BaseModel):
    """`text` is plain text; a line break is a line break."""

    heading: str
    text: str
    links: tuple[LinkView, ...] = ()


class AnswerView(BaseModel):
    """`programmes`: three parts (which programme, how to apply, whom to ask); `person`: a person is offered; `urgent`: the fixed
    text with hotlines that answer now."""

    kind: AnswerKind
    parts: tuple[PartView, ...]
    programme_ids: tuple[str, ...] = Field(max_length=3)


class MessageAnswer(BaseModel):
    consultation_id: str
    answer: AnswerView


class TurnView(BaseModel):
    """`text` is null for a press of a button, and where the resident took it back on LINE (`unsent`)."""

    id: str
    consultation_id: str
    at: datetime
    channel: Literal["line", "web"]
    text: str | None
    unsent: bool
    answer: AnswerView


def answer_view(answer: Answer) -> AnswerView:
    return AnswerView.model_validate(answer, from_attributes=True)


def turn_view(consultation_id: str, turn: Turn) -> TurnView:
    return TurnView(
        id=turn.id,
        consultation_id=consultation_id,
        at=turn.at,
        channel=turn.channel,
        text=turn.said,
        unsent=turn.unsent,
        answer=answer_view(turn.answer),
    )


def message_routes(conversation: Conversation) -> APIRouter:
    router = APIRouter(prefix="/me", tags=["me"])

    @router.post("/messages", status_code=201)
    async def say_something(
        body: NewMessage, actor: ResidentOf, tenant: TenantOf, command: CommandOf
    ) -> MessageAnswer:
        """Say what is hard. Danger is answered first; then programmes of the municipality; or a person is offered."""
        consultation_id, turn = await conversation.say(tenant, actor.require_resident(), body.text, command)
        return MessageAnswer(consultation_id=consultation_id, answer=answer_view(turn.answer))

    @router.get("/messages")
    async def list_my_messages(actor: ResidentOf) -> Page[TurnView]:
        """What was said and answered, oldest first (the latest consultations)."""
        found = await conversation.turns(actor.tenant, actor.require_resident())
        return Page(data=[turn_view(consultation_id, turn) for consultation_id, turn in found])

    @router.post("/handoff", status_code=201)
    async def ask_for_a_person(actor: ResidentOf, tenant: TenantOf, command: CommandOf) -> MessageAnswer:
        """Talk to a person: the consultation is handed over."""
        consultation_id, turn = await conversation.ask_for_person(tenant, actor.require_resident(), command)
        return MessageAnswer(consultation_id=consultation_id, answer=answer_view(turn.answer))

    return router
