"""The staff's pages of booking, put together."""

from fastapi import APIRouter

from services.booking.feeding import Feeding
from services.booking.pages.staff_agenda import language_name, reference, state_text, stretch_text, unmarked
from services.booking.pages.staff_appointments import staff_appointment_pages
from services.booking.pages.staff_book import staff_book_pages
from services.booking.pages.staff_days import day_pages
from services.booking.pages.staff_feeds import feed_pages
from services.booking.pages.staff_home import StaffHome
from services.booking.pages.staff_hours import hours_pages
from services.booking.pages.staff_leaves import leave_pages
from services.booking.pages.staff_outside import OutsideViews, outside_pages
from services.booking.pages.staff_overview import overview_pages
from services.booking.pages.staff_people import StaffPeople
from services.booking.pages.staff_pools import pool_pages
from services.booking.pages.staff_profile import profile_pages
from services.booking.pages.staff_residents import resident_pages
from services.booking.pages.staff_rooms import room_pages
from services.booking.pages.staff_route import LINKS
from services.booking.pages.staff_series import staff_series_pages
from services.booking.pages.staff_waiting import staff_waiting_pages
from services.booking.parts import Parts
from services.booking.reassigning import Reassigning
from services.booking.store.agenda import Agenda
from services.booking.waitlist import Waitlist
from services.booking.working.parts import Working
from shared.clock import Clock
from shared.registry import Registry
from shared.web import Pages


def staff_pages(
    pages: Pages,
    clock: Clock,
    registry: Registry,
    parts: Parts,
    reassigning: Reassigning,
    waitlist: Waitlist,
    feeding: Feeding,
    working: Working,
) -> list[APIRouter]:
    """Everything below /booking/staff but for the signing in, which is the same in every service."""
    pages.link_for_staff(*LINKS)
    pages.env.filters.update(reference=reference, stretch=stretch_text, language=language_name)
    pages.env.globals.update(state_text=state_text, unmarked=unmarked)
    people = StaffPeople(registry, parts.counsellors, parts.rooms)
    agenda = Agenda(parts.appointments)
    municipal, pooled = (StaffHome(registry, of_pool=of_pool) for of_pool in (False, True))
    return [
        overview_pages(pages, clock, agenda, people, working.crew.workers),
        day_pages(pages, clock, agenda, people),
        staff_appointment_pages(pages, clock, parts.desk, parts.openings, people),
        resident_pages(pages, clock, parts.desk, people),
        staff_book_pages(pages, parts.desk, parts.openings),
        staff_series_pages(pages, parts.recurring, parts.openings, people),
        staff_waiting_pages(pages, waitlist, people),
        *counsellor_pages(pages, clock, parts, reassigning, people, municipal),
        *counsellor_pages(pages, clock, parts, reassigning, people, pooled),
        feed_pages(pages, feeding, parts.counsellors),
        room_pages(pages, parts.rooms),
        pool_pages(pages, clock, registry, parts.pooling, parts.sessions),
    ]


def counsellor_pages(
    pages: Pages,
    clock: Clock,
    parts: Parts,
    reassigning: Reassigning,
    people: StaffPeople,
    home: StaffHome,
) -> list[APIRouter]:
    """Who the counsellors are, when they work and when they are away: the same pages for a municipality and for a pool."""
    outside = OutsideViews(pages, parts.roster, home)
    return [
        hours_pages(pages, clock, parts.roster, people, outside),
        profile_pages(pages, parts.roster, outside),
        outside_pages(outside, reassigning, people),
        leave_pages(pages, clock, parts.roster, reassigning, people, home),
    ]
