"""Rules by which the ground changes: hours, leave, rooms, daily limits, buffers."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.integration.booking.life.changing import Changing
from tests.integration.booking.life.ground import (
    AGAIN,
    CHANNELS,
    PATTERN,
    PATTERNS,
    TOWNS,
    counsellor_body,
    room_body,
    wish_of,
)
from tests.integration.booking.life.model import Interval, Kept, Person, Room, Town, at, overlap

EXCEPTIONS = st.sampled_from([[], [(1380, 1500)], [(0, 60), (1410, 1530)], [(0, 1440)]])
CAPS = st.sampled_from([None, 1, 2])


class Declaring(Changing):
    @rule(town=TOWNS, pattern=PATTERN, channels=st.sampled_from([CHANNELS, CHANNELS[:1], CHANNELS[1:]]))
    def a_counsellor_begins(self, town: int, pattern: str, channels: list[str]) -> None:
        if len(self.towns[town].people) < 4:
            self.add_counsellor(self.towns[town], pattern, channels)

    @rule(data=st.data(), town=TOWNS, pattern=PATTERN, cap=CAPS, holidays=st.booleans())
    def hours_change(self, data: Any, town: int, pattern: str, cap: int | None, holidays: bool) -> None:
        def change(person: Person) -> None:
            person.weekly, person.cap, person.works_holidays = PATTERNS[pattern], cap, holidays
            person.active = data.draw(st.sampled_from([True, True, True, False]), "active")

        self._put(data, self.towns[town], change)

    @rule(data=st.data(), town=TOWNS, later=st.integers(0, 4), spans=EXCEPTIONS)
    def a_day_is_different(self, data: Any, town: int, later: int, spans: list[tuple[int, int]]) -> None:
        here = self.towns[town]
        day = here.today(self.now) + timedelta(days=later)
        self._put(data, here, lambda person: person.exceptions.update({day: spans}))

    def _put(self, data: Any, town: Town, change: Any) -> None:
        known = data.draw(st.sampled_from(list(town.people.values())), "counsellor")
        person = Person(**{**vars(known), "exceptions": dict(known.exceptions)})
        change(person)
        answer = self.ask(town, None, "PUT", f"/counsellors/{person.id}", counsellor_body(person))
        assert answer.status in (200, 422), answer  # 422: these hours overlap one another
        if answer.status == 200:
            town.people[person.id] = person

    @rule(
        data=st.data(),
        town=TOWNS,
        later=st.integers(0, 3),
        days=st.integers(0, 1),
        part=st.sampled_from([None, (0, 60), (1410, 1470), (1440, 1500), (540, 1320)]),
        again=AGAIN,
    )
    def leave_is_taken(
        self, data: Any, town: int, later: int, days: int, part: tuple[int, int] | None, again: bool
    ) -> None:
        here = self.towns[town]
        person = data.draw(st.sampled_from(list(here.people.values())), "counsellor")
        first = here.today(self.now) + timedelta(days=later)
        last = first + timedelta(days=days)
        body: dict[str, Any] = {"from_date": str(first), "to_date": str(last)}
        if part:
            body |= {"from_minute": part[0], "to_minute": part[1]}
        away = _away(first, last, part)
        touched = {a.id for a in self.lying_in(here, person, away)}
        path = f"/counsellors/{person.id}/leaves"
        preview = self.ask(here, None, "POST", f"{path}/preview", body)
        answer = self.ask(here, None, "POST", path, body, again=again)
        assert answer.status == 201, answer
        for told in (preview.body, answer.body):
            assert {row["appointment_id"] for row in told["touches"]} == touched
        leave = answer.body["leave"]
        assert tuple(datetime.fromisoformat(leave[end]) for end in ("starts_at", "ends_at")) == away
        person.leaves[leave["id"]] = away

    @rule(data=st.data(), town=TOWNS)
    def leave_ends(self, data: Any, town: int) -> None:
        found = self._leaves(self.towns[town])
        if not found:
            return
        person, leave = data.draw(st.sampled_from(found), "leave")
        path = f"/counsellors/{person.id}/leaves/{leave}"
        assert self.ask(self.towns[town], None, "DELETE", path).status == 204
        del person.leaves[leave]

    @rule(data=st.data(), town=TOWNS)
    def others_take_what_lies_in_a_leave(self, data: Any, town: int) -> None:
        here = self.towns[town]
        found = self._leaves(here)
        if not found:
            return
        person, leave = data.draw(st.sampled_from(found), "leave")
        touched = self.lying_in(here, person, person.leaves[leave])
        path = f"/counsellors/{person.id}/leaves/{leave}/reassign"
        answer = self.ask(here, None, "POST", path)
        assert answer.status == 200, answer
        told = {row["appointment_id"]: row for row in answer.body["done"] + answer.body["left"]}
        assert told.keys() == {kept.id for kept in touched}
        for kept in touched:
            self._reassigned(here, kept, told[kept.id])

    def _reassigned(self, town: Town, kept: Kept, told: Any) -> None:
        wish = kept.wish
        could = town.who_could(wish, kept.resident, self.now, staff=True, moving=kept)
        if told["problem"] is not None:
            stands = self.not_to_come(kept).must
            others = [person for person in could if person != wish.counsellor]
            assert stands or not others, f"{told}: {others} could have taken it"
            return
        assert told["counsellor_id"] != wish.counsellor
        row = self.world.run(self.world.appointments(town))[kept.id]
        moved = wish_of(row)
        assert (moved.day, moved.minute, moved.minutes) == (wish.day, wish.minute, wish.minutes)
        assert not town.refusals(moved, kept.resident, self.now, staff=True, moving=kept).must
        self.comes_to(town, kept, row)

    @rule(town=TOWNS, channels=st.sampled_from([["face_to_face"], ["online"], ["face_to_face", "telephone"]]))
    def a_room_opens(self, town: int, channels: list[str]) -> None:
        here = self.towns[town]
        if len(here.rooms) < 3:
            room = Room("", channels)
            room.id = self.ask(here, None, "POST", "/rooms", room_body(room)).body["id"]
            here.rooms[room.id] = room

    @rule(data=st.data(), town=TOWNS)
    def a_room_closes_or_opens_again(self, data: Any, town: int) -> None:
        here = self.towns[town]
        if not here.rooms:
            return
        room = data.draw(st.sampled_from(list(here.rooms.values())), "room")
        room.active = not room.active
        assert self.ask(here, None, "PUT", f"/rooms/{room.id}", room_body(room)).status == 200

    @rule(town=TOWNS, buffer=st.sampled_from([0, 15, 30]), cap=CAPS, notice=st.sampled_from([0, 60]))
    def terms_change(self, town: int, buffer: int, cap: int | None, notice: int) -> None:
        here = self.towns[town]
        changed = {
            "buffer_minutes": buffer,
            "resident_daily_cap": cap,
            "minimum_notice_minutes": notice,
        }
        self.world.declare(here, here.terms.model_copy(update=changed))

    def lying_in(self, town: Town, person: Person, away: Interval) -> list[Kept]:
        """Appointments that are to come and share time with the interval, in order of time."""
        found = [
            a
            for a in town.kept.values()
            if a.wish.counsellor == person.id
            and a.state in ("held", "confirmed")
            and overlap(a.wish.time, away)
        ]
        return sorted(found, key=lambda a: (a.wish.time[0], a.id))

    def _leaves(self, town: Town) -> list[tuple[Person, str]]:
        return [(person, leave) for person in town.people.values() for leave in person.leaves]


def _away(first: date, last: date, part: tuple[int, int] | None) -> Interval:
    """Whole service days leave the night before alone: 6:00 to 30:00."""
    begins, ends = part or (360, 1800)
    return at(first, begins), at(last, ends)
