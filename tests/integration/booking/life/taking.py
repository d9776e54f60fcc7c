"""How time is taken: held, booked by staff, booked as a series; and requests that come again."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import note

from tests.integration.booking.life.chance import Chance
from tests.integration.booking.life.ground import Ground
from tests.integration.booking.life.model import Kept, Refusals, Town, Wish
from tests.integration.booking.life.shapes import shown


class Taking(Ground):
    def hold(self, chance: Chance, town: Town) -> None:
        self.take(chance, town, staff=False)

    def staff_book(self, chance: Chance, town: Town) -> None:
        self.take(chance, town, staff=True)

    def take_with_anybody(self, chance: Chance, town: Town) -> None:
        """Banso chooses who it will be."""
        self.take(chance, town, staff=chance.either("staff"), anybody=True)

    def take(self, chance: Chance, town: Town, *, staff: bool, anybody: bool = False) -> None:
        wish = self.wish(chance, town, anybody=anybody)
        resident = chance.one(town.residents, "resident")
        if anybody:
            true = self.true_of_anybody(town, wish, resident, staff=staff)
        else:
            true = town.refusals(wish, resident, self.now, staff=staff)
        body = wish.body() | ({"resident_id": resident} if staff else {})
        path, asker = ("/appointments", None) if staff else ("/me/appointments", resident)
        answer = self.ask(town, asker, "POST", path, body, again=chance.either("again"))
        if self.granted(answer, true, town=town, resident=resident, staff=staff):
            assert not town.refusals(shown_wish(answer.body), resident, self.now, staff=staff).must
            self.appointment_of(town, answer.body, resident, "confirmed" if staff else "held")

    def true_of_anybody(
        self, town: Town, wish: Wish, resident: str, *, staff: bool, moving: Kept | None = None
    ) -> Refusals:
        """When Banso chooses, staff too choose within the horizon: beyond it they name somebody."""
        people = [replace(wish, counsellor=person) for person in town.people]
        asked_as = [town.refusals(w, resident, self.now, staff=staff, moving=moving) for w in people]
        said = {"nobody-free"}.union(*(found.all for found in asked_as))
        if not town.who_could(wish, resident, self.now, staff=staff, moving=moving):
            return Refusals(said)
        return Refusals(set(), set() if town.in_horizon(wish.day, self.now) else said)

    def a_key_comes_with_another_body(self, chance: Chance, town: Town) -> None:
        found = [(asked, made) for asked, made in self.acknowledged if asked.path == "/me/appointments"]
        if not found:
            return
        asked, _ = chance.one(found, "request")
        other = replace(asked, body=self.wish(chance, town).body() | {"channel": "online", "minutes": 45})
        answer = self.world.ask(other, self.now)
        assert (answer.status, answer.slug) in ((409, "idempotency-conflict"), (404, "not-found")), answer

    def a_request_comes_again(self, chance: Chance, town: Town) -> None:
        """Much later, it may be: it changes nothing, and is answered with what is so now."""
        if not self.acknowledged:
            return
        moves = [found for found in self.acknowledged if found[0].path.endswith("/move")]
        among = moves if moves and chance.either("a move") else self.acknowledged
        asked, made = among[chance.between(0, len(among) - 1, "request")]
        note(f"    {asked}, which made or changed {made}")
        answer = self.world.ask(asked, self.now)
        assert answer.status < 300, f"{asked}: {answer}"
        assert shown(answer.body)[3] == asked.town.kept[made].state

    def book_a_series(self, chance: Chance, here: Town) -> None:
        count, chosen = chance.between(2, 3, "count"), chance.either("somebody is named")
        wish = self.wish(chance, here, anybody=not chosen)
        resident = chance.one(here.residents, "resident")
        body = wish.body() | {"resident_id": resident, "count": count}
        body["first_date"] = body.pop("service_date")
        dates = [replace(wish, day=wish.day + timedelta(weeks=n)) for n in range(count)]
        people = [wish.counsellor] if wish.counsellor else list(here.people)
        ways = {
            str(p): [here.refusals(replace(d, counsellor=p), resident, self.now, staff=True) for d in dates]
            for p in people
        }
        answer = self.ask(here, None, "POST", "/series", body, again=chance.either("again"))
        if answer.status == 201:
            way = ways[answer.body["counsellor_id"]]
            assert not any(found.must for found in way), f"booked although {way}"
            for row in answer.body["appointments"]:
                self.appointment_of(here, row, resident, "confirmed")
        elif answer.slug == "series-blocked":
            self._blocked(answer.body["dates"], dates, list(ways.values()))
        else:
            assert not chosen and answer.slug in self.true_of_anybody(here, wish, resident, staff=True).all

    def _blocked(self, told: Any, dates: list[Wish], ways: list[list[Refusals]]) -> None:
        """What is told is how it is with one of those who could be asked, and nobody could have had all dates."""
        named = {row["service_date"]: row["problem"] for row in told}
        assert named
        fits = []
        for way in ways:
            blocked = {str(d.day): found.must for d, found in zip(dates, way, strict=True) if found.must}
            assert blocked or len(ways) > 1
            fits.append(blocked.keys() == named.keys() and all(named[d] in blocked[d] for d in blocked))
        assert any(fits), f"{named}, true is {ways}"

    def cancel_the_rest_of_a_series(self, chance: Chance, here: Town) -> None:
        part = self.one(chance, here, lambda kept: kept.series is not None)
        if part is None:
            return
        from_date = here.today(self.now) + timedelta(days=chance.between(0, 10, "later"))
        body = {"from_date": str(from_date)}
        answer = self.ask(here, None, "POST", f"/series/{part.series}/cancel", body, again=True)
        assert answer.status == 200, answer
        for kept in here.kept.values():
            if kept.series == part.series and kept.wish.day >= from_date and kept.state == "confirmed":
                kept.state, kept.cancelled_by = "cancelled", "staff"
                kept.version += 1

    def a_counsellor_of_the_other_town_cannot_be_had(self, chance: Chance, town: Town) -> None:
        other = next(t for t in self.towns if t is not town)
        wish = self.wish(chance, other)
        answer = self.ask(town, town.residents[0], "POST", "/me/appointments", wish.body())
        assert answer.status in (404, 409), answer


def shown_wish(body: Any) -> Wish:
    wish: Wish = shown(body)[0]
    return wish
