"""The chat page: a form and the talk so far; with JavaScript the answer comes part by part into the same page."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial
from typing import Any

import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import StreamingResponse

from services.intake import entry
from services.intake.consultation import Turn
from services.intake.conversation import Conversation
from services.intake.pages.beginning import first_page
from services.intake.pages.visitor import CHAT, ReaderOf, fields_of, form_command
from services.intake.routes.messages import LONGEST, answer_view
from shared.clock import TOKYO
from shared.errors import Refused
from shared.http.texts import TITLES
from shared.ids import new_ulid
from shared.runtime import Core
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import go, page_route, wanted_page

log = structlog.get_logger()
EMPTY = "相談したいことを書いてください"
TOO_LONG = f"{LONGEST}文字以内で書いてください"
STREAM = "text/event-stream"


def chat_pages(core: Core, pages: Pages, conversation: Conversation) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    async def page(
        tenant: Tenant, resident_id: str, *, typed: str = "", error: str = "", status: int = 200
    ) -> Response:
        turns = await conversation.turns(tenant.id, resident_id)
        return pages.render(
            "chat.html",
            tenant,
            status=status,
            turns=[_shown(turn) for _, turn in turns],
            typed=typed,
            error=error,
            longest=LONGEST,
            idempotency_key=new_ulid(),
            handoff_key=new_ulid(),
        )

    @router.get("/chat")
    async def show_chat(reader: ReaderOf, request: Request) -> Response:
        if reader.resident_id is None:
            ticket = entry.make_ticket(core.secrets.text(reader.tenant.id, "session_key"))
            return pages.render(
                "start.html",
                reader.tenant,
                ticket=ticket,
                wanted=wanted_page(request),
                first=first_page(request),
            )
        return await page(reader.tenant, reader.resident_id)

    @router.post("/chat/messages")
    async def say(reader: ReaderOf, request: Request) -> Response:
        """A form post answers with a redirect; a request that accepts an event stream gets the parts as they come."""
        if reader.resident_id is None:
            return go(CHAT)
        form = await fields_of(request)
        text = form.get("text", "").strip()
        # browsers count a line break as one character and send two
        error = "" if 0 < len(text.replace("\r\n", "\n")) <= LONGEST else TOO_LONG if text else EMPTY
        command = form_command(request, reader, form)
        if STREAM in request.headers.get("accept", ""):
            saying = partial(conversation.say, reader.tenant, reader.resident_id, text, command)
            stream = _failure(error) if error else _stream(saying)
            return StreamingResponse(stream, media_type=STREAM, headers={"Cache-Control": "no-store"})
        if error:
            return await page(reader.tenant, reader.resident_id, typed=text, error=error, status=422)
        await conversation.say(reader.tenant, reader.resident_id, text, command)
        return go(f"{CHAT}#latest")

    @router.post("/chat/handoff")
    async def hand_over(reader: ReaderOf, request: Request) -> Response:
        if reader.resident_id is None:
            return go(CHAT)
        command = form_command(request, reader, await fields_of(request))
        await conversation.ask_for_person(reader.tenant, reader.resident_id, command)
        return go(f"{CHAT}#latest")

    return router


async def _failure(error: str) -> AsyncIterator[str]:
    yield _event("failed", {"text": error})


async def _stream(saying: Callable[[], Awaitable[tuple[str, Turn]]]) -> AsyncIterator[str]:
    """Server-sent events: `received`, `part` ({heading, text, links, kind}) as they come, `done` ({next_key}) or `failed` ({text})."""
    yield _event("received", {})
    try:
        _, turn = await saying()
    except Refused as refused:
        yield _event("failed", {"text": TITLES.get(refused.slug, TITLES["internal"])["ja"]})
        return
    except Exception as failure:
        log.error("chat_failed", error=type(failure).__name__, exc_info=failure)
        yield _event("failed", {"text": TITLES["internal"]["ja"]})
        return
    answer = answer_view(turn.answer)
    for part in answer.parts:
        yield _event("part", {**part.model_dump(), "kind": answer.kind})
    yield _event("done", {"next_key": new_ulid()})


def _event(name: str, data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"


def _shown(turn: Turn) -> dict[str, Any]:
    local = turn.at.astimezone(TOKYO)
    return {
        "at": local.isoformat(timespec="minutes"),
        "time": f"{local.month}月{local.day}日 {local.hour}:{local.minute:02d}",
        "said": turn.said,
        "unsent": turn.unsent,
        "answer": answer_view(turn.answer),
    }
