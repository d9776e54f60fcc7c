"""The report states whether the target was kept."""

from tests.bench.contestants import BARE_FLOOR, EFFECTS, FLOOR, REGISTERING, SPINE
from tests.bench.layers import Layer
from tests.bench.report import text
from tests.bench.rounds import Series


def a_series(name: str, requests: float, events: float) -> Series:
    return Series(
        name,
        requests_per_second=[requests],
        events_per_second=[events],
        full_effect_ms=[[500.0, 900.0]],
        paced_answer_ms=[[2.0, 3.0]],
        paced_effect_ms=[[10.0, 30.0]],
        cpu={REGISTERING: [700.0], EFFECTS: [90.0]},
    )


def reported(requests: float, events: float) -> str:
    series = [
        a_series(BARE_FLOOR, 610, 310),
        a_series(FLOOR, 600, 300),
        a_series(SPINE, requests, events),
    ]
    return text(series, [Layer("bare ASGI endpoint", 9.0, 9.0)], 60)


def test_the_target_is_kept_when_both_shares_reach_it() -> None:
    said = reported(450, 240)
    assert "requests 0.75, events 0.80 (target 0.7: kept)" in said
    assert "60 registrations a second" in said


def test_one_share_below_the_target_is_said() -> None:
    assert "events 0.67 (target 0.7: MISSED)" in reported(450, 200)


def test_processor_time_that_was_not_measured_is_a_dash() -> None:
    broker = next(line for line in reported(450, 240).splitlines() if line.startswith("broker"))
    assert broker.split() == ["broker", "-", "-", "-", "-"]
