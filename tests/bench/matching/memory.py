"""What one municipality takes in each process: its offers in memory with everything made of them, and its model."""

import tracemalloc

from services.matching.shelf import Shelf
from tests.bench.matching.report import Report
from tests.bench.matching.serving import a_model, some_offers

SIZES = (3_000, 10_000, 100_000)


def report(_: int) -> Report:
    found = {f"{size:,} offers": of_offers(size) for size in SIZES}
    model = a_model()
    found["model"] = (model.memory if model else 0) / 2**20
    return Report(
        "memory of one municipality in each process",
        [f"{name:14} {mebibytes:8.1f} MiB" for name, mebibytes in found.items()],
        found,
    )


def of_offers(count: int) -> float:
    """Mebibytes."""
    tracemalloc.start()
    shelf = Shelf(some_offers(count))
    columns = shelf.columns
    columns.standings(columns.norms)
    _ = columns.snapshot(), columns.row_of, columns.open_by_company
    taken = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return taken / 2**20
