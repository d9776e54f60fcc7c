"""Parts that several documents share."""

from collections.abc import Iterable

from services.matching.hours import Window
from services.matching.questionnaire import Wishes
from shared.mongo import Document


def windows_document(windows: Iterable[Window]) -> list[Document]:
    return [{"weekdays": list(w.weekdays), "start": w.start, "end": w.end} for w in windows]


def windows_of(documents: Iterable[Document]) -> tuple[Window, ...]:
    return tuple(Window(tuple(d["weekdays"]), d["start"], d["end"]) for d in documents)


def wishes_document(wishes: Wishes) -> Document:
    return {
        "areas": list(wishes.areas),
        "hours": windows_document(wishes.hours),
        "wage_floor": wishes.wage_floor,
    }


def wishes_of(document: Document) -> Wishes:
    return Wishes(tuple(document["areas"]), windows_of(document["hours"]), document["wage_floor"])
