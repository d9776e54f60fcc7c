"""The contract clock: half a year, then three months at a time, with notices ahead and a history that only grows.

A term that begins on the 31st ends, where its last month has no such day, on that month's last day (民法 143条2項).
"""

from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal

from services.booking.centre.worker import Renewal
from shared.errors import Conflict
from shared.events.booking import (
    ContractEnded,
    ContractExpiring,
    ContractProposed,
    ContractRenewed,
    ContractStarted,
)
from shared.events.envelope import Payload

FIRST_TERM, RENEWAL_TERM = 6, 3
"""Months."""
State = Literal["proposed", "active", "ended"]
Side = Literal["worker", "centre"]
Step = Literal["proposed", "agreed", "started", "notice", "renewal_agreed", "renewed", "ending", "ended"]
SIDES: tuple[Side, ...] = ("worker", "centre")


class ContractState(Conflict):
    """The contract is not in a state that allows this."""

    slug = "contract-state"


@dataclass(frozen=True)
class Entry:
    """One line of the history. `side` is who did it (None: the clock), `by` the id of the caller, `until` the end of the term it made or speaks of."""

    at: datetime
    step: Step
    side: Side | None = None
    by: str | None = None
    until: date | None = None


@dataclass(frozen=True)
class Contract:
    """`starts_on` and `ends_on` are the first and the last day of the present term. `ending`: somebody has said that it is not renewed."""

    id: str
    resident_id: str
    centre_id: str
    starts_on: date
    ends_on: date
    state: State = "proposed"
    agreed: frozenset[Side] = frozenset()
    renewal_agreed: frozenset[Side] = frozenset()
    ending: bool = False
    noticed: frozenset[int] = frozenset()
    history: tuple[Entry, ...] = ()
    version: int = 0


Outcome = tuple[Contract, list[Payload]]


def last_day(starts_on: date, months: int) -> date:
    """The last day of a term: the day before the corresponding one, or the last of a month that has none such."""
    month = starts_on.month - 1 + months
    year, month = starts_on.year + month // 12, month % 12 + 1
    days = monthrange(year, month)[1]
    if starts_on.day > days:
        return date(year, month, days)
    return date(year, month, starts_on.day) - timedelta(days=1)


def propose(
    new_id: str, resident_id: str, centre_id: str, starts_on: date, by: str, now: datetime
) -> Outcome:
    """A contract of six months that both sides are asked to agree to; the centre, which proposes it, has."""
    ends_on = last_day(starts_on, FIRST_TERM)
    proposed = Contract(new_id, resident_id, centre_id, starts_on, ends_on, agreed=frozenset({"centre"}))
    events: list[Payload] = [ContractProposed(**_said(proposed), starts_on=starts_on)]
    return _with(proposed, Entry(now, "proposed", "centre", by, ends_on)), events


def agree(contract: Contract, side: Side, by: str, now: datetime) -> Outcome | None:
    """Agree to what is proposed, or, while a contract runs, to its renewal; None when that side has.

    Who alone had said that it is not renewed takes that back by this, until the last day. Raises ContractState.
    """
    if contract.state == "proposed":
        if side in contract.agreed:
            return None
        agreed = replace(contract, agreed=contract.agreed | {side})
        agreed = _with(agreed, Entry(now, "agreed", side, by, contract.ends_on))
        return _start(agreed, now) if agreed.agreed == frozenset(SIDES) else (agreed, [])
    if contract.state != "active" or (contract.ending and not may_take_back(contract, side)):
        raise ContractState()
    if side in contract.renewal_agreed:
        return None
    ends_on = _term_end(contract)
    willing = replace(
        contract,
        ending=False,
        ends_on=ends_on,
        renewal_agreed=contract.renewal_agreed | {side},
        noticed=contract.noticed if ends_on == contract.ends_on else frozenset(),
    )
    return _with(willing, Entry(now, "renewal_agreed", side, by, next_end(willing))), []


def end(
    contract: Contract, side: Side, by: str, on: date | None, today: date, now: datetime
) -> Outcome | None:
    """Not to be renewed: it ends with its term, or earlier on the day `on`. A proposal is taken back at once.

    None when that is known. Raises ContractState.
    """
    if contract.state == "ended":
        raise ContractState()
    if contract.state == "proposed":
        return _ended(contract, Entry(now, "ended", side, by, contract.ends_on))
    ends_on = min(max(on, today), contract.ends_on) if on else contract.ends_on
    if contract.ending and ends_on == contract.ends_on:
        return None
    ending = replace(contract, ending=True, ends_on=ends_on, renewal_agreed=frozenset())
    return _with(ending, Entry(now, "ending", side, by, ends_on)), []


def tick(
    contract: Contract, renewal: Renewal, notice_days: Sequence[int], today: date, now: datetime
) -> Outcome | None:
    """What the passing of days does: a notice ahead of the end, a renewal or the end once the term is over. None: nothing is due.

    Of several notices that have become due at once only the last is given. A long absence of the clock is made up term by term.
    """
    if contract.state != "active":
        return None
    events: list[Payload] = []
    after = contract
    while after.state == "active" and today > after.ends_on:
        after, happened = _term_over(after, renewal, now)
        events += happened
    if after.state == "active":
        due = {days for days in notice_days if today >= after.ends_on - timedelta(days=days)} - after.noticed
        if due:
            after = replace(after, noticed=after.noticed | due)
            after = _with(after, Entry(now, "notice", until=after.ends_on))
            events.append(ContractExpiring(**_said(after), renewal=renewal, ending=after.ending))
    return (after, events) if after is not contract else None


def may_take_back(contract: Contract, side: Side) -> bool:
    """Whether it is this side alone that has said that the present term is not renewed."""
    said: set[Side | None] = set()
    for entry in contract.history:
        if entry.step in ("started", "renewed", "renewal_agreed"):
            said = set()
        elif entry.step == "ending":
            said.add(entry.side)
    return contract.ending and said == {side}


def next_end(contract: Contract) -> date:
    """The last day of the term that a renewal would add."""
    return last_day(contract.ends_on + timedelta(days=1), RENEWAL_TERM)


def next_look(contract: Contract, notice_days: Sequence[int]) -> date | None:
    """The first day on which `tick` may have something to do; None for a contract that does not run."""
    if contract.state != "active":
        return None
    ahead = [contract.ends_on - timedelta(days=d) for d in notice_days if d not in contract.noticed]
    return min([*ahead, contract.ends_on + timedelta(days=1)])


def _start(contract: Contract, now: datetime) -> Outcome:
    active = _with(replace(contract, state="active"), Entry(now, "started", until=contract.ends_on))
    return active, [ContractStarted(**_said(active), starts_on=active.starts_on)]


def _term_over(contract: Contract, renewal: Renewal, now: datetime) -> Outcome:
    willing = renewal == "automatic" or contract.renewal_agreed == frozenset(SIDES)
    if contract.ending or not willing:
        return _ended(contract, Entry(now, "ended", until=contract.ends_on))
    renewed = replace(
        contract,
        starts_on=contract.ends_on + timedelta(days=1),
        ends_on=next_end(contract),
        renewal_agreed=frozenset(),
        noticed=frozenset(),
    )
    renewed = _with(renewed, Entry(now, "renewed", until=renewed.ends_on))
    return renewed, [ContractRenewed(**_said(renewed))]


def _term_end(contract: Contract) -> date:
    """The last day of the present term, whatever earlier day was spoken of since."""
    spoken = (e.until for e in reversed(contract.history) if e.step in ("started", "renewed"))
    return next((until for until in spoken if until), contract.ends_on)


def _ended(contract: Contract, entry: Entry) -> Outcome:
    ended = _with(replace(contract, state="ended"), entry)
    return ended, [ContractEnded(**_said(ended))]


def _with(contract: Contract, entry: Entry) -> Contract:
    return replace(contract, history=(*contract.history, entry))


def _said(contract: Contract) -> dict[str, str | date]:
    return {
        "resident_id": contract.resident_id,
        "contract_id": contract.id,
        "centre_id": contract.centre_id,
        "ends_on": contract.ends_on,
    }
