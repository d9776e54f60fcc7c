"""The month's statement: minutes worked by the hourly rate of their date.

Rounding: each shift is kept to the hundredth of a yen that minutes give, and only the month's total is rounded, half a yen and more up
(as 昭和63年3月14日 基発150号 allows for wages; these are no wages, but nobody should fare worse). A month is one of service dates: work until
25:00 of the 31st is the 31st's. Shifts whose minutes nobody has confirmed are listed and counted apart, so that none is forgotten.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from services.booking.centre.attendance import confirmed, worked_minutes
from services.booking.centre.capacity import first_of_month
from services.booking.centre.rate import rate_on
from services.booking.centre.shift import Shift
from services.booking.centre.worker import Centre, Worker

BOM = "\ufeff"
HEADER = ("利用者ID", "日付", "時間", "場所", "分", "時給（円）", "金額（円）", "状態")
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula (OWASP, CSV injection)."""


@dataclass(frozen=True)
class Line:
    """One shift. `amount` is exact, in yen. What is not `sure` has `minutes` as planned, and is not paid yet."""

    resident_id: str
    service_date: date
    label: str
    place: str
    minutes: int
    rate: int
    sure: bool

    @property
    def amount(self) -> Fraction:
        return Fraction(self.minutes * self.rate, 60)


@dataclass(frozen=True)
class Statement:
    """One worker's month (its first day)."""

    resident_id: str
    month: date
    lines: tuple[Line, ...]

    @property
    def minutes(self) -> int:
        return sum(line.minutes for line in self.lines if line.sure)

    @property
    def open_minutes(self) -> int:
        return sum(line.minutes for line in self.lines if not line.sure)

    @property
    def yen(self) -> int:
        return rounded(sum((line.amount for line in self.lines if line.sure), Fraction()))


def statement(worker: Worker, centre: Centre, month: date, shifts: Iterable[Shift], today: date) -> Statement:
    """Of the shifts that are over. `month` is its first day. Raises NoRate."""
    lines = []
    for shift in sorted(shifts, key=lambda s: s.stretch):
        day = shift.stretch.service_date
        sure = confirmed(shift)
        if not shift.stands or first_of_month(day) != month or day > today or (not sure and day == today):
            continue
        station = centre.station(shift.station_id) if shift.station_id else None
        place = station.name if station else ("" if shift.station_id else "在宅")
        minutes = worked_minutes(shift) if sure else shift.stretch.minutes
        rate = rate_on(day, worker.rates, centre.rates)
        lines.append(Line(worker.resident_id, day, shift.stretch.label, place, minutes, rate, sure))
    return Statement(worker.resident_id, month, tuple(lines))


def rounded(amount: Fraction) -> int:
    """Whole yen, half a yen and more up."""
    return int(amount + Fraction(1, 2))


def as_csv(statements: Iterable[Statement]) -> str:
    """One row a shift, one sum a worker, one sum of all; with the mark by which spreadsheets know UTF-8. No cell is a formula."""
    out = io.StringIO()
    out.write(BOM)
    rows = csv.writer(out)
    rows.writerow(HEADER)
    total_minutes = total_yen = 0
    for found in statements:
        for line in found.lines:
            amount = f"{float(line.amount):.2f}" if line.sure else ""
            state = "確定" if line.sure else "未確認"
            cells = (
                line.resident_id,
                line.service_date.isoformat(),
                line.label,
                line.place,
                str(line.minutes),
                str(line.rate),
                amount,
                state,
            )
            rows.writerow(plain(cell) for cell in cells)
        month = f"{found.month:%Y-%m}"
        rows.writerow([plain(found.resident_id), month, "", "小計", found.minutes, "", found.yen, ""])
        total_minutes += found.minutes
        total_yen += found.yen
    rows.writerow(["", "", "", "合計", total_minutes, "", total_yen, ""])
    return out.getvalue()


def plain(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell
