"""Every stream and every durable consumer of the platform, as data, and their reconciliation with the server.

The delivery limit is kept by the consumer (`shared/inbox.py`), not by the server: a server that stops delivering after
`max_deliver` drops the message silently when the process died each time with it in hand.
"""

from dataclasses import dataclass

from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig, DiscardPolicy, RetentionPolicy, StorageType, StreamConfig
from nats.js.errors import BadRequestError, NotFoundError

from shared.events import booking, intake
from shared.events.envelope import Payload, nats_subject
from shared.events.matching import catalogue, orders, proposals, sending

DAY = 24 * 3600
EVENT_DAYS = 30
ACK_WAIT = 60
MAX_DELIVER = 8
MAX_ACK_PENDING = 256


@dataclass(frozen=True)
class Stream:
    name: str
    subjects: tuple[str, ...]
    max_age: int = EVENT_DAYS * DAY
    duplicate_window: int = 3600


@dataclass(frozen=True)
class Durable:
    """`service` consumes the `events` of `stream`; no events means every event of the stream."""

    name: str
    service: str
    stream: str
    events: tuple[type[Payload], ...] = ()

    @property
    def filter_subjects(self) -> list[str]:
        if not self.events:
            return [f"evt.{self.stream.lower()}.>"]
        return [nats_subject(event.TYPE) for event in self.events]


STREAMS = (
    Stream("INTAKE", ("evt.intake.>",)),
    Stream("MATCHING", ("evt.matching.>",)),
    Stream("BOOKING", ("evt.booking.>",)),
    Stream("NOTIFY", ("evt.notify.>",)),
    # as long as events, and less than the inbox remembers: what is redriven still meets its row
    Stream("DLQ", ("dlq.>",)),
)

DURABLES = (
    # intake keeps the case timeline: every step of every service
    Durable("intake-timeline-intake", "intake", "INTAKE"),
    Durable("intake-timeline-matching", "intake", "MATCHING"),
    Durable("intake-timeline-booking", "intake", "BOOKING"),
    Durable("intake-timeline-notify", "intake", "NOTIFY"),
    # matching knows who may be proposed work, and where they live
    Durable("matching-residents", "matching", "INTAKE", (intake.ResidentRegistered,)),
    # matching knows who works with a digital employment centre
    Durable(
        "matching-workers",
        "matching",
        "BOOKING",
        (booking.WorkerEnrolled, booking.ContractStarted, booking.ContractEnded),
    ),
    # matching knows how much time they have for orders
    Durable("matching-capacity", "matching", "BOOKING", (booking.CapacityForecast,)),
    # what residents say to offers is noted for learning
    Durable(
        "matching-interests",
        "matching",
        "MATCHING",
        (proposals.InterestExpressed, proposals.InterestWithdrawn),
    ),
    # booking knows whom staff may book for
    Durable("booking-residents", "booking", "INTAKE", (intake.ResidentRegistered,)),
    # booking counts what workers have promised to orders
    Durable(
        "booking-orders",
        "booking",
        "MATCHING",
        (
            orders.AssignmentAccepted,
            orders.AssignmentDeclined,
            orders.AssignmentWithdrawn,
            orders.AssignmentCompleted,
        ),
    ),
    # booking does what a resident chose on LINE
    Durable("booking-actions", "booking", "INTAKE", (intake.ActionChosen,)),
    # notify reaches the person and the partner
    Durable(
        "notify-intake",
        "notify",
        "INTAKE",
        (
            intake.ContactChanged,
            intake.ReplyRequested,
            intake.ReferralSent,
            intake.ConsultationUrgent,
        ),
    ),
    # what is sent to residents who asked for it, and who stops it; what companies are told; who is asked for work
    Durable(
        "notify-matching",
        "notify",
        "MATCHING",
        (
            catalogue.CompanyLinkRequested,
            catalogue.CompanyApproved,
            catalogue.CompanyDeclined,
            catalogue.CompanyChanged,
            sending.OffersRecommended,
            sending.SubscriptionEnded,
            orders.AssignmentProposed,
        ),
    ),
    Durable(
        "notify-booking",
        "notify",
        "BOOKING",
        (
            booking.AppointmentConfirmed,
            booking.AppointmentMoved,
            booking.AppointmentCancelled,
            booking.AppointmentAttended,
            booking.AppointmentMissed,
            booking.AppointmentReaffirmed,
            booking.AppointmentTimesOffered,
            booking.ActionRefused,
            booking.WaitlistOffered,
            booking.AttendanceReported,
            booking.ShiftOffered,
            booking.ShiftPlanned,
            booking.ShiftChanged,
            booking.ContractProposed,
            booking.ContractExpiring,
            booking.ContractRenewed,
            booking.ContractEnded,
            booking.ExperienceRequested,
            booking.ExperienceAgreed,
            booking.ExperienceCancelled,
        ),
    ),
)


def durables_of(service: str) -> tuple[Durable, ...]:
    return tuple(durable for durable in DURABLES if durable.service == service)


async def reconcile(js: JetStreamContext, *, replicas: int = 1) -> None:
    """Make the server's streams and durables what the data above say. Safe to run from every process at every start."""
    for stream in STREAMS:
        config = StreamConfig(
            name=stream.name,
            subjects=list(stream.subjects),
            retention=RetentionPolicy.LIMITS,
            storage=StorageType.FILE,
            discard=DiscardPolicy.NEW,
            max_age=stream.max_age,
            duplicate_window=stream.duplicate_window,
            num_replicas=replicas,
        )
        try:
            await js.stream_info(stream.name)
        except NotFoundError:
            try:
                await js.add_stream(config)
                continue
            except BadRequestError:
                pass  # another process created it between the two calls
        await js.update_stream(config)
    for durable in DURABLES:
        # add_consumer creates or updates; subscribing to an existing durable would silently keep its old configuration
        await js.add_consumer(
            durable.stream,
            ConsumerConfig(
                durable_name=durable.name,
                ack_policy=AckPolicy.EXPLICIT,
                ack_wait=ACK_WAIT,
                max_deliver=-1,
                max_ack_pending=MAX_ACK_PENDING,
                filter_subjects=durable.filter_subjects,
            ),
        )
