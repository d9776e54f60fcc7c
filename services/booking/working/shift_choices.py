"""What a worker may do by one line or a button on LINE: the same as on the page, by the same rules."""

from collections.abc import Mapping, Sequence

from services.booking.acting import Performer
from services.booking.chosen import Chosen
from services.booking.working.attending import Attending
from services.booking.working.substituting import Substituting
from shared.errors import NotFound
from shared.events.booking import AttendanceStatus
from shared.events.envelope import Payload
from shared.events.intake import ChosenAction
from shared.idempotency import Command
from shared.tenancy import Tenant

STATUSES: dict[ChosenAction, AttendanceStatus] = {
    "shift.absent": "absent",
    "shift.late": "late",
    "shift.leave_early": "leaving_early",
    "shift.present": "present",
}


class ShiftChoices:
    def __init__(self, attending: Attending, substituting: Substituting) -> None:
        self.attending = attending
        self.substituting = substituting

    def performers(self) -> Mapping[ChosenAction, Performer]:
        return {**dict.fromkeys(STATUSES, self.report), "shift.take": self.take}

    async def report(self, tenant: Tenant, chosen: Chosen, command: Command) -> Sequence[Payload]:
        """Raises NotFound (works with no centre), StationFull, TimeTaken."""
        status = STATUSES[chosen.action]
        who, day = chosen.resident_id, chosen.service_date
        await self.attending.report(tenant, who, status, command, day, chosen.subject_id)
        return ()

    async def take(self, tenant: Tenant, chosen: Chosen, command: Command) -> Sequence[Payload]:
        """Raises NotFound, OfferEnded, StationFull, TimeTaken."""
        if chosen.subject_id is None:
            raise NotFound("no shift was named")
        await self.substituting.take(tenant, chosen.resident_id, chosen.subject_id, command)
        return ()
