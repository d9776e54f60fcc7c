"""Events that booking publishes, one module per subject; all of them are found here, too.

Every instant is UTC; `service_date` and minutes (0..1800) are the booking day, so that 24:30 on the 3rd stays on the 3rd.
"""

from shared.events.booking import appointments, contracts, experiences, resources, waitlist, working
from shared.events.booking.appointments import (
    ActionRefused,
    AppointmentAttended,
    AppointmentCancelled,
    AppointmentChannel,
    AppointmentConfirmed,
    AppointmentHeld,
    AppointmentMissed,
    AppointmentMoved,
    AppointmentReaffirmed,
    AppointmentTimesOffered,
    CancelledBy,
    MissedBy,
    OfferedTime,
    RefusalReason,
)
from shared.events.booking.contracts import (
    ContractEnded,
    ContractExpiring,
    ContractProposed,
    ContractRenewed,
    ContractStarted,
)
from shared.events.booking.experiences import (
    ExperienceAgreed,
    ExperienceCancelled,
    ExperienceCompleted,
    ExperienceRequested,
    Party,
)
from shared.events.booking.resources import (
    CounsellorChanged,
    RoomChanged,
)
from shared.events.booking.waitlist import (
    WaitlistJoined,
    WaitlistLeft,
    WaitlistOffered,
    WaitlistTaken,
)
from shared.events.booking.working import (
    AttendanceReported,
    AttendanceStatus,
    CapacityForecast,
    CapacityWarned,
    DayCapacity,
    ShiftChanged,
    ShiftOffered,
    ShiftPlanned,
    WeekCapacity,
    WorkerEnrolled,
)
from shared.events.envelope import Payload

EVENTS: tuple[type[Payload], ...] = (
    *appointments.EVENTS,
    *waitlist.EVENTS,
    *resources.EVENTS,
    *experiences.EVENTS,
    *working.EVENTS,
    *contracts.EVENTS,
)

__all__ = [
    "EVENTS",
    "ActionRefused",
    "AppointmentAttended",
    "AppointmentCancelled",
    "AppointmentChannel",
    "AppointmentConfirmed",
    "AppointmentHeld",
    "AppointmentMissed",
    "AppointmentMoved",
    "AppointmentReaffirmed",
    "AppointmentTimesOffered",
    "AttendanceReported",
    "AttendanceStatus",
    "CancelledBy",
    "CapacityForecast",
    "CapacityWarned",
    "ContractEnded",
    "ContractExpiring",
    "ContractProposed",
    "ContractRenewed",
    "ContractStarted",
    "CounsellorChanged",
    "DayCapacity",
    "ExperienceAgreed",
    "ExperienceCancelled",
    "ExperienceCompleted",
    "ExperienceRequested",
    "MissedBy",
    "OfferedTime",
    "Party",
    "RefusalReason",
    "RoomChanged",
    "ShiftChanged",
    "ShiftOffered",
    "ShiftPlanned",
    "WaitlistJoined",
    "WaitlistLeft",
    "WaitlistOffered",
    "WaitlistTaken",
    "WeekCapacity",
    "WorkerEnrolled",
]
