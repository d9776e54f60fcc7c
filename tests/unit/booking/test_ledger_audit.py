"""The audit of a pool's ledger: appointments say what was used, and the rows must say the same."""

from datetime import date

from services.booking.audit import ledger_differences
from services.booking.quota import Use

THURSDAY, SUNDAY, MONDAY = date(2026, 12, 3), date(2026, 12, 6), date(2026, 12, 7)
USES = [
    Use("p", "a", THURSDAY, 60),
    Use("p", "a", SUNDAY, 30),
    Use("p", "a", MONDAY, 45),
    Use("p", "b", MONDAY, 60),
]
RIGHT = {("2026-11-30", "a"): 90, ("2026-12-07", "a"): 45, ("2026-12-07", "b"): 60, ("2026-12-07", "c"): 0}


def test_a_ledger_that_says_what_the_appointments_use_has_no_findings() -> None:
    assert list(ledger_differences("p", USES, RIGHT)) == []


def test_minutes_too_many_too_few_and_of_nobody_are_found_with_their_week() -> None:
    wrong = {("2026-11-30", "a"): 60, ("2026-12-07", "a"): 45, ("2026-12-07", "c"): 15}
    found = [(f.kind, f.where, f.detail) for f in ledger_differences("p", USES, wrong)]
    assert found == [
        ("ledger", "p:2026-11-30:a", "60 minutes, not 90"),
        ("ledger", "p:2026-12-07:b", "0 minutes, not 60"),
        ("ledger", "p:2026-12-07:c", "15 minutes, not 0"),
    ]
