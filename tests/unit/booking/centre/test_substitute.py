"""Whom hours that have become free are offered to."""

from services.booking.centre.shift import Shift
from services.booking.centre.substitute import Offer, candidates, has_room, offer_until, worth_offering
from services.booking.centre.worker import Worker
from tests.unit.booking.centre.builders import centre, shift, station, stretch, tokyo, worker

FREED = shift(9, state="absent")


def order(workers: list[Worker], shifts: dict[str, list[Shift]], asked: tuple[str, ...] = ()) -> list[str]:
    found = candidates(FREED, workers, centre(), lambda r: shifts.get(r, []), asked)
    return [w.resident_id for w in found]


def more(name: str, **limits: object) -> Worker:
    return worker(name, wishes_more=True, **limits)


def test_only_those_are_asked_who_wish_for_more_may_sit_there_and_have_room() -> None:
    workers = [
        worker("res_content"),
        more("res_a"),  # whose shift it was
        more("res_elsewhere", stations=("stn_z",)),
        more("res_full", max_days=1),
        more("res_long_day", max_minutes=180),
        more("res_asked"),
        more("res_fits"),
    ]
    shifts = {"res_full": [shift(7)], "res_long_day": [shift(9, 720, 840)]}
    assert order(workers, shifts, ("res_asked",)) == ["res_fits"]


def test_who_has_planned_least_of_what_they_could_work_comes_first() -> None:
    workers = [more("res_b"), more("res_c"), more("res_d")]
    shifts = {"res_b": [shift(7), shift(8)], "res_c": [shift(7)], "res_d": [shift(7)]}
    assert order(workers, shifts) == ["res_c", "res_d", "res_b"]


def test_an_absence_leaves_room() -> None:
    assert has_room(worker(max_days=1), stretch(9, 600, 720), [shift(7, state="absent")])
    assert not has_room(worker(max_days=1), stretch(9, 600, 720), [shift(7)])
    assert not has_room(worker(max_minutes=300), stretch(9, 60, 180), [shift(8, 1440, 1560)])


def test_nobody_is_asked_for_a_shift_at_home_or_one_that_has_begun() -> None:
    assert worth_offering(FREED, tokyo(9, 9))
    assert not worth_offering(FREED, tokyo(9, 10))
    assert not worth_offering(shift(9, state="absent", station_id=None), tokyo(9, 9))
    assert not worth_offering(shift(9, state="late"), tokyo(9, 9))
    gone = candidates(FREED, [more("res_b")], centre(station("stn_z")), lambda _: [], ())
    assert gone == []


def test_an_offer_never_outlasts_the_beginning_of_the_shift() -> None:
    assert offer_until(FREED, 30, tokyo(9, 9)) == tokyo(9, 9, 30)
    assert offer_until(FREED, 30, tokyo(9, 9, 50)) == tokyo(9, 10)
    offer = Offer(("res_b",), "res_b", tokyo(9, 9, 30))
    assert offer.open_to("res_b", tokyo(9, 9, 29))
    assert not offer.open_to("res_b", tokyo(9, 9, 30))
    assert not offer.open_to("res_c", tokyo(9, 9))
