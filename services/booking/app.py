"""The composition root of booking."""

from pathlib import Path
from typing import cast

from services.booking.consumers import REACTIONS
from services.booking.desk import Desk
from services.booking.expiry import Expiry
from services.booking.openings import Openings
from services.booking.pages import appointment_pages, time_pages
from services.booking.pages.views import choice_of, time_text
from services.booking.routes.availability import availability_routes
from services.booking.routes.counsellors import counsellor_routes
from services.booking.routes.resident import resident_routes
from services.booking.routes.staff import staff_routes
from services.booking.settings import Settings
from services.booking.store import Appointments, Bookings, Calendars, Counsellors, Residents
from services.booking.texts import PROBLEMS
from shared.http.app import build_app
from shared.runtime import Core, Service
from shared.web import Pages


async def compose(core: Core) -> Service:
    """Stores, the desk, routes and pages, and the worker that lets go of holds."""
    counsellors = Counsellors(core.outbox, core.clock)
    appointments = Appointments(core.outbox, core.sealer)
    calendars = Calendars(core.db)
    openings = Openings(core.clock, counsellors, calendars)
    bookings = Bookings(core.outbox, appointments, calendars)
    desk = Desk(core.clock, openings, appointments, calendars, bookings, Residents(core.db))
    pages = Pages("booking", Path(__file__).parent / "templates")
    pages.env.filters.update(time_text=time_text, choice=choice_of)
    settings = cast(Settings, core.settings)
    app = build_app(
        core,
        [
            counsellor_routes(counsellors),
            availability_routes(openings),
            resident_routes(desk, appointments),
            staff_routes(desk, appointments),
        ],
        title="Banso 予約 API",
        description="相談員の時間、空き、予約。サービス日は0:00から30:00まで（24:30はその日の夜の続き）。"
        " Appointments never overlap: calendars are bits, taken by conditional updates.",
        problem_titles=PROBLEMS,
        pages=pages,
        page_routers=[
            time_pages(pages, openings, desk, counsellors),
            appointment_pages(pages, core.clock, desk, appointments, counsellors),
        ],
    )
    return Service(
        app=app,
        reactions=REACTIONS,
        outboxes=("appointments",),
        workers=(Expiry(core.db, core.registry, desk, settings.expiry_every).run,),
    )
