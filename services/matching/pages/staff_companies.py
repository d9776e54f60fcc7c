"""/matching/staff/companies: companies that wait to be let in, all others, and one company with its offers and workplaces."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from services.matching import admitting, describing
from services.matching.company import Company
from services.matching.pages.sent import number
from services.matching.pages.staff_route import (
    COMPANIES,
    COUNT,
    Decider,
    FormOf,
    Reader,
    shown,
    staff_command,
    staff_router,
)
from services.matching.pages.visitor import NameOf
from services.matching.pages.workplace_view import workplace_view
from services.matching.posting_words import DECLINED, PAUSED, STANDING, STATES
from services.matching.registration import DECLINE_REASONS, PAUSE_REASONS, NotNow, Standing
from services.matching.routes.fields import CompanyId, ListQuery, WorkplaceId
from services.matching.store import Store
from services.matching.store.offers import Wanted
from services.matching.wording import KINDS
from shared.errors import Invalid, StaleVersion
from shared.ids import id_pattern, new_ulid
from shared.runtime import Core
from shared.web import Pages
from shared.web.pages import StaffLink
from shared.web.staff import Staff
from shared.web.visiting import go

CHANGED_BY_OTHERS = "ほかの人が、先に決めています。いまの状態を確かめてください。"
PUT_RIGHT = "会社が、申し込んだ内容を直しています。もう一度確かめてから、決めてください。"
NO_REASON = "理由を選んでください。"
Decision = Literal["approve", "decline", "pause", "resume"]
NoteKey = Annotated[str, Path(pattern=id_pattern("spk"))]
Words = Annotated[str, Query(max_length=100)]


def company_pages(core: Core, store: Store, pages: Pages, name: NameOf) -> APIRouter:
    pages.link_for_staff(StaffLink(COMPANIES, "会社", "offers:read"))
    router = staff_router(pages)

    async def show(staff: Staff, company: Company, problem: str = "", status: int = 200) -> HTMLResponse:
        tenant = staff.tenant
        places = await store.workplaces.of_company(tenant.id, company.id)
        return pages.render(
            "staff_company.html",
            tenant,
            status=status,
            staff=staff,
            here=COMPANIES,
            company=company,
            place=name(tenant, company.municipality_code),
            alike=await admitting.alike(store, tenant.id, company),
            offers=await store.offers.newest(tenant.id, Wanted(company_id=company.id), None, COUNT),
            workplaces=[(place, workplace_view(place)) for place in places],
            standing=STANDING,
            states=STATES,
            kinds=KINDS,
            declined=DECLINED,
            paused=PAUSED,
            reason=_reason(company),
            problem=problem,
            idempotency_key=new_ulid(),
        )

    @router.get("/companies")
    async def list_companies(
        staff: Reader,
        query: Annotated[ListQuery, Depends()],
        standing: Literal["", "waiting", "approved", "declined", "paused"] = "",
        words: Words = "",
    ) -> Response:
        tenant = staff.tenant
        wanted: Standing | None = standing or None
        found = await store.companies.newest(tenant.id, query.after, COUNT + 1, standing=wanted, words=words)
        last = found[:COUNT][-1] if found else None
        at = (last.created_at, last.id) if last else None
        waiting = await store.companies.newest(tenant.id, None, COUNT, standing="waiting")
        return pages.render(
            "staff_companies.html",
            tenant,
            staff=staff,
            here=COMPANIES,
            page=shown(found, at, COMPANIES, {"standing": standing, "words": words}),
            waiting=waiting if not (standing or words or query.after) else [],
            asked={"standing": standing, "words": words},
            standings=STANDING,
        )

    @router.get("/companies/{company_id}")
    async def show_company(company_id: CompanyId, staff: Reader) -> Response:
        return await show(staff, await store.companies.get(staff.tenant.id, company_id))

    @router.post("/companies/{company_id}/{decision}")
    async def decide(
        company_id: CompanyId, decision: Decision, request: Request, staff: Decider, form: FormOf
    ) -> Response:
        tenant, by, now = staff.tenant.id, staff.actor.name, core.clock.now()
        command = await staff_command(request, staff, form)
        said = next(iter(form.get("reason", ())), "")
        try:
            if decision == "approve":
                read = number(form, "version", 10**9)
                await admitting.approve(store, tenant, company_id, by, command, now, read)
            elif decision == "resume":
                await admitting.resume(store, tenant, company_id, by, command, now)
            elif decision == "decline":
                reason = _of(DECLINE_REASONS, said)
                await admitting.decline(store, tenant, company_id, reason, by, command, now)
            else:
                why = _of(PAUSE_REASONS, said)
                await admitting.pause(store, tenant, company_id, why, by, command, now)
        except Invalid:
            return await show(staff, await store.companies.get(tenant, company_id), NO_REASON, 422)
        except StaleVersion:
            return await show(staff, await store.companies.get(tenant, company_id), PUT_RIGHT, 409)
        except NotNow:
            return await show(staff, await store.companies.get(tenant, company_id), CHANGED_BY_OTHERS, 409)
        return go(f"{COMPANIES}/{company_id}")

    @router.post("/workplaces/{workplace_id}/notes/{note_key}")
    async def release_note(
        workplace_id: WorkplaceId, note_key: NoteKey, request: Request, staff: Decider, form: FormOf
    ) -> Response:
        command = await staff_command(request, staff, form)
        released = form.get("released") == ["yes"]
        place = await describing.release_note(
            store, staff.tenant.id, workplace_id, note_key, released, command
        )
        return go(f"{COMPANIES}/{place.company_id}#place-{place.id}")

    return router


def _of(reasons: tuple[Any, ...], said: str) -> Any:
    """The code that was chosen. Raises Invalid."""
    if said not in reasons:
        raise Invalid("reason", "no such reason")
    return said


def _reason(company: Company) -> str:
    """The reason that stands, in words."""
    words = [*DECLINED.items(), *PAUSED.items()]
    return next((text for code, text in words if code == company.registration.reason), "")
