"""/matching/staff/support: versions of the rules about programmes: upload, what to look at, what would change, try, put in force."""

import asyncio
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Request, Response
from starlette.datastructures import UploadFile

from services.matching.guiding import look
from services.matching.pages.support import groups_of, question_fields, value_of_form
from services.matching.routes.support_views import fault_texts
from services.matching.store.support import Support, Version
from services.matching.support import wording
from services.matching.support.answers import admits
from services.matching.support.comparing import Difference, differences, situations
from services.matching.support.concerns import looks_of
from services.matching.support.reading import LARGEST, Faulty, read_rules
from services.matching.support.rules import Rules
from shared.clock import TOKYO, Clock
from shared.errors import NotFound
from shared.http.request import make_command
from shared.idempotency import Command
from shared.ids import id_pattern, new_ulid
from shared.web import Pages
from shared.web.pages import StaffLink
from shared.web.staff import Staff, StaffWith
from shared.web.visiting import form_of, go, page_route

PAGE: Final = "/matching/staff/support"
LISTED, TRIED = 50, 200
Reader = Annotated[Staff, Depends(StaffWith("programmes:read"))]
Writer = Annotated[Staff, Depends(StaffWith("programmes:write"))]


def staff_support_pages(pages: Pages, clock: Clock, support: Support) -> APIRouter:
    pages.link_for_staff(StaffLink(PAGE, "制度の決まり", "programmes:read"))
    router = APIRouter(prefix="/staff/support", route_class=page_route(pages, "staff_refused.html"))

    def today() -> date:
        return clock.now().astimezone(TOKYO).date()

    @router.get("")
    async def list_versions(staff: Reader) -> Response:
        return await _list(staff)

    @router.post("")
    async def upload(staff: Writer, request: Request) -> Response:
        """A file, or what was pasted; of a file that cannot be used the text stands in the field, so that it can be put right there."""
        async with request.form(max_files=1, max_fields=10) as form:
            file, pasted, key = form.get("file"), form.get("rules"), form.get("idempotency_key")
            body = str(pasted or "").encode(errors="ignore")
            if isinstance(file, UploadFile) and file.filename:
                body = await file.read(LARGEST + 1)
        try:
            rules = await asyncio.to_thread(read_rules, body)
        except Faulty as faulty:
            text = body[:LARGEST].decode("utf-8-sig", "ignore")
            return await _list(staff, faulty, text, 422)
        key = str(key or "").strip() or None
        command = make_command(request, staff.tenant.id, staff.actor.name, key, body)
        version = await support.add(staff.tenant.id, rules, staff.actor.name, clock.now(), command)
        return go(f"{PAGE}/{version.id}")

    @router.get("/{rules_id}")
    async def show_version(staff: Reader, rules_id: str) -> Response:
        return await _version(staff, rules_id, {})

    @router.post("/{rules_id}/try")
    async def try_version(staff: Reader, rules_id: str, request: Request) -> Response:
        fields = {name: values[0] for name, values in (await form_of(request)).items()}
        return await _version(staff, rules_id, fields, tried=True)

    @router.post("/{rules_id}/activate")
    async def activate(staff: Writer, rules_id: str, request: Request) -> Response:
        version = await _known(staff, rules_id)
        fields = await form_of(request)
        command = await _command(request, staff, next(iter(fields.get("idempotency_key", ())), ""))
        await support.activate(staff.tenant.id, version.id, staff.actor.name, clock.now(), command)
        return go(f"{PAGE}/{version.id}")

    async def _command(request: Request, staff: Staff, key: str) -> Command:
        body = await request.body()
        return make_command(request, staff.tenant.id, staff.actor.name, key.strip() or None, body)

    async def _list(
        staff: Staff, faulty: Faulty | None = None, text: str = "", status: int = 200
    ) -> Response:
        found = await support.newest(staff.tenant.id, None, LISTED)
        choice = await support.choice(staff.tenant.id)
        return pages.render(
            "staff_support.html",
            staff.tenant,
            status=status,
            staff=staff,
            here=PAGE,
            rows=[(version, len(list(looks_of(version.rules, today())))) for version in found],
            active=choice.active,
            history=[
                (entry["number"], _moment(entry["at"]), entry["by"]) for entry in reversed(choice.history)
            ],
            moment=_moment,
            faults=fault_texts(faulty, "ja") if faulty else [],
            wrong=len(faulty.faults) + faulty.more if faulty else 0,
            text=text,
            idempotency_key=new_ulid(),
        )

    async def _known(staff: Staff, rules_id: str) -> Version:
        if not re.fullmatch(id_pattern("sup"), rules_id):
            raise NotFound("no such version")
        return await support.get(staff.tenant.id, rules_id)

    async def _version(
        staff: Staff, rules_id: str, typed: Mapping[str, str], *, tried: bool = False
    ) -> Response:
        version, active = await _known(staff, rules_id), await support.active(staff.tenant.id)
        before = active.rules if active else None
        known, wrong = _situation(version.rules, typed)
        results, asked = await look(version.rules, known, frozenset(), today())
        return pages.render(
            "staff_support_version.html",
            staff.tenant,
            status=422 if wrong else 200,
            staff=staff,
            here=PAGE,
            version=version,
            active=active,
            moment=_moment,
            looks=[(one, wording.look_text(one)) for one in looks_of(version.rules, today())],
            changes=await asyncio.to_thread(_changes, before, version.rules, today()),
            situations=TRIED,
            facts=[(question_fields(fact), typed.get(fact.id, "")) for fact in version.rules.facts],
            wrong=wrong,
            tried=tried and not wrong,
            groups=groups_of(results, staff.tenant) if tried and not wrong else [],
            asked=asked.fact.question if asked else "",
            day=wording.day,
            idempotency_key=new_ulid(),
        )

    return router


def _moment(at: Any) -> str:
    return f"{at.astimezone(TOKYO):%Y-%m-%d %H:%M}"


def _situation(rules: Rules, typed: Mapping[str, str]) -> tuple[dict[str, bool | int | str], dict[str, str]]:
    """What was typed for each fact, and what is wrong by fact; an empty field is an unknown fact."""
    known: dict[str, bool | int | str] = {}
    wrong: dict[str, str] = {}
    for fact in rules.facts:
        text = typed.get(fact.id, "")
        value = value_of_form(fact, text) if text else None
        if value is not None and admits(fact, value):
            known[fact.id] = value
        elif text:
            wrong[fact.id] = f"「{fact.question}」の答えを確かめてください。"
    return known, wrong


def _changes(before: Rules | None, new: Rules, today: date) -> list[dict[str, Any]]:
    """What would be another result, for people to read."""
    made = situations(before, new, TRIED, today)
    return [_change(one, new) for one in differences(before, new, made, today)]


def _change(one: Difference, rules: Rules) -> dict[str, Any]:
    counted = [
        f"{wording.RESULTS[was]} → {wording.RESULTS[now]}：{count}件"
        for (was, now), count in sorted(one.counted.items(), key=lambda entry: -entry[1])
    ]
    example = [
        f"{rules.by_id[fact].question} {wording.value_text(rules.by_id[fact], value)}"
        for fact, value in (one.example or {}).items()
        if fact in rules.by_id
    ]
    note = "新しい制度" if one.new else "なくなる制度" if one.gone else ""
    return {"name": one.name, "note": note, "counted": counted, "example": example}
