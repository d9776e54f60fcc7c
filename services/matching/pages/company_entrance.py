"""/matching/company/register, /sign-in, /enter/{token} and /sign-out: how a company comes in, and goes."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Request, Response
from pydantic import ValidationError

from services.matching import entering
from services.matching.company import register_itself
from services.matching.pages.company_route import (
    HOME,
    FormOf,
    Knocks,
    company_router,
    signed_in,
    signed_out,
)
from services.matching.pages.visitor import NameOf
from services.matching.routes.companies import EMAIL, CompanyBody
from services.matching.seeker import reach_of
from services.matching.store import Store
from shared.http.request import HostTenant, make_command, refuse_foreign_page
from shared.ids import new_ulid
from shared.runtime import Core
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import go

Token = Annotated[str, Path(max_length=100)]
NO_REFERRER = {"Referrer-Policy": "no-referrer"}
"""The address of the page is the secret itself."""
FIELDS = {"name": 100, "municipality_code": 6, "contact_email": 254, "about": 1000}
"""What the form asks, with how much of it is shown again."""
PROBLEMS = {
    "name": "会社の名前を、100文字までで書いてください",
    "municipality_code": "場所を、この一覧から選んでください",
    "contact_email": "メールアドレスを、「name@example.jp」のように書いてください",
    "about": "1,000文字までで書いてください",
}


def entrance_pages(core: Core, store: Store, pages: Pages, name: NameOf) -> APIRouter:
    router = company_router(pages, store)
    knocks = Knocks()

    def said(tenant: Tenant, what: str, status: int = 200) -> Response:
        return pages.render("company_said.html", tenant, status=status, what=what)

    def ask(tenant: Tenant, fields: Mapping[str, str], problems: Mapping[str, str]) -> Response:
        areas = {code: name(tenant, code) for code in sorted(reach_of(tenant))}
        return pages.render(
            "company_register.html",
            tenant,
            status=422 if problems else 200,
            fields=fields,
            problems=problems,
            areas=areas,
            idempotency_key=new_ulid(),
        )

    @router.get("/register")
    async def ask_who(tenant: HostTenant) -> Response:
        return ask(
            tenant, {**dict.fromkeys(FIELDS, ""), "municipality_code": tenant.spec.municipality_code}, {}
        )

    @router.post("/register")
    async def register(request: Request, tenant: HostTenant, form: FormOf) -> Response:
        refuse_foreign_page(request)
        fields = typed(form)
        body, problems = read_company(fields, reach_of(tenant))
        if body is None:
            return ask(tenant, fields, problems)
        knocks.count(request, tenant)
        key = next(iter(form.get("idempotency_key", ())), "").strip()
        command = make_command(request, tenant.id, "company:new", key or None, await request.body())
        company, events = register_itself(
            command.new_id("com"),
            body.name,
            body.municipality_code,
            body.contact_email,
            core.clock.now(),
            body.about,
        )
        await store.companies.add(tenant.id, company, events, command)
        return go(f"{HOME}/registered")

    @router.get("/registered")
    async def registered(tenant: HostTenant) -> Response:
        return said(tenant, "registered")

    @router.get("/sign-in")
    async def ask_address(tenant: HostTenant) -> Response:
        return pages.render("company_sign_in.html", tenant, email="", problems={})

    @router.post("/sign-in")
    async def send_link(request: Request, tenant: HostTenant, form: FormOf) -> Response:
        refuse_foreign_page(request)
        email = next(iter(form.get("email", ())), "").strip()[:255]
        if not EMAIL.fullmatch(email) or len(email) > FIELDS["contact_email"]:
            problems = {"email": PROBLEMS["contact_email"]}
            return pages.render("company_sign_in.html", tenant, status=422, email=email, problems=problems)
        knocks.count(request, tenant)
        await entering.ask_for_link(
            store, core.sealer, tenant, email, core.settings.public_url, core.clock.now()
        )
        return go(f"{HOME}/link-sent")

    @router.get("/link-sent")
    async def link_sent(tenant: HostTenant) -> Response:
        return said(tenant, "link-sent")

    @router.get("/enter/{token}")
    async def show_entrance(token: Token, tenant: HostTenant) -> Response:
        """A page with a button: programs that look at links must not use them up."""
        if not await entering.is_open(store, tenant.id, token, core.clock.now()):
            return said(tenant, "used-up", 410)
        return pages.render("company_enter.html", tenant, token=token, headers=NO_REFERRER)

    @router.post("/enter/{token}")
    async def enter(token: Token, request: Request, tenant: HostTenant) -> Response:
        refuse_foreign_page(request)
        company = await entering.enter(store, tenant.id, token, core.clock.now())
        if company is None:
            return said(tenant, "used-up", 410)
        return signed_in(go(HOME), core, tenant, company)

    @router.post("/sign-out")
    async def sign_out(request: Request, tenant: HostTenant) -> Response:
        refuse_foreign_page(request)
        return signed_out(go(f"{HOME}/signed-out"), core)

    @router.get("/signed-out")
    async def say_goodbye(tenant: HostTenant) -> Response:
        return said(tenant, "signed-out")

    return router


def typed(form: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What was typed, trimmed."""
    return {name: next(iter(form.get(name, ())), "").strip()[: most + 1] for name, most in FIELDS.items()}


def read_company(
    fields: Mapping[str, Any], reach: frozenset[str]
) -> tuple[CompanyBody | None, dict[str, str]]:
    """What the form says, or what is wrong with it, by field."""
    wrong: set[str] = set()
    body = None
    try:
        body = CompanyBody.model_validate(dict(fields))
    except ValidationError as refused:
        wrong = {str(error["loc"][0]) for error in refused.errors()}
    if fields["municipality_code"] not in reach:
        wrong.add("municipality_code")
    return (None if wrong else body), {name: text for name, text in PROBLEMS.items() if name in wrong}
