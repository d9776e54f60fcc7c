"""What goes in and out over HTTP: ledgers, forecasts, commitments, pay."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from fastapi import Response
from pydantic import BaseModel, Field

from services.booking.centre.capacity import Ledger
from services.booking.centre.pay import Statement, as_csv
from services.booking.centre.worker import Centre, Guide
from services.booking.routes.shapes import Body
from services.booking.working.reviewing import Capacity


class LedgerOut(BaseModel):
    """Minutes. `ratio` is planned to theoretical; `open` were worked, but nobody has confirmed them yet."""

    month: str = Field(examples=["2026-12"])
    theoretical: int
    planned: int
    actual: int
    open: int
    committed: int
    free: int
    ratio: float | None

    @classmethod
    def of(cls, month: date, ledger: Ledger) -> Self:
        return cls(
            month=f"{month:%Y-%m}",
            theoretical=ledger.theoretical,
            planned=ledger.planned,
            actual=ledger.actual,
            open=ledger.open,
            committed=ledger.committed,
            free=ledger.free,
            ratio=None if ledger.ratio is None else round(ledger.ratio, 3),
        )


class WeekCapacityOut(BaseModel):
    """`expected`: nothing is planned for that week yet, and `planned` is what the weeks before let expect."""

    monday: date
    planned: int
    committed: int
    free: int
    expected: bool


class CapacityOut(BaseModel):
    """This month and the next, this week and the three after it."""

    guide: Guide
    guide_ratio: float
    months: list[LedgerOut]
    weeks: list[WeekCapacityOut]

    @classmethod
    def of(cls, centre: Centre, capacity: Capacity) -> Self:
        return cls(
            guide=centre.guide,
            guide_ratio=centre.guide_ratio,
            months=[LedgerOut.of(month, ledger) for month, ledger in capacity.months],
            weeks=[WeekCapacityOut.model_validate(w, from_attributes=True) for w in capacity.weeks],
        )


class WorkerCapacityOut(CapacityOut):
    resident_id: str


class CentreCapacityOut(CapacityOut):
    workers: list[WorkerCapacityOut]


class CommitmentBody(Body):
    monday: date = Field(examples=["2026-12-07"])
    minutes: int = Field(ge=0, le=10_080)


class CommitmentsBody(Body):
    """Replaces what staff have said before; what matching's orders hold is counted by itself, and added."""

    weeks: list[CommitmentBody] = Field(max_length=60)


class PayLineOut(BaseModel):
    """`sure` false: nobody has confirmed the minutes yet, and they are not in the totals."""

    service_date: date
    label: str
    place: str
    minutes: int
    rate: int
    yen: float
    sure: bool


class PayOut(BaseModel):
    """Only `yen`, the month's total, is rounded: half a yen and more up."""

    resident_id: str
    month: str
    minutes: int
    open_minutes: int
    yen: int
    lines: list[PayLineOut]

    @classmethod
    def of(cls, found: Statement) -> Self:
        lines = [
            PayLineOut(
                service_date=line.service_date,
                label=line.label,
                place=line.place,
                minutes=line.minutes,
                rate=line.rate,
                yen=round(float(line.amount), 2),
                sure=line.sure,
            )
            for line in found.lines
        ]
        return cls(
            resident_id=found.resident_id,
            month=f"{found.month:%Y-%m}",
            minutes=found.minutes,
            open_minutes=found.open_minutes,
            yen=found.yen,
            lines=lines,
        )


def pay_file(statements: Iterable[Statement], month: str) -> Response:
    """Statements of `month` ("2026-12") as a file for spreadsheets (UTF-8 with a byte order mark)."""
    name = f"attachment; filename=pay-{month}.csv"
    return Response(
        as_csv(statements), media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name}
    )
