"""/matching/staff/send-lists: who would be sent which company's offers, looked at by a person before anything goes out."""

import asyncio
import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response

from services.matching import wording
from services.matching.offer import Offer
from services.matching.pages.sent import reference
from services.matching.recommending import Recommending
from services.matching.sending import wording as words
from services.matching.sending.caps import caps_of
from services.matching.sending.send_list import GOOD_FOR, ListClosed, ListTooOld, SendList, discard
from services.matching.store import Store
from services.matching.store.send_entries import Listed
from shared.clock import TOKYO, Clock
from shared.errors import Invalid, NotFound
from shared.http.request import make_command
from shared.idempotency import Command
from shared.ids import id_pattern, new_ulid
from shared.web import Pages
from shared.web.pages import StaffLink
from shared.web.staff import Staff, StaffWith
from shared.web.visiting import form_of, go, page_route

PAGE: Final = "/matching/staff/send-lists"
LISTED, SHOWN, COMPANIES = 30, 30, 20
Reader = Annotated[Staff, Depends(StaffWith("slates:read"))]
Writer = Annotated[Staff, Depends(StaffWith("slates:write"))]


def send_list_pages(pages: Pages, clock: Clock, store: Store, recommending: Recommending) -> APIRouter:
    pages.link_for_staff(StaffLink(PAGE, "仕事のお知らせ", "slates:read"))
    router = APIRouter(prefix="/staff/send-lists", route_class=page_route(pages, "staff_refused.html"))

    @router.get("")
    async def list_lists(staff: Reader) -> Response:
        found = await store.send_lists.newest(staff.tenant.id, None, LISTED)
        wanting = await store.subscriptions.count_wanting(staff.tenant.id)
        return pages.render(
            "staff_send_lists.html",
            staff.tenant,
            staff=staff,
            here=PAGE,
            lists=found,
            states=words.STATES,
            wanting=wanting,
            sent_here=staff.tenant.spec.matching.send_lists,
            automatic=staff.tenant.spec.matching.sending.automatic,
            caps=caps_of(staff.tenant),
            moment=_moment,
            idempotency_key=new_ulid(),
        )

    @router.post("")
    async def draw_up(staff: Writer, request: Request) -> Response:
        if not staff.tenant.spec.matching.send_lists:
            return go(PAGE)
        command = await _command(request, staff)
        made = await recommending.draw_up(staff.tenant, command.new_id("snd"), clock.now(), command)
        return go(f"{PAGE}/{made.id}")

    @router.get("/{list_id}")
    async def show_list(staff: Reader, list_id: str, cursor: str | None = None) -> Response:
        return await _show(staff, list_id, cursor)

    @router.post("/{list_id}/approve")
    async def approve(staff: Writer, list_id: str, request: Request) -> Response:
        listed = await _known(staff, list_id)
        command, now = await _command(request, staff), clock.now()
        try:
            await recommending.approve(staff.tenant, listed.id, staff.actor.name, now, command)
        except ListTooOld:
            return await _show(
                staff, list_id, None, "この下書きは作ってから7日をすぎました。新しく作ってください。"
            )
        except ListClosed:
            pass  # the page itself says so
        return go(f"{PAGE}/{listed.id}")

    @router.post("/{list_id}/discard")
    async def stop(staff: Writer, list_id: str, request: Request) -> Response:
        listed = await _known(staff, list_id)
        command, now = await _command(request, staff), clock.now()
        try:
            await store.send_lists.change(staff.tenant.id, listed.id, lambda one: discard(one, now), command)
        except ListClosed:
            pass  # it was sent: the page itself says so
        return go(f"{PAGE}/{listed.id}")

    async def _name(tenant: str, company_id: str) -> str:
        try:
            return (await store.companies.get(tenant, company_id)).name
        except NotFound:
            return company_id

    async def _command(request: Request, staff: Staff) -> Command:
        key = next(iter((await form_of(request)).get("idempotency_key", ())), "").strip()
        return make_command(request, staff.tenant.id, staff.actor.name, key or None, await request.body())

    async def _known(staff: Staff, list_id: str) -> SendList:
        if not re.fullmatch(id_pattern("snd"), list_id):
            raise NotFound("no such list")
        return await store.send_lists.get(staff.tenant.id, list_id)

    async def _show(staff: Staff, list_id: str, cursor: str | None, problem: str = "") -> Response:
        listed = await _known(staff, list_id)
        try:
            page = await store.send_lists.entries(staff.tenant.id, listed.batch, cursor, SHOWN)
        except Invalid:
            raise NotFound("no such page") from None
        ids = {pick.offer_id for one in page.data for pick in one.entry.picks}
        offers = await store.offers.of_ids(staff.tenant.id, ids)
        most = _most(listed.companies)[:COMPANIES]
        names = await asyncio.gather(*(_name(staff.tenant.id, company_id) for company_id, _ in most))
        return pages.render(
            "staff_send_list.html",
            staff.tenant,
            status=409 if problem else 200,
            staff=staff,
            here=PAGE,
            problem=problem,
            listed=listed,
            state=words.STATES[listed.state],
            good_until=_moment(listed.created_at + GOOD_FOR),
            moment=_moment,
            rows=[_row(one, offers) for one in page.data],
            next=page.next,
            left_out=[(words.LEFT_OUT[why], count) for why, count in _most(listed.left_out)],
            met=[(wording.OBSTACLES[why], count) for why, count in _most(listed.met)],
            withheld=[(words.WITHHELD[why], count) for why, count in _most(listed.withheld)],
            companies=[(name, count) for name, (_, count) in zip(names, most, strict=True)],
            more_companies=len(listed.companies) - len(most),
            idempotency_key=new_ulid(),
        )

    return router


def _row(one: Listed, offers: dict[str, Offer]) -> dict[str, Any]:
    """A person by reference alone: nothing on the page says who it is."""
    picks = [
        {
            "title": offers[pick.offer_id].title if pick.offer_id in offers else pick.offer_id,
            "company": offers[pick.offer_id].company_name if pick.offer_id in offers else "",
            "score": pick.score,
            "reasons": [wording.term_text(term) for term in pick.reasons],
            "mismatch": wording.term_text(pick.mismatch) if pick.mismatch else None,
            "sent": pick.offer_id in one.offers,
        }
        for pick in one.entry.picks
    ]
    said = {"waiting": "まだ", "told": "送りました"}.get(one.state) or words.WITHHELD[
        one.reason or "nothing_left"
    ]
    return {"person": reference(one.entry.resident_id), "picks": picks, "said": said, "state": one.state}


def _most(counts: Any) -> list[tuple[Any, int]]:
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def _moment(at: Any) -> str:
    return f"{at.astimezone(TOKYO):%Y-%m-%d %H:%M}" if at else ""
