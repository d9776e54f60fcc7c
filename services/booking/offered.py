"""What counsellors really offer of whole service days: their hours less their absences, in minutes."""

from datetime import date, timedelta, tzinfo

from services.booking.cells import CELL_MINUTES, cell_number, span_bits
from services.booking.hours import Hours
from services.booking.service_day import instant


def offered_minutes(hours: Hours, first_day: date, days: int, zone: tzinfo) -> int:
    """Open minutes of `days` service days from `first_day` on: what the hours of these days say, past midnight too, less absences."""
    base, bits = cell_number(instant(first_day, 0, zone)), 0
    for n in range(days):
        day = first_day + timedelta(days=n)
        for span in hours.on(day):
            starts, ends = instant(day, span.start_minute, zone), instant(day, span.end_minute, zone)
            bits |= span_bits(base, cell_number(starts), cell_number(ends))
    for absence in hours.absences:
        bits &= ~span_bits(base, *absence.cells)
    return bits.bit_count() * CELL_MINUTES
