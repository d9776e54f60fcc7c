"""The form in which a company writes an offer: what it holds, and what it says."""

import unicodedata
from collections.abc import Mapping, Sequence
from typing import Any, get_args

from pydantic import ValidationError

from services.matching.hours import time_text
from services.matching.licences import label
from services.matching.offer import Draft, Kind
from services.matching.posting_words import PROBLEMS
from services.matching.routes.offers import OfferBody
from services.matching.values import CALLINGS, SCALES

WINDOWS = (1, 2, 3)
"""So many stretches of hours fit into the form."""
LEVELS = {
    "0": "ほとんどない",
    "0.25": "少しある",
    "0.5": "ふつうにある",
    "0.75": "よくある",
    "1": "とてもある",
}
"""How much a work gives of something, as shares."""
TEXTS = {
    "kind": 30,
    "title": 100,
    "description": 4000,
    "municipality_code": 6,
    "hourly_wage_yen": 12,
    "work_days_a_week": 2,
    "open_places": 8,
    "expires_on": 10,
    "employment_form": 20,
    "occupation_code": 10,
    "industry_code": 5,
    "licences": 1200,
    "tags": 700,
    "workplace_id": 40,
}
"""Each field with how much of it is shown again."""
NUMBERS = ("hourly_wage_yen", "work_days_a_week", "open_places")
Fields = dict[str, Any]


def empty(municipality_code: str) -> Fields:
    """The form before anything is written."""
    return {**typed({}), "kind": "job", "municipality_code": municipality_code}


def typed(form: Mapping[str, Sequence[str]]) -> Fields:
    """What was sent, shortened to what a page can show again."""
    fields: Fields = {name: _first(form, name)[: most + 1] for name, most in TEXTS.items()}
    fields["remote"] = "remote" in form
    fields["accommodations"] = [value[:30] for value in form.get("accommodations", ())][:10]
    for n in WINDOWS:
        fields[f"w{n}_days"] = [value[:1] for value in form.get(f"w{n}_days", ())][:7]
        for end in ("start", "end"):
            fields[f"w{n}_{end}"] = _first(form, f"w{n}_{end}")[:6]
    for scale in (*SCALES, *CALLINGS):
        fields[f"much_{scale}"] = _first(form, f"much_{scale}")[:4]
    return fields


def filled(draft: Draft) -> Fields:
    """The form that says what the draft says."""
    fields = typed({})
    for name in TEXTS:
        value = getattr(draft, name)
        fields[name] = "" if value is None else _joined(value) if isinstance(value, tuple) else str(value)
    fields |= {"remote": draft.remote, "accommodations": list(draft.accommodations)}
    for n, window in zip(WINDOWS, draft.hours, strict=False):
        fields[f"w{n}_days"] = [str(day) for day in window.weekdays]
        fields[f"w{n}_start"], fields[f"w{n}_end"] = time_text(window.start), time_text(window.end)
    for scale, value in (*draft.values.items(), *draft.interests.items()):
        fields[f"much_{scale}"] = min(LEVELS, key=lambda level: abs(float(level) - value))
    return fields


def read(fields: Fields, before: Draft | None = None) -> tuple[Draft | None, dict[str, str]]:
    """What the form says, or what is wrong with it, by field. What the form does not show stays as it was `before`."""
    said = {name: value for name in TEXTS if (value := fields[name]) != ""}
    for name in NUMBERS:
        if name in said:
            said[name] = unicodedata.normalize("NFKC", said[name]).replace(",", "").removesuffix("円")
    for name in ("licences", "tags"):
        said[name] = _words(fields[name])
    if not said.get("kind") or said["kind"] not in get_args(Kind):
        said.pop("kind", None)
    body: Fields = {
        **said,
        "remote": fields["remote"],
        "accommodations": fields["accommodations"],
        "hours": [_window(fields, n) for n in WINDOWS if _is_used(fields, n)],
        "values": {scale: fields[f"much_{scale}"] for scale in SCALES if fields[f"much_{scale}"]},
        "interests": {c: fields[f"much_{c}"] for c in CALLINGS if fields[f"much_{c}"]},
    }
    if before is not None:
        body |= {"lat": before.lat, "lng": before.lng}
    try:
        return OfferBody.model_validate(body).draft(), {}
    except ValidationError as refused:
        wrong = {str(error["loc"][0]) for error in refused.errors()}
        return None, {name: text for name, text in PROBLEMS.items() if name in wrong}


def _first(form: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(form.get(name, ())), "").strip()


def _joined(words: Sequence[str]) -> str:
    return "、".join(map(label, words))


def _words(text: str) -> list[str]:
    whole = text.replace("、", "\n").replace(",", "\n").replace(";", "\n").replace("；", "\n")
    return [word.strip() for word in whole.splitlines() if word.strip()]


def _is_used(fields: Fields, n: int) -> bool:
    return bool(fields[f"w{n}_days"] or fields[f"w{n}_start"] or fields[f"w{n}_end"])


def _window(fields: Fields, n: int) -> Fields:
    times = {end: unicodedata.normalize("NFKC", fields[f"w{n}_{end}"]) for end in ("start", "end")}
    return {"weekdays": fields[f"w{n}_days"], **times}
