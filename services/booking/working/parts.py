"""The centre's part of booking, put together once."""

from dataclasses import dataclass

from services.booking.parts import Parts
from services.booking.store.centres import Centres
from services.booking.store.contracts import Contracts
from services.booking.store.experiences import Experiences
from services.booking.store.places import Places
from services.booking.store.shift_plans import ShiftPlans
from services.booking.store.shifts import Shifts
from services.booking.store.workers import Workers
from services.booking.working.attending import Attending
from services.booking.working.contracting import Contracting
from services.booking.working.crew import Crew
from services.booking.working.paying import Paying
from services.booking.working.reviewing import Reviewing
from services.booking.working.rostering import Rostering
from services.booking.working.rounds import Round
from services.booking.working.scheduling import Scheduling
from services.booking.working.shift_choices import ShiftChoices
from services.booking.working.staying import Staying
from services.booking.working.substituting import Substituting
from shared.clock import Clock
from shared.outbox import Outbox


@dataclass(frozen=True)
class Working:
    crew: Crew
    scheduling: Scheduling
    attending: Attending
    substituting: Substituting
    reviewing: Reviewing
    contracting: Contracting
    staying: Staying
    rostering: Rostering
    paying: Paying
    choices: ShiftChoices

    def rounds(self) -> dict[str, Round]:
        """What time does, by name."""
        return {
            "offers": self.substituting.offer_due,
            "contracts": self.contracting.tick_due,
            "stays": self.staying.expire_due,
            "capacity": self.reviewing.review_due,
        }


def working_of(outbox: Outbox, clock: Clock, parts: Parts) -> Working:
    """Everything on the same stores as appointments: one person has one calendar."""
    workers = Workers(outbox)
    shifts = Shifts(outbox, parts.calendars, workers)
    crew = Crew(clock, Centres(outbox, clock), workers, shifts, parts.calendars, parts.residents)
    scheduling, attending, substituting = Scheduling(crew), Attending(crew), Substituting(crew)
    return Working(
        crew,
        scheduling,
        attending,
        substituting,
        Reviewing(crew),
        Contracting(crew, Contracts(outbox)),
        Staying(crew, Places(outbox, clock), Experiences(outbox, parts.calendars)),
        Rostering(crew, scheduling, ShiftPlans(outbox, clock)),
        Paying(crew),
        ShiftChoices(attending, substituting),
    )
