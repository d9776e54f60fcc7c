"""How appointments change: confirmed, moved, swapped, cancelled, marked, and run out as time passes."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from shared.errors import Conflict
from shared.idempotency import Command
from tests.integration.booking.life.chance import Chance
from tests.integration.booking.life.model import Kept, Refusals, Town
from tests.integration.booking.life.shapes import shown
from tests.integration.booking.life.taking import Taking
from tests.integration.booking.life.world import Answer


class Changing(Taking):
    def confirm(self, chance: Chance, here: Town) -> None:
        again = chance.either("again")
        kept = self.one(chance, here, lambda a: a.state == "held") or self.one(chance, here)
        if kept and self.do(here, kept, "confirm", self.not_held(kept), by_resident=True, again=again):
            kept.state, kept.held_until = "confirmed", None

    def reaffirm(self, chance: Chance, here: Town) -> None:
        again = chance.either("again")
        kept = self.one(chance, here)
        if kept and self.do(here, kept, "reaffirm", self.not_to_come(kept), by_resident=True, again=again):
            kept.reaffirmed = True

    def cancel(self, chance: Chance, here: Town) -> None:
        by_resident, again = chance.either("by resident"), chance.either("again")
        kept = self.one(chance, here)
        if kept is None:
            return
        true = {"wrong-state"} if kept.state not in ("held", "confirmed") else set()
        if by_resident and self.has_begun(kept):
            true.add("already-started")
        if self.do(here, kept, "cancel", Refusals(true), by_resident=by_resident, again=again):
            self.let_go(kept, "resident" if by_resident else "staff")

    def mark(self, chance: Chance, here: Town) -> None:
        """Attended or missed; and put right when that was wrong."""
        missed_by = chance.one([None, "resident", "counsellor"], "missed by")
        again = chance.either("again")
        kept = self.one(chance, here, self.has_begun) or self.one(chance, here)
        if kept is None:
            return
        allowed = ("confirmed", "attended", "missed") if missed_by else ("confirmed", "missed")
        true = set() if kept.state in allowed else {"wrong-state"}
        true |= set() if self.has_begun(kept) else {"not-started"}
        if kept.state == "missed" and kept.missed_by == missed_by:
            true.add("wrong-state")
        action, body = ("missed", {"by": missed_by}) if missed_by else ("attended", {"note": "見本"})
        if self.do(here, kept, action, Refusals(true), body=body, again=again):
            kept.state, kept.missed_by = action, missed_by

    def move(self, chance: Chance, here: Town) -> None:
        """To another time, and perhaps another counsellor, another way to talk or another length."""
        by_resident, again = chance.either("by resident"), chance.either("again")
        kept = self.one(chance, here, lambda a: a.state == "confirmed") or self.one(chance, here)
        if kept is None:
            return
        wish = self.wish(chance, here)
        for name in ("counsellor", "channel", "minutes"):
            if chance.either(f"same {name}"):
                wish = replace(wish, **{name: getattr(kept.wish, name)})
        true = here.refusals(wish, kept.resident, self.now, staff=not by_resident, moving=kept)
        stands = self.not_to_come(kept).must
        same = wish == kept.wish and kept.buffer == here.terms.buffer_minutes and self.keeps_room(here, kept)
        refusals = Refusals(stands, true.all) if same else Refusals(true.must | stands, true.may)
        answer = self.act(here, kept, "move", wish.body(), by_resident=by_resident, again=again)
        moved = self.granted(
            answer, refusals, town=here, resident=kept.resident, staff=not by_resident, moving=kept
        )
        if moved and same:
            kept.version += 1  # that it was asked is remembered
        elif moved:
            self.comes_to(here, kept, answer.body)

    def swap_into_a_hold(self, chance: Chance, here: Town) -> None:
        """As a choice on LINE does it: the appointment goes where the hold is, the hold goes."""
        again = chance.either("again")
        hold = self.one(chance, here, lambda a: a.state == "held") or self.one(chance, here)
        if hold is None:
            return
        kept = self.one(chance, here, lambda a: a.resident == hold.resident and a.id != hold.id)
        if kept is None:
            return
        true = Refusals(self.not_held(hold).must | self.not_to_come(kept).must)
        command = Command(next(self.keys), "")
        for _ in range(1 + again):
            answer = self._swap(here, hold, kept, command)
        if self.granted(answer, true):
            kept.wish, kept.buffer, kept.room = hold.wish, hold.buffer, hold.room
            kept.reaffirmed = False
            kept.version += 1
            self.let_go(hold, "system")

    def _swap(self, town: Town, hold: Kept, kept: Kept, command: Command) -> Answer:
        world = self.world
        tenant = world.started.core.registry.tenants[town.id]
        world.at(self.now)
        try:
            swapped = world.run(world.parts.desk.swap(tenant, hold.id, kept.id, command, kept.resident))
        except Conflict as refused:
            return Answer(409, {"type": f"/{refused.slug}"})
        assert (swapped.id, swapped.state) == (kept.id, "confirmed")
        return Answer(200, None)

    def time_passes(self, chance: Chance, here: Town) -> None:
        self.wait(timedelta(minutes=chance.one([4, 4, 4, 11, 11, 180, 26 * 60], "minutes")))

    def an_appointment_begins(self, chance: Chance, here: Town) -> None:
        kept = self.one(chance, here, lambda a: a.takes and not self.has_begun(a))
        if kept and kept.wish.time[0] - self.now < timedelta(days=5):
            self.wait(kept.wish.time[0] + timedelta(seconds=50) - self.now)

    def holds_that_have_run_out_are_let_go(self, chance: Chance, here: Town) -> None:
        self.world.at(self.now)
        for town in self.towns:
            due = [a for a in town.kept.values() if a.held_until and a.held_until <= self.now]
            assert self.world.run(self.world.parts.desk.expire_due(town.id)) == len(due)
            for kept in due:
                self.let_go(kept, "system")

    def a_stranger_finds_nothing(self, chance: Chance, one: Town) -> None:
        """Another resident, and another municipality's staff."""
        other = next(t for t in self.towns if t is not one)
        action = chance.one(["confirm", "cancel", "move", "reaffirm"], "action")
        kept = self.one(chance, one)
        if kept is None:
            return
        body = self.wish(chance, one).body() if action == "move" else None
        stranger = next(r for r in one.residents if r != kept.resident)
        path = f"/me/appointments/{kept.id}/{action}"
        assert self.ask(one, stranger, "POST", path, body).status == 404
        if action in ("cancel", "move"):
            assert self.ask(other, None, "POST", f"/appointments/{kept.id}/{action}", body).status == 404

    def do(
        self,
        town: Town,
        kept: Kept,
        action: str,
        true: Refusals,
        *,
        body: Any = None,
        by_resident: bool = False,
        again: bool = False,
    ) -> bool:
        """Whether `action` was granted; the model's version follows."""
        answer = self.act(town, kept, action, body, by_resident=by_resident, again=again)
        granted = self.granted(answer, true)
        kept.version += granted
        return granted

    def act(
        self, town: Town, kept: Kept, action: str, body: Any, *, by_resident: bool, again: bool
    ) -> Answer:
        prefix, who = ("/me", kept.resident) if by_resident else ("", None)
        return self.ask(town, who, "POST", f"{prefix}/appointments/{kept.id}/{action}", body, again=again)

    def comes_to(self, town: Town, kept: Kept, body: Any) -> None:
        """The appointment is elsewhere now."""
        kept.wish, kept.buffer, kept.reaffirmed = shown(body)[0], town.terms.buffer_minutes, False
        kept.version += 1
        self.takes_room(town, kept, body)

    def let_go(self, kept: Kept, by: str) -> None:
        kept.version += by == "system"
        kept.state, kept.held_until, kept.cancelled_by = "cancelled", None, by

    def keeps_room(self, town: Town, kept: Kept) -> bool:
        if not town.needs_room(kept.wish.channel):
            return kept.room is None
        room = town.rooms.get(kept.room or "")
        return room is not None and room.active

    def has_begun(self, kept: Kept) -> bool:
        return self.now >= kept.wish.time[0]

    def not_held(self, kept: Kept) -> Refusals:
        gone = kept.cancelled_by == "system"
        late = kept.held_until is not None and self.now >= kept.held_until
        wrong = kept.state != "held"
        true = {"hold-expired"} if gone or late else set()
        return Refusals(true | ({"wrong-state"} if wrong else set()))

    def not_to_come(self, kept: Kept) -> Refusals:
        """Why it can neither be moved nor reaffirmed."""
        true = {"already-started"} if self.has_begun(kept) else set()
        return Refusals(true | ({"wrong-state"} if kept.state != "confirmed" else set()))
