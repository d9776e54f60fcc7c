"""The figures as tables."""

from collections.abc import Sequence

from tests.bench.contestants import BARE_FLOOR, BROKER, DATABASE, EFFECTS, FLOOR, LOAD, REGISTERING, SPINE
from tests.bench.figures import median, number, ratio_of_pairs, table
from tests.bench.layers import Layer
from tests.bench.rounds import Series, of_rounds

TARGET = 0.7
ABOUT = f"""\
{FLOOR}: the same database and broker operations in the same number of processes, written as plainly as possible behind a bare ASGI
endpoint of the same server. It inserts the resident with its pending event, publishes in windows, archives, pulls; the timeline's
consumer and the effect's consumer commit inbox and effects in one transaction a batch and acknowledge. Same driver, durability, indexes,
document sizes, batches and event loop. It leaves out routing, validation, authentication, tenants, limits, idempotency, correlation,
metrics, logs, error types, retries, dead letters, sweeps and health.
{BARE_FLOOR}: the same, the load running inside the registering process.
{SPINE}: the services intake and matching as `make up` starts them, POST /intake/v1/residents with an API key and an Idempotency-Key;
the effect is the resident in matching's database. An effect counts once its consumer has acknowledged, after the commit.
Rounds alternate; every figure is a median over rounds, every ratio a median of neighbouring rounds' ratios."""


def text(all_series: Sequence[Series], layers: Sequence[Layer], rate: float) -> str:
    """Everything that is printed."""
    series = {one.name: one for one in all_series}
    parts = [
        ("At full speed, 32 keep-alive connections", _throughput(series)),
        (f"At an even {rate:.0f} registrations a second", _latency(series)),
        ("Processor time per registration, microseconds", _processes(series)),
        ("Inside the registering process, without sockets and writes, microseconds", _layers(layers)),
    ]
    verdict = _verdict(series)
    return "\n\n".join([*(f"{title}\n\n{body}" for title, body in parts), ABOUT, verdict])


def _throughput(series: dict[str, Series]) -> str:
    heads = ("", "requests/s", "ratio to floor", "events/s", "ratio to floor", "effect ms p50", "p99")
    return table(heads, [_throughput_row(one, series[FLOOR]) for one in series.values()])


def _throughput_row(one: Series, floor: Series) -> list[str]:
    requests, events = ratios(one, floor)
    return [
        one.name,
        number(median(one.requests_per_second)),
        number(requests, 2),
        number(median(one.events_per_second)),
        number(events, 2),
        number(of_rounds(one.full_effect_ms, 0.5)),
        number(of_rounds(one.full_effect_ms, 0.99)),
    ]


def ratios(one: Series, base: Series) -> tuple[float, float]:
    """(requests, events) of `one` as shares of `base`."""
    return (
        ratio_of_pairs(one.requests_per_second, base.requests_per_second),
        ratio_of_pairs(one.events_per_second, base.events_per_second),
    )


def _latency(series: dict[str, Series]) -> str:
    heads = ("", "answer ms p50", "p99", "request to effect ms p50", "p99")
    rows = [
        [one.name, *(number(of_rounds(ms, share), 1) for ms in _paced(one) for share in (0.5, 0.99))]
        for one in series.values()
    ]
    return table(heads, rows)


def _paced(one: Series) -> tuple[list[list[float]], list[list[float]]]:
    return one.paced_answer_ms, one.paced_effect_ms


def _processes(series: dict[str, Series]) -> str:
    heads = ("", *series, f"{SPINE} - {FLOOR}")
    rows = []
    for part in (REGISTERING, EFFECTS, DATABASE, BROKER, LOAD):
        used = {name: median(one.cpu.get(part, [])) for name, one in series.items()}
        rows.append([part, *map(number, used.values()), number(used[SPINE] - used[FLOOR])])
    whole = {name: sum(median(values) for values in one.cpu.values()) for name, one in series.items()}
    rows.append(["in all", *map(number, whole.values()), number(whole[SPINE] - whole[FLOOR])])
    return table(heads, rows)


def _layers(layers: Sequence[Layer]) -> str:
    rows = [[layer.name, number(layer.hot), number(layer.cold)] for layer in layers]
    rows.append(["in all", number(sum(one.hot for one in layers)), number(sum(one.cold for one in layers))])
    return table(("", "caches hot", "caches cold"), rows)


def _verdict(series: dict[str, Series]) -> str:
    requests, events = ratios(series[SPINE], series[FLOOR])
    bare_requests, bare_events = ratios(series[SPINE], series[BARE_FLOOR])
    kept = "kept" if min(requests, events) >= TARGET else "MISSED"
    return (
        f"{SPINE} / {FLOOR}: requests {requests:.2f}, events {events:.2f} "
        f"(target {TARGET}: {kept}); / {BARE_FLOOR}: requests {bare_requests:.2f}, events {bare_events:.2f}"
    )
