"""/matching/company/contact: whom to ask for, another address once a link sent to it is opened, and signing out everywhere."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from services.matching import contacting
from services.matching.company import Company, folded
from services.matching.entry_link import AT_MOST
from services.matching.pages.company_route import (
    HOME,
    CompanyOf,
    FormOf,
    Representative,
    company_command,
    company_router,
    signed_in,
    signed_out,
)
from services.matching.routes.companies import EMAIL
from services.matching.store import Store
from shared.http.request import HostTenant, make_command, refuse_foreign_page
from shared.ids import new_ulid
from shared.runtime import Core
from shared.tenancy import Tenant
from shared.web import Pages
from shared.web.visiting import go

CONTACT = f"{HOME}/contact"
Token = Annotated[str, Path(max_length=100)]
NO_REFERRER = {"Referrer-Policy": "no-referrer"}
"""The address of the page is the secret itself."""
LONGEST = {"contact_name": 100, "contact_phone": 30, "contact_email": 254}
PHONE = re.compile(r"\+?[0-9][0-9() -]{5,20}")
PROBLEMS = {
    "contact_name": "担当の人の名前を、100文字までで書いてください",
    "contact_phone": "電話番号を、「03-0000-0000」のように書いてください",
    "contact_email": "メールアドレスを、「name@example.jp」のように書いてください",
}
ENOUGH = f"30分のあいだに送れるリンクは{AT_MOST}通までです。少し待ってから、もう一度ためしてください"


def contact_pages(core: Core, store: Store, pages: Pages) -> APIRouter:
    router = company_router(pages, store)

    def said(tenant: Tenant, what: str, status: int = 200) -> Response:
        return pages.render("company_said.html", tenant, status=status, what=what)

    def ask(
        who: Representative, fields: Mapping[str, str], problems: Mapping[str, str], done: str = ""
    ) -> Response:
        return pages.render(
            "company_contact.html",
            who.tenant,
            status=422 if problems else 200,
            company=who.company,
            here="contact",
            fields=fields,
            problems=problems,
            done=done,
            idempotency_key=new_ulid(),
        )

    @router.get("/contact")
    async def show_contact(who: CompanyOf, done: str = "") -> Response:
        return ask(who, _held(who.company), {}, done)

    @router.post("/contact")
    async def change_contact(request: Request, who: CompanyOf, form: FormOf) -> Response:
        fields = _typed(form)
        if problems := _wrong(fields):
            return ask(who, fields, problems)
        tenant, address = who.tenant, fields["contact_email"]
        command = await company_command(request, who, form)
        await contacting.name_contact(
            store, tenant.id, who.company_id, fields["contact_name"], fields["contact_phone"], command
        )
        if folded(address) == folded(who.company.contact_email):
            return go(f"{CONTACT}?done=saved")
        sent = await contacting.ask_to_move(
            store, core.sealer, tenant, who.company, address, core.settings.public_url, core.clock.now()
        )
        return go(f"{CONTACT}?done=sent") if sent else ask(who, fields, {"contact_email": ENOUGH})

    @router.get("/address/{token}")
    async def show_address(token: Token, tenant: HostTenant) -> Response:
        """A page with a button: programs that look at links must not use them up."""
        address = await contacting.new_address(store, tenant.id, token, core.clock.now())
        if address is None:
            return said(tenant, "address-used-up", 410)
        return pages.render("company_address.html", tenant, token=token, address=address, headers=NO_REFERRER)

    @router.post("/address/{token}")
    async def take_address(token: Token, request: Request, tenant: HostTenant) -> Response:
        """Whoever opens it reads the company's mail from now on, and is signed in."""
        refuse_foreign_page(request)
        company = await contacting.move(store, tenant.id, token, core.clock.now())
        if company is None:
            return said(tenant, "address-used-up", 410)
        return signed_in(go(f"{CONTACT}?done=moved"), core, tenant, company)

    @router.post("/sign-out-everywhere")
    async def sign_out_everywhere(request: Request, who: CompanyOf) -> Response:
        """Each press counts: a page that was kept from before signing in anew must not pass for the press it was made for."""
        command = make_command(request, who.tenant.id, who.actor.name, None, await request.body())
        await contacting.end_sessions(store, who.tenant.id, who.company_id, command)
        return signed_out(go(f"{HOME}/signed-out"), core)

    return router


def _held(company: Company) -> dict[str, str]:
    return {
        "contact_name": company.contact_name,
        "contact_phone": company.contact_phone,
        "contact_email": company.contact_email or "",
    }


def _typed(form: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """What was typed; a telephone number with the digits of a keyboard that is set to wide ones, too."""
    said = {name: next(iter(form.get(name, ())), "").strip()[: most + 1] for name, most in LONGEST.items()}
    phone = unicodedata.normalize("NFKC", said["contact_phone"])
    return {**said, "contact_phone": re.sub("[‐‑–—−ー]", "-", phone)}


def _wrong(fields: Mapping[str, str]) -> dict[str, str]:
    wrong = {name for name, most in LONGEST.items() if len(fields[name]) > most}
    if fields["contact_phone"] and not PHONE.fullmatch(fields["contact_phone"]):
        wrong.add("contact_phone")
    if not EMAIL.fullmatch(fields["contact_email"]):
        wrong.add("contact_email")
    return {name: text for name, text in PROBLEMS.items() if name in wrong}
