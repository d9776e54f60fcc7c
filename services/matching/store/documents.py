"""Parts that several documents share."""

from collections.abc import Iterable

from services.matching.hours import Window
from services.matching.questionnaire import Wishes
from shared.mongo import Document


def windows_document(windows: Iterable[Window]) -> list[Document]:
    return [
        {
            "weekdays": list(w.weekdays),
            "start": w.start,
            "end": w.end,
            **({"goes_on": True} if w.goes_on else {}),
        }
        for w in windows
    ]


def windows_of(documents: Iterable[Document]) -> tuple[Window, ...]:
    """Windows from before any was said to go on do not."""
    return tuple(
        Window(tuple(d["weekdays"]), d["start"], d["end"], d.get("goes_on", False)) for d in documents
    )


def wishes_document(wishes: Wishes) -> Document:
    return {
        "areas": list(wishes.areas),
        "hours": windows_document(wishes.hours),
        "wage_floor": wishes.wage_floor,
        "kinds": list(wishes.kinds),
        "employment_forms": list(wishes.employment_forms),
        "days_a_week": wishes.days_a_week,
        "max_km": wishes.max_km,
        "licences": None if wishes.licences is None else list(wishes.licences),
        "accommodations": list(wishes.accommodations),
        "skills": list(wishes.skills),
        "learning": wishes.learning,
        "start": wishes.start,
        "start_at": list(wishes.start_at) if wishes.start_at else None,
        "remote_only": wishes.remote_only,
    }


def wishes_of(document: Document) -> Wishes:
    licences, start_at = document.get("licences"), document.get("start_at")
    return Wishes(
        areas=tuple(document["areas"]),
        hours=windows_of(document["hours"]),
        wage_floor=document["wage_floor"],
        # documents from before these wishes could be said hold none of them
        kinds=tuple(document.get("kinds", ())),
        employment_forms=tuple(document.get("employment_forms", ())),
        days_a_week=document.get("days_a_week"),
        max_km=document.get("max_km"),
        licences=None if licences is None else tuple(licences),
        accommodations=tuple(document.get("accommodations", ())),
        skills=tuple(document.get("skills", ())),
        learning=document.get("learning", True),
        start=document.get("start"),
        start_at=(start_at[0], start_at[1]) if start_at else None,
        remote_only=document.get("remote_only", False),
    )
