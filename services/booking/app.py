"""The composition root of booking."""

import asyncio
from pathlib import Path
from typing import cast

from services.booking.acting import Acting
from services.booking.appointment_choices import AppointmentChoices
from services.booking.consumers import reactions
from services.booking.expiry import Expiry
from services.booking.feeding import Feeding
from services.booking.joining import Joining
from services.booking.offering import Offering
from services.booking.pages import appointment_pages, time_pages
from services.booking.pages.calendar_feed import calendar_feed_pages
from services.booking.pages.staff import staff_pages
from services.booking.pages.staff_centre import centre_staff_pages
from services.booking.pages.stays import stay_pages
from services.booking.pages.views import choice_of, time_text
from services.booking.pages.waiting import waiting_pages
from services.booking.pages.work import work_contract_pages, work_pages
from services.booking.pages.work_views import prepare
from services.booking.pages.work_wishes import wish_pages
from services.booking.parts import parts_of
from services.booking.reassigning import Reassigning
from services.booking.routes.availability import availability_routes
from services.booking.routes.counsellors import counsellor_routes
from services.booking.routes.feeds import feed_files, feed_routes
from services.booking.routes.imports import import_routes
from services.booking.routes.leaves import leave_routes
from services.booking.routes.pool import pool_routes
from services.booking.routes.pools import pools_routes
from services.booking.routes.resident import resident_routes
from services.booking.routes.rooms import room_routes
from services.booking.routes.series import series_routes
from services.booking.routes.staff import staff_routes
from services.booking.routes.waiting import waiting_routes
from services.booking.routes.working import working_routes
from services.booking.settings import Settings
from services.booking.store import ChosenActions, Feeds, Waiting
from services.booking.store.centre_collections import CENTRE_OUTBOXES
from services.booking.store.forgetting import kept
from services.booking.texts import PROBLEMS
from services.booking.waitlist import Waitlist
from services.booking.working.parts import working_of
from services.booking.working.rounds import Rounds
from shared.following import Following
from shared.http.app import build_app
from shared.retention import Forgetting
from shared.runtime import Core, Service
from shared.web import Pages


async def compose(core: Core) -> Service:
    """Stores, the desk, routes and pages, and the worker that lets go of holds."""
    settings = cast(Settings, core.settings)
    parts = parts_of(core.outbox, core.sealer, core.clock, core.registry, settings.pools_every)
    desk, appointments, counsellors = parts.desk, parts.appointments, parts.counsellors
    pages = Pages("booking", Path(__file__).parent / "templates")
    pages.env.filters.update(time_text=time_text, choice=choice_of)
    prepare(pages)
    working = working_of(core.outbox, core.clock, parts)
    waitlist = Waitlist(core.clock, Waiting(core.outbox), desk, parts.openings)
    performers = {
        **AppointmentChoices(core.clock, desk, parts.openings).performers(),
        **waitlist.performers(),
        **working.choices.performers(),
    }
    acting = Acting(core, ChosenActions(core.outbox), performers)
    feeding = Feeding(core, Feeds(core.db, core.clock), appointments, parts.openings)
    following = Following(core.nc, "BOOKING", parts.diary.heard, parts.diary.lost)
    core.publisher.listeners.append(parts.diary.heard)

    async def diary(stop: asyncio.Event) -> None:
        await parts.diary.follow(following, parts.openings.homes, stop)

    reassigning = Reassigning(core.registry, parts.roster, desk)
    app = build_app(
        core,
        [
            counsellor_routes(counsellors, parts.roster),
            room_routes(parts.rooms),
            leave_routes(core.clock, parts.roster, reassigning),
            import_routes(core.clock, parts.roster),
            feed_routes(feeding, counsellors),
            waiting_routes(waitlist),
            availability_routes(parts.openings),
            resident_routes(desk, appointments),
            staff_routes(desk, appointments),
            series_routes(parts.recurring),
            pools_routes(parts.pooling),
            *working_routes(working),
            *pool_routes(core.clock, parts.roster, reassigning, parts.pooling, parts.sessions),
        ],
        title="Banso 予約 API",
        description="相談員の時間、空き、予約。サービス日は0:00から30:00まで（24:30はその日の夜の続き）。"
        " Appointments never overlap: calendars are bits, taken by conditional updates.",
        problem_titles=PROBLEMS,
        pages=pages,
        page_routers=[
            time_pages(pages, parts.openings, desk),
            appointment_pages(pages, core.clock, desk, appointments, counsellors, working),
            waiting_pages(pages, waitlist),
            calendar_feed_pages(pages, feeding),
            stay_pages(pages, working),
            feed_files(feeding),
            work_pages(pages, working),
            work_contract_pages(pages, working),
            wish_pages(pages, working.crew),
            *staff_pages(pages, core.clock, core.registry, parts, reassigning, waitlist, feeding, working),
            centre_staff_pages(pages, working),
        ],
    )
    return Service(
        app=app,
        reactions=reactions(acting),
        outboxes=(
            "appointments",
            "counsellors",
            "rooms",
            "chosen_actions",
            "waiting",
            *CENTRE_OUTBOXES,
        ),
        companions=(diary, parts.pooling.keep_looking),
        workers=(
            Expiry(core.db, core.registry, desk, settings.expiry_every).run,
            Joining(
                core.db,
                core.registry,
                core.secrets,
                core.clock,
                appointments,
                desk,
                settings.joining_every,
            ).run,
            acting.run,
            Offering(core.db, core.registry, waitlist, settings.offering_every).run,
            Rounds(core.db, core.registry, working.rounds(), settings.rounds_every).run,
            Forgetting(core.db, core.registry, core.clock, kept(core.db)).run,
        ),
    )
