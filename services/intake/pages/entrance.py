"""Coming in: a one-time link from LINE or a desk, or anonymously by the municipality's address."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.intake import entry
from services.intake.pages.beginning import first_page
from services.intake.pages.visitor import CHAT, ReaderOf, fields_of
from services.intake.resident import register
from services.intake.store import Entries, Residents
from shared.auth import SESSION_COOKIE, SESSION_FOR
from shared.http.request import HostTenant, make_command, refuse_foreign_page
from shared.runtime import Core
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import arrived, go, page_route, wanted_page

Token = Annotated[str, Path(max_length=100)]


def entrance_pages(core: Core, pages: Pages, residents: Residents, entries: Entries) -> APIRouter:
    router = APIRouter(route_class=page_route(pages))

    @router.get("/enter/{token}")
    async def show_entrance(token: Token, tenant: HostTenant, request: Request) -> Response:
        """A page with a button: programs that look at links must not use them up."""
        found = await entries.find(tenant.id, entry.link_id(tenant.id, token), core.clock.now())
        if found is None:
            return _used_up(tenant)
        return pages.render("enter.html", tenant, token=token, wanted=wanted_page(request))

    @router.post("/enter/{token}")
    async def enter(token: Token, tenant: HostTenant, request: Request) -> Response:
        refuse_foreign_page(request)
        resident_id = await entries.use(tenant.id, entry.link_id(tenant.id, token), core.clock.now())
        if resident_id is None:
            return _used_up(tenant)
        return _with_session(tenant, resident_id, wanted_page(request))

    @router.post("/chat/start")
    async def start_anonymously(reader: ReaderOf, request: Request) -> Response:
        """Begin without saying who one is."""
        refuse_foreign_page(request)
        if reader.resident_id is not None:
            return go(CHAT)
        tenant = reader.tenant
        ticket = (await fields_of(request)).get("idempotency_key", "")
        ours = entry.ticket_fits(core.secrets.text(tenant.id, "session_key"), ticket)
        command = make_command(request, tenant.id, "anonymous", ticket if ours else None, b"")
        made, events = register(
            command.new_id("res"),
            "web",
            tenant.spec.languages[0],
            tenant.spec.municipality_code,
            core.clock.now(),
        )
        made = await residents.add(tenant.id, made, events, command)
        return _with_session(tenant, made.id, first_page(request))

    def _used_up(tenant: Tenant) -> Response:
        ticket = entry.make_ticket(core.secrets.text(tenant.id, "session_key"))
        return pages.render("used-up.html", tenant, status=410, ticket=ticket)

    def _with_session(tenant: Tenant, resident_id: str, wanted: str | None) -> Response:
        """To the page that was asked for before there was a session, else to the chat."""
        answer = go(wanted or CHAT)
        answer.set_cookie(
            SESSION_COOKIE,
            core.authenticator.session(tenant.id, resident_id),
            max_age=int(SESSION_FOR.total_seconds()),
            httponly=True,
            samesite="lax",
            secure=core.settings.public_url.startswith("https://"),
        )
        return arrived(answer)

    return router
