"""/booking/staff/counsellors/new and …/profile: who a counsellor is; the hours are on a page of their own."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import ValidationError

from services.booking.counsellor import Counsellor
from services.booking.pages.asking import GENDERS
from services.booking.pages.staff_agenda import LANGUAGES
from services.booking.pages.staff_hours import CHANGED_BY_OTHERS
from services.booking.pages.staff_outside import OutsideViews
from services.booking.pages.staff_route import CounsellorPath, staff_command, staff_router
from services.booking.pages.views import CHANNELS
from services.booking.roster import Roster
from services.booking.routes.people import CounsellorBody
from shared.errors import StaleVersion
from shared.ids import new_ulid
from shared.web import Pages
from shared.web.staff import Staff
from shared.web.visiting import form_of, go

FormOf = Annotated[dict[str, list[str]], Depends(form_of)]
TEXTS = ("display_name", "skills", "gender", "daily_cap", "from_date", "to_date")
PROBLEMS = {
    "display_name": "名前を80文字までで書いてください",
    "channels": "話し方を1つ以上選んでください",
    "languages": "言葉を1つ以上選んでください",
    "skills": "英語の小文字と数字と「-」で書き、「、」で区切ってください（40こまで）",
    "gender": "性別を選んでください",
    "daily_cap": "1から100までの数を書いてください",
    "from_date": "日にちを選んでください",
    "to_date": "始めの日より後の日を選んでください",
}


def profile_pages(pages: Pages, roster: Roster, outside: OutsideViews) -> APIRouter:
    router = staff_router(pages)
    home, where = outside.home, outside.home.where
    admits = home.admits("counsellors:write")

    async def show(
        staff: Staff,
        present: Counsellor | None,
        fields: Mapping[str, Any],
        problems: Mapping[str, str] | None = None,
        problem: str = "",
    ) -> HTMLResponse:
        return pages.render(
            "staff_profile.html",
            staff.tenant,
            status=422 if problems else 409 if problem else 200,
            staff=staff,
            here=where,
            home=home,
            present=present,
            fields=fields,
            channels=CHANNELS,
            genders=GENDERS,
            languages=LANGUAGES | {code: code for code in fields["languages"] if code not in LANGUAGES},
            problems=problems or {},
            problem=problem,
            idempotency_key=new_ulid(),
        )

    @router.get(home.path + "/new")
    async def ask_who(staff: Annotated[Staff, Depends(admits)]) -> HTMLResponse:
        home.require_write(staff)
        return await show(staff, None, _typed({"languages": ["ja"], "active": ["yes"]}))

    @router.post(home.path + "/new")
    async def add_counsellor(
        request: Request, staff: Annotated[Staff, Depends(admits)], form: FormOf
    ) -> Response:
        home.require_write(staff)
        fields = _typed(form)
        body, problems = _read(fields)
        if body is None:
            return await show(staff, None, fields, problems)
        key = next(iter(form.get("idempotency_key", ())), "")
        command = staff_command(request, staff, key, *_words(fields))
        made = _with(Counsellor(command.new_id("cou"), "", (), (), ()), body)
        await roster.counsellors.add(home.of(staff).id, made, command)
        return go(f"{where}/{made.id}/hours")

    @router.get(home.path + "/{counsellor_id}/profile")
    async def see_profile(
        staff: Annotated[Staff, Depends(admits)], counsellor_id: CounsellorPath
    ) -> HTMLResponse:
        home.require_write(staff)
        present = await roster.counsellors.get(home.of(staff).id, counsellor_id)
        return await show(staff, present, _present(present))

    @router.post(home.path + "/{counsellor_id}/profile")
    async def save_profile(
        staff: Annotated[Staff, Depends(admits)], counsellor_id: CounsellorPath, form: FormOf
    ) -> Response:
        home.require_write(staff)
        present = await roster.counsellors.get(home.of(staff).id, counsellor_id)
        fields = _typed(form)
        body, problems = _read(fields)
        if body is None:
            return await show(staff, present, fields, problems)
        if form.get("version") != [str(present.version)]:
            return await show(staff, present, fields, problem=CHANGED_BY_OTHERS)
        wanted = _with(present, body)
        if "anyway" not in form and (stranded := await outside.stranded_by(staff, wanted)):
            return outside.preview(staff, wanted, stranded, form, f"{where}/{counsellor_id}/profile")
        try:
            if wanted != present:
                await roster.change(home.of(staff).id, wanted)
        except StaleVersion:
            latest = await roster.counsellors.get(home.of(staff).id, counsellor_id)
            return await show(staff, latest, fields, problem=CHANGED_BY_OTHERS)
        return go(f"{where}/{counsellor_id}/outside" if "anyway" in form else where)

    return router


def _typed(form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """The fields as they were sent, shortened to what a page can show again."""
    texts = {name: next(iter(form.get(name, ())), "").strip()[:200] for name in TEXTS}
    lists = {name: [value[:20] for value in form.get(name, ())][:20] for name in ("channels", "languages")}
    return {**texts, **lists, "active": "active" in form}


def _present(counsellor: Counsellor) -> dict[str, Any]:
    texts = {name: getattr(counsellor, name) for name in TEXTS} | {"skills": "、".join(counsellor.skills)}
    shown = {name: "" if value is None else str(value) for name, value in texts.items()}
    lists = {"channels": list(counsellor.channels), "languages": list(counsellor.languages)}
    return {**shown, **lists, "active": counsellor.active}


def _read(fields: Mapping[str, Any]) -> tuple[CounsellorBody | None, dict[str, str]]:
    """What the fields say, or what is wrong with them, by field."""
    said = {name: value for name, value in fields.items() if value != ""}
    try:
        body = CounsellorBody.model_validate(said | {"skills": _codes(fields["skills"])})
    except ValidationError as refused:
        wrong = {str(error["loc"][0]) for error in refused.errors()}
        return None, {name: text for name, text in PROBLEMS.items() if name in wrong}
    if body.from_date and body.to_date and body.to_date < body.from_date:
        return None, {"to_date": PROBLEMS["to_date"]}
    return body, {}


def _codes(text: str) -> list[str]:
    """Skills as people write them in one field."""
    plain = unicodedata.normalize("NFKC", text).lower()
    return [code for code in re.split(r"[\s、,;/]+", plain) if code]


def _with(counsellor: Counsellor, body: CounsellorBody) -> Counsellor:
    """The counsellor as the page says; what the page does not show stays."""
    return replace(
        counsellor,
        display_name=body.display_name,
        languages=tuple(dict.fromkeys(body.languages)),
        channels=tuple(dict.fromkeys(body.channels)),
        skills=tuple(dict.fromkeys(body.skills)),
        gender=body.gender,
        daily_cap=body.daily_cap,
        active=body.active,
        from_date=body.from_date,
        to_date=body.to_date,
    )


def _words(fields: Mapping[str, Any]) -> list[str]:
    return [str(fields[name]) for name in sorted(fields)]
