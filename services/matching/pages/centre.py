"""The pages around the digital employment centre, put together: what its people and staff see in matching."""

from datetime import datetime

from fastapi import APIRouter

from services.matching.assessing import Assessing
from services.matching.ordering.parts import Ordering
from services.matching.orders.wording import reason_text
from services.matching.pages.growth_chart import polyline
from services.matching.pages.order_sheet import OrderSheet
from services.matching.pages.order_views import check_text, due_day, hours_text, minutes_text
from services.matching.pages.sent import reference
from services.matching.pages.staff_abilities import staff_ability_pages
from services.matching.pages.staff_assessments import staff_assessment_pages
from services.matching.pages.staff_changes import staff_change_pages
from services.matching.pages.staff_orders import staff_order_pages
from services.matching.pages.staff_plans import staff_plan_pages
from services.matching.pages.staff_replacing import staff_replacing_pages
from services.matching.pages.staff_results import staff_result_pages
from services.matching.pages.staff_task_types import staff_task_type_pages
from services.matching.pages.staff_tasks import staff_task_pages
from services.matching.pages.worker_growth import worker_growth_pages
from services.matching.pages.worker_tasks import worker_task_pages
from services.matching.store import Store
from shared.clock import TOKYO
from shared.runtime import Core
from shared.web import Pages
from shared.web.pages import service_day_text


def centre_pages(core: Core, store: Store, ordering: Ordering, pages: Pages) -> list[APIRouter]:
    """Everything below /matching/work, and of staff what belongs to it."""
    pages.env.filters.update(
        reference=reference,
        polyline=polyline,
        local_day=lambda moment: service_day_text(moment.astimezone(TOKYO).date()),
        local_minute=local_minute_text,
        due_day=due_day,
        hours=hours_text,
        minutes=minutes_text,
        check_text=check_text,
        reason=reason_text,
    )
    assessing = Assessing(store.assessments, store.workers, core.clock)
    sheet = OrderSheet(pages, store, ordering)
    return [
        worker_task_pages(pages, store.workers, ordering),
        worker_growth_pages(pages, assessing),
        staff_order_pages(pages, store, ordering, sheet),
        staff_task_pages(pages, ordering, sheet),
        staff_change_pages(pages, ordering, sheet),
        staff_replacing_pages(pages, ordering, sheet),
        staff_task_type_pages(pages, ordering),
        staff_plan_pages(pages, ordering),
        staff_result_pages(pages, ordering),
        staff_ability_pages(pages, store, ordering),
        staff_assessment_pages(pages, assessing),
    ]


def local_minute_text(moment: datetime) -> str:
    """12月3日（木）14:05, Asia/Tokyo."""
    local = moment.astimezone(TOKYO)
    return f"{service_day_text(local.date())}{local:%H:%M}"
