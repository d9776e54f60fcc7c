"""Short rounds that alternate between the contestants, so that whatever else the machine does meets all of them alike."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from tests.bench import cpu
from tests.bench.contestants import LOAD, REGISTERING, Contestant
from tests.bench.figures import median, percentile
from tests.bench.load import Outcome


@dataclass
class Series:
    """What one contestant did, round by round. `cpu` is in microseconds per registration and process."""

    name: str
    requests_per_second: list[float] = field(default_factory=list)
    events_per_second: list[float] = field(default_factory=list)
    full_effect_ms: list[list[float]] = field(default_factory=list)
    paced_answer_ms: list[list[float]] = field(default_factory=list)
    paced_effect_ms: list[list[float]] = field(default_factory=list)
    cpu: dict[str, list[float]] = field(default_factory=dict)


def full_speed(
    contestants: Sequence[Contestant],
    series: dict[str, Series],
    count: int,
    rounds: int,
    until: float,
    say: Callable[[str], None],
) -> None:
    """Closed loops: how much the whole carries. At least one round; none begins after `until` (`time.monotonic()`)."""
    for number in _numbers(rounds, until):
        for contestant in _rotated(contestants, number):
            before = _cpu(contestant)
            outcome = contestant.run(count)
            after = _cpu(contestant)
            one = series[contestant.name]
            one.requests_per_second.append(outcome.requests_per_second)
            one.events_per_second.append(outcome.events_per_second)
            one.full_effect_ms.append(outcome.effect_ms)
            _note_cpu(one, before, after, outcome, contestant)
            say(
                f"round {number + 1}  {contestant.name}: {outcome.requests_per_second:.0f} requests/s, "
                f"{outcome.events_per_second:.0f} events/s"
            )


def paced(
    contestants: Sequence[Contestant],
    series: dict[str, Series],
    rate: float,
    count: int,
    rounds: int,
    until: float,
    say: Callable[[str], None],
) -> None:
    """Even arrivals well below what the whole carries: how long one takes. Ends like `full_speed`."""
    for number in _numbers(rounds, until):
        for contestant in _rotated(contestants, number):
            outcome = contestant.run(count, rate)
            one = series[contestant.name]
            one.paced_answer_ms.append(outcome.answer_ms)
            one.paced_effect_ms.append(outcome.effect_ms)
            say(
                f"round {number + 1}  {contestant.name} at {rate:.0f}/s: "
                f"effect after {percentile(outcome.effect_ms, 0.5):.1f} ms (p50)"
            )


def of_rounds(rounds: Sequence[Sequence[float]], share: float) -> float:
    """The median over the rounds of each round's percentile."""
    return median([percentile(values, share) for values in rounds])


def _numbers(rounds: int, until: float) -> Iterator[int]:
    for number in range(rounds):
        if number and time.monotonic() > until:
            return
        yield number


def _rotated(contestants: Sequence[Contestant], number: int) -> list[Contestant]:
    first = number % len(contestants)
    return [*contestants[first:], *contestants[:first]]


def _cpu(contestant: Contestant) -> dict[str, float | None]:
    return {name: cpu.seconds(pid) for name, pid in contestant.pids.items()}


def _note_cpu(
    series: Series,
    before: dict[str, float | None],
    after: dict[str, float | None],
    outcome: Outcome,
    contestant: Contestant,
) -> None:
    registered = outcome.count + contestant.plan.warm
    for name, start in before.items():
        end = after[name]
        if start is not None and end is not None:
            series.cpu.setdefault(name, []).append((end - start) / registered * 1e6)
    by = REGISTERING if contestant.drives_itself else LOAD
    series.cpu.setdefault(by, []).append(outcome.cpu / outcome.count * 1e6)
