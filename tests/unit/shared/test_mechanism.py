"""Small rules of the mechanism: retries, logs, metrics, limits, event subjects."""

import io
import json
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from shared import log, metrics
from shared.errors import Poison, TooMany
from shared.events.envelope import decode, envelop, nats_subject, read
from shared.events.intake import ResidentRegistered
from shared.http.limits import MINUTE, RateLimits
from shared.inbox import BACKOFF, retry_delay
from shared.tenancy import Tenant
from shared.trace import Trace, acting_as, current, tracing
from tests.harness import a_tenant

PAYLOAD = ResidentRegistered(resident_id="res_1", channel="web", anonymous=True, municipality_code="990019")
NOW = datetime(2026, 12, 1, 15, 40, tzinfo=UTC)


@given(st.integers(1, 50), st.floats(0, 1, exclude_max=True))
def test_a_retry_waits_longer_each_time_and_never_much_longer_than_the_last_step(
    number: int, jitter: float
) -> None:
    delay = retry_delay(number, jitter)
    assert retry_delay(number, 0) <= delay <= retry_delay(number, 0) * 1.25
    assert retry_delay(number, 0) <= retry_delay(number + 1, 0) <= timedelta(seconds=BACKOFF[-1])


def test_the_steps_are_the_designed_ones() -> None:
    assert [retry_delay(n, 0).total_seconds() for n in range(1, 8)] == [5, 30, 120, 300, 900, 3600, 3600]


def logged(write: Any) -> list[dict[str, Any]]:
    """The JSON lines that `write` logs, through the very pipe of a service."""
    out = io.StringIO()
    before, root = structlog.get_config(), logging.getLogger()
    handlers = root.handlers[:]
    try:
        log.configure("test")
        structlog.configure(logger_factory=structlog.WriteLoggerFactory(out), cache_logger_on_first_use=False)
        [library] = root.handlers
        assert isinstance(library, logging.StreamHandler)
        library.setStream(out)
        write(structlog.get_logger())
    finally:
        structlog.configure(**before)
        structlog.contextvars.clear_contextvars()
        root.handlers[:] = handlers
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_a_field_that_is_not_on_the_list_never_reaches_the_log() -> None:
    secret = "yamada@example.jp"
    [line] = logged(lambda logger: logger.info("told", email=secret, name_kanji="x", resident_id="res_1"))
    assert secret not in json.dumps(line)
    assert (line["resident_id"], line["dropped_fields"]) == ("res_1", ["email", "name_kanji"])


def test_a_field_that_was_bound_earlier_is_checked_too() -> None:
    def write(logger: Any) -> None:
        with structlog.contextvars.bound_contextvars(phone="000-0000-0000", tenant="kyoto"):
            logger.info("told")

    [line] = logged(write)
    assert (line["tenant"], line["dropped_fields"]) == ("kyoto", ["phone"])


class Strange(Exception):
    pass


def test_an_exception_is_logged_by_type_and_lines_never_by_what_a_person_wrote() -> None:
    def write(logger: Any) -> None:
        try:
            try:
                raise ValueError("山田太郎 wrote this")
            except ValueError as error:
                raise Strange("yamada@example.jp") from error
        except Strange as error:
            logger.error("failed", exc_info=error)
            logger.error("failed", exc_info=True)
            logging.getLogger("some.library").error("failed", exc_info=error)

    lines = logged(write)
    assert len(lines) == 3
    for line in lines:
        text = line["exception"]
        assert "山田" not in text and "yamada" not in text
        assert text.index("ValueError") < text.index("Strange")
        assert "test_mechanism.py" in text


def test_a_librarys_log_goes_through_the_same_list() -> None:
    def write(logger: Any) -> None:
        logging.getLogger("asyncio").error(
            "Task exception was never retrieved\nfuture: yamada", extra={"email": "x"}
        )

    [line] = logged(write)
    assert (line["event"], line["logger"]) == ("Task exception was never retrieved", "asyncio")
    assert (line["level"], line["service"]) == ("error", "test")
    assert "yamada" not in json.dumps(line)


def test_our_own_errors_say_why_in_the_log() -> None:
    [line] = logged(lambda logger: logger.error("failed", exc_info=Poison("data.kind: literal_error")))
    assert line["exception"] == "Poison: data.kind: literal_error"


def test_a_metric_has_a_bounded_number_of_tenants(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(metrics, "_seen", set())
    labels = [metrics.tenant_label(f"tenant-{n}") for n in range(1000)]
    assert len(set(labels)) == metrics.MAX_TENANT_LABELS + 1
    assert metrics.tenant_label("tenant-0") == "tenant-0"


class Minutes:
    """A clock that moves when it is told to (seconds)."""

    def __init__(self) -> None:
        self.now = 1000 * MINUTE

    def __call__(self) -> float:
        return self.now


def spent(limits: RateLimits, tenant: Tenant, caller: str, times: int, *, anonymous: bool = False) -> int:
    """How many of `times` requests were let through."""
    passed = 0
    for _ in range(times):
        try:
            limits.spend(tenant, caller, anonymous=anonymous)
            passed += 1
        except TooMany as error:
            assert 1 <= error.retry_after <= 60
    return passed


QUOTAS = {"requests_per_minute": 20, "requests_per_minute_per_caller": 8, "anonymous_per_minute": 5}


def test_a_municipality_over_its_quota_costs_no_other_one_anything() -> None:
    limits = RateLimits(Minutes())
    greedy, modest = a_tenant("kyoto", quotas=QUOTAS), a_tenant("kameoka", quotas=QUOTAS)
    assert sum(spent(limits, greedy, f"key:{n}", 20) for n in range(10)) == 20
    assert sum(spent(limits, modest, f"key:{n}", 5) for n in range(4)) == 20


def test_a_caller_over_its_limit_leaves_the_municipalitys_quota_to_the_others() -> None:
    limits = RateLimits(Minutes())
    tenant = a_tenant("kyoto", quotas=QUOTAS)
    assert spent(limits, tenant, "key:abuser", 100) == 8
    assert spent(limits, tenant, "9.9.9.9", 100, anonymous=True) == 5
    assert spent(limits, tenant, "key:b", 8) == 7


def test_the_same_caller_has_a_limit_of_its_own_in_each_municipality() -> None:
    limits = RateLimits(Minutes())
    for name in ("kyoto", "kameoka"):
        assert spent(limits, a_tenant(name, quotas=QUOTAS), "9.9.9.9", 100, anonymous=True) == 5


def test_the_limit_slides_so_that_no_minute_holds_more_than_it() -> None:
    clock = Minutes()
    limits = RateLimits(clock)
    tenant = a_tenant("kyoto", quotas=QUOTAS)
    clock.now += MINUTE - 1
    assert spent(limits, tenant, "key:a", 100) == 8
    clock.now += 2
    assert spent(limits, tenant, "key:a", 100) == 0, (
        "a new minute of the clock, still the same minute of the caller"
    )
    clock.now += MINUTE / 2
    assert spent(limits, tenant, "key:a", 100) == 4
    clock.now += 3 * MINUTE
    assert spent(limits, tenant, "key:a", 100) == 8


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(1, 12)), max_size=30))
def test_in_any_minute_of_the_clock_at_most_the_limit_passes(steps: list[tuple[int, int]]) -> None:
    clock = Minutes()
    limits = RateLimits(clock)
    tenant = a_tenant("kyoto", quotas=QUOTAS)
    passed: dict[int, int] = {}
    for seconds, times in steps:
        clock.now += seconds
        minute = int(clock.now // MINUTE)
        passed[minute] = passed.get(minute, 0) + spent(limits, tenant, "key:a", times)
    assert max(passed.values(), default=0) <= 8


def test_the_caller_is_told_what_is_left() -> None:
    limits = RateLimits(Minutes())
    tenant = a_tenant("kyoto", quotas=QUOTAS)
    first = limits.spend(tenant, "key:a", anonymous=False)
    second = limits.spend(tenant, "key:a", anonymous=False)
    assert (first.limit, first.remaining, second.remaining) == (8, 7, 6)
    assert second.headers() == {"RateLimit-Limit": "8", "RateLimit-Remaining": "6", "RateLimit-Reset": "60"}


def test_a_subject_names_service_tenant_entity_verb_and_version() -> None:
    assert nats_subject(ResidentRegistered.TYPE, "kyoto") == "evt.intake.kyoto.resident.registered.v1"
    assert nats_subject(ResidentRegistered.TYPE) == "evt.intake.*.resident.registered.v1"
    for wrong in ("", "banso.intake.resident.v1", "banso.intake.resident.registered.v0", "x.y.z.a.v1"):
        with pytest.raises(ValueError, match="not an event type"):
            nats_subject(wrong)


def test_an_event_carries_the_trace_of_the_work_in_hand() -> None:
    with tracing(Trace("corr-1", "cause-1", "00-" + "a" * 32 + "-" + "b" * 16 + "-01")):
        acting_as("staff:sample")
        [event] = envelop([PAYLOAD], source="/intake", tenant="kyoto", subject="res_1", sequence=3, now=NOW)
    assert (event.correlationid, event.causationid, event.actor) == ("corr-1", "cause-1", "staff:sample")
    assert decode(event.encode()) == event
    headers = event.headers()
    assert (headers["Nats-Msg-Id"], headers["ce-sequence"], headers["ce-tenantid"]) == (
        event.id,
        "3",
        "kyoto",
    )
    assert headers["traceparent"] == event.traceparent


def test_a_copy_of_an_event_says_what_it_is_and_not_what_the_original_was() -> None:
    [event] = envelop([PAYLOAD], source="/intake", tenant="kyoto", subject="res_1", sequence=1, now=NOW)
    assert b"res_1" in event.encode()
    assert decode(event.model_copy(update={"subject": "res_2"}).encode()).subject == "res_2"


def test_outside_of_any_request_work_starts_a_trace_of_its_own() -> None:
    assert current().correlation_id != current().correlation_id
    assert current().actor == "system"


@given(st.binary() | st.text().map(str.encode))
def test_what_is_no_event_is_poison_and_nothing_else(body: bytes) -> None:
    with pytest.raises(Poison):
        decode(body)


def test_poison_names_the_fields_and_never_their_values() -> None:
    [event] = envelop([PAYLOAD], source="/intake", tenant="kyoto", subject="res_1", sequence=1, now=NOW)
    wrong = event.model_copy(update={"data": {"resident_id": 7, "channel": "山田太郎"}})
    with pytest.raises(Poison) as caught:
        read(wrong, ResidentRegistered)
    assert "channel: literal_error" in caught.value.reason
    assert "山田" not in caught.value.reason
