"""The command of a page's form, and what a person reads about a refusal."""

from fastapi import Request

from services.booking.texts import PROBLEMS
from shared.http.request import make_command
from shared.http.texts import TITLES
from shared.idempotency import Command
from shared.ids import new_ulid
from shared.web.visiting import Visitor


def page_command(request: Request, visitor: Visitor, key: str, *choice: str) -> Command:
    """The command of a form. What was chosen is part of its key: going back and choosing again is another request."""
    return form_command(request, visitor.tenant.id, visitor.actor, key, *choice)


def form_command(request: Request, tenant: str, who: str, key: str, *choice: str) -> Command:
    """The same for whoever acts."""
    chosen = "\n".join(choice)
    return make_command(request, tenant, who, f"{key or new_ulid()}\n{chosen}", chosen.encode())


def problem_title(slug: str) -> str:
    """What a person reads about a refusal."""
    return (PROBLEMS.get(slug) or TITLES.get(slug) or TITLES["invalid"])["ja"]
