"""Intake's pages for residents: the one-time entrance and the chat. They need no JavaScript."""

from fastapi import APIRouter

from services.intake.conversation import Conversation
from services.intake.pages.chat import chat_pages
from services.intake.pages.entrance import entrance_pages
from services.intake.store import Entries, Residents
from shared.runtime import Core
from shared.web import Pages


def page_routers(
    core: Core, pages: Pages, residents: Residents, entries: Entries, conversation: Conversation
) -> list[APIRouter]:
    """All of them, below `/intake`."""
    return [entrance_pages(core, pages, residents, entries), chat_pages(core, pages, conversation)]
