"""Pay statements of a month, for one worker or all of a centre."""

from datetime import date

from services.booking.centre.capacity import next_month
from services.booking.centre.pay import Statement, statement
from services.booking.slot import check_date
from services.booking.working.crew import Crew
from shared.tenancy import Tenant


class Paying:
    def __init__(self, crew: Crew) -> None:
        self.crew = crew

    async def of_worker(self, tenant: Tenant, resident_id: str, month: date) -> Statement:
        """`month` is its first day. Raises NotFound, NoRate, Invalid."""
        today = self.crew.today(tenant)
        check_date("month", month, today)
        standing, centre = await self.crew.standing(tenant, resident_id)
        shifts = await self.crew.between(tenant, resident_id, month, next_month(month))
        return statement(standing.worker, centre, month, shifts, today)

    async def of_centre(self, tenant: Tenant, centre_id: str, month: date) -> list[Statement]:
        """Everybody who has something in that month, in order of enrolment. Raises NotFound, NoRate, Invalid."""
        today = self.crew.today(tenant)
        check_date("month", month, today)
        centre = await self.crew.centres.get(tenant.id, centre_id)
        shifts = await self.crew.shifts.of_centre(tenant.id, centre_id, month, next_month(month))
        found = [
            statement(
                standing.worker,
                centre,
                month,
                [s for s in shifts if s.resident_id == standing.worker.resident_id],
                today,
            )
            for standing in await self.crew.workers.of_centre(tenant.id, centre_id)
        ]
        return [made for made in found if made.lines]
