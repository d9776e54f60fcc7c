"""The pages around the digital employment centre, put together: what its people and staff see in matching."""

from fastapi import APIRouter

from services.matching.assessing import Assessing
from services.matching.pages.growth_chart import polyline
from services.matching.pages.sent import reference
from services.matching.pages.staff_assessments import staff_assessment_pages
from services.matching.pages.worker_growth import worker_growth_pages
from services.matching.store import Store
from shared.clock import TOKYO
from shared.runtime import Core
from shared.web import Pages
from shared.web.pages import service_day_text


def centre_pages(core: Core, store: Store, pages: Pages) -> list[APIRouter]:
    """Everything below /matching/work, and of staff what belongs to it."""
    pages.env.filters.update(
        reference=reference,
        polyline=polyline,
        local_day=lambda moment: service_day_text(moment.astimezone(TOKYO).date()),
    )
    assessing = Assessing(store.assessments, store.workers, core.clock)
    return [worker_growth_pages(pages, assessing), staff_assessment_pages(pages, assessing)]
