"""How the ground changes: hours, leave, rooms, daily limits, buffers."""

from datetime import date, datetime, timedelta
from typing import Any

from tests.integration.booking.life.chance import Chance
from tests.integration.booking.life.changing import Changing
from tests.integration.booking.life.ground import CHANNELS, PATTERN, PATTERNS
from tests.integration.booking.life.model import Interval, Kept, Person, Town, at, overlap
from tests.integration.booking.life.shapes import counsellor_body, room_body, wish_of

EXCEPTIONS = [[], [(1380, 1500)], [(0, 60), (1410, 1530)], [(0, 1440)]]
PARTS: list[tuple[int, int] | None] = [None, (0, 60), (1410, 1470), (1440, 1500), (540, 1320)]
ROOMS = [["face_to_face"], ["online"], ["online", "face_to_face", "telephone"]]
CAPS = [None, 1, 2]


class Declaring(Changing):
    def a_counsellor_begins(self, chance: Chance, here: Town) -> None:
        if len(here.people) < 4:
            channels = chance.one([CHANNELS, CHANNELS[:1], CHANNELS[1:]], "channels")
            self.add_counsellor(here, chance.one(PATTERN, "pattern"), channels)

    def hours_change(self, chance: Chance, here: Town) -> None:
        def change(person: Person) -> None:
            person.weekly, person.cap = PATTERNS[chance.one(PATTERN, "pattern")], chance.one(CAPS, "cap")
            person.works_holidays = chance.either("works on holidays")
            person.active = chance.one([True, True, True, False], "active")

        self._put(chance, here, change)

    def a_day_is_different(self, chance: Chance, here: Town) -> None:
        spans = chance.one(EXCEPTIONS, "spans")
        day = here.today(self.now) + timedelta(days=chance.between(0, 4, "later"))
        self._put(chance, here, lambda person: person.exceptions.update({day: spans}))

    def _put(self, chance: Chance, town: Town, change: Any) -> None:
        known = chance.one(list(town.people.values()), "counsellor")
        person = Person(**{**vars(known), "exceptions": dict(known.exceptions)})
        change(person)
        answer = self.ask(town, None, "PUT", f"/counsellors/{person.id}", counsellor_body(person))
        assert answer.status in (200, 422), answer  # 422: these hours overlap one another
        if answer.status == 200:
            town.people[person.id] = person

    def leave_is_taken(self, chance: Chance, here: Town) -> None:
        part = chance.one(PARTS, "part")
        later, days = chance.between(0, 3, "later"), chance.between(0, 1, "days")
        person = chance.one(list(here.people.values()), "counsellor")
        first = here.today(self.now) + timedelta(days=later)
        last = first + timedelta(days=days)
        body: dict[str, Any] = {"from_date": str(first), "to_date": str(last)}
        if part:
            body |= {"from_minute": part[0], "to_minute": part[1]}
        away = _away(first, last, part)
        touched = {a.id for a in self.lying_in(here, person, away)}
        path = f"/counsellors/{person.id}/leaves"
        preview = self.ask(here, None, "POST", f"{path}/preview", body)
        answer = self.ask(here, None, "POST", path, body, again=chance.either("again"))
        assert answer.status == 201, answer
        for told in (preview.body, answer.body):
            assert {row["appointment_id"] for row in told["touches"]} == touched
        leave = answer.body["leave"]
        assert tuple(datetime.fromisoformat(leave[end]) for end in ("starts_at", "ends_at")) == away
        person.leaves[leave["id"]] = away

    def leave_ends(self, chance: Chance, here: Town) -> None:
        found = self._leaves(here)
        if not found:
            return
        person, leave = chance.one(found, "leave")
        path = f"/counsellors/{person.id}/leaves/{leave}"
        assert self.ask(here, None, "DELETE", path).status == 204
        del person.leaves[leave]

    def others_take_what_lies_in_a_leave(self, chance: Chance, here: Town) -> None:
        found = self._leaves(here)
        if not found:
            return
        person, leave = chance.one(found, "leave")
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

    def a_room_opens(self, chance: Chance, here: Town) -> None:
        if len(here.rooms) < 3:
            self.add_room(here, chance.one(ROOMS, "channels"))

    def a_room_closes_or_opens_again(self, chance: Chance, here: Town) -> None:
        if not here.rooms:
            return
        room = chance.one(list(here.rooms.values()), "room")
        room.active = not room.active
        assert self.ask(here, None, "PUT", f"/rooms/{room.id}", room_body(room)).status == 200

    def terms_change(self, chance: Chance, here: Town) -> None:
        changed = {
            "buffer_minutes": chance.one([0, 15, 30], "buffer"),
            "resident_daily_cap": chance.one(CAPS, "cap"),
            "minimum_notice_minutes": chance.one([0, 60], "notice"),
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
