"""Who may take time of a shared pool: quotas, floors and borrowing, as rules over one service week's ledger. All numbers are minutes.

Each member has a quota of the pool's week. Part of it, the floor, is lent to nobody; the rest is free to others for service dates that are
near ("released"), as far as the member has not used it. A ledger row holds what a member has `used` and what of its quota is still
`secured`: nobody else has taken it. So there are two ways to take m minutes:

own      used + m <= secured              concerns nobody else: two members never wait for each other
common   used + m + sum over others of max(used, reserve) <= capacity, and beyond the quota only for who may borrow

    reserve = floor  when the date is released;  quota  while it is not

A common taking lowers `secured` of those whose released time it needs, in the same transaction; with that, sum of max(used, secured) never
rises above the capacity, whatever order things come in (escrow: O'Neil, "The Escrow Transactional Method", ACM TODS 11/4, 1986). When the
capacity does not cover all quotas (leave), only floors are secured, and what else is within quotas is first come, first served.
See docs/decisions/0013-shared-pool.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Literal

from shared.errors import Conflict, Forbidden
from shared.pools import Pool

Code = Literal["own", "released", "borrowed", "kept"]
"""Why time of a pool was given: within what is secured to the member; within its quota, after others had taken of the released part;
beyond its quota; or no more than it gave back in the same step (a move within a week)."""


class PoolQuotaUsed(Conflict):
    """The municipality's hours of that week are used, and it does not borrow."""

    slug = "pool-quota-used"


class PoolReserved(Conflict):
    """What is left of the pool's week is kept for other municipalities."""

    slug = "pool-reserved"


class NotAMember(Forbidden):
    """The municipality does not share this pool."""

    slug = "pool-not-shared"


@dataclass(frozen=True)
class Share:
    quota: int
    floor: int
    borrow: bool


NOTHING = Share(0, 0, False)
"""The share of who is no member any more: what was used stays used."""


@dataclass(frozen=True)
class Row:
    """One member's week. `secured` is None until the row is first needed."""

    used: int = 0
    secured: int | None = None


@dataclass(frozen=True)
class Use:
    """Minutes of a pool that one member takes or gives back, on a service date."""

    pool: str
    member: str
    service_date: date
    minutes: int

    @property
    def week(self) -> date:
        """The Monday of the service week."""
        return monday_of(self.service_date)


@dataclass(frozen=True)
class Terms:
    """What holds for one week when somebody asks: `capacity` is the open minutes of the pool's counsellors in it, `released` whether
    the wanted date is near enough."""

    shares: Mapping[str, Share]
    capacity: int
    released: bool

    def share(self, member: str) -> Share:
        """Raises NotAMember."""
        if member not in self.shares:
            raise NotAMember(f"{member} does not share this pool")
        return self.shares[member]

    @property
    def covered(self) -> bool:
        """Can every member have its whole quota?"""
        return sum(share.quota for share in self.shares.values()) <= self.capacity

    def secured(self, member: str, row: Row) -> int:
        """What of the member's quota nobody else has taken; a quota that was lowered since secures no more than it says."""
        share = self.shares.get(member, NOTHING)
        initial = share.quota if self.covered else share.floor
        return min(initial if row.secured is None else row.secured, share.quota)

    def reserve(self, member: str, *, borrowing: bool) -> int:
        """What of the member's time somebody else must leave to it."""
        share = self.shares.get(member, NOTHING)
        if self.released or not (borrowing or self.covered):
            return share.floor
        return share.quota


@dataclass(frozen=True)
class Grant:
    """`secured`: rows that change with it, the member's own and those of others whose released time is needed.

    `common`: it counted on what others have left, and must be serialised with everything else that does.
    """

    code: Code
    common: bool = False
    secured: Mapping[str, int] = field(default_factory=dict)


def monday_of(service_date: date) -> date:
    return service_date - timedelta(days=service_date.weekday())


def shares_of(pool: Pool) -> dict[str, Share]:
    return {m.tenant: Share(m.quota, m.floor, m.borrow) for m in pool.spec.members}


def is_released(pool: Pool, service_date: date, today: date) -> bool:
    """Is the date so near that what members have not used is free to others? `today` is a service date in the pool's zone."""
    return service_date < today + timedelta(days=pool.spec.release_days)


def ask_own(terms: Terms, own: Row, member: str, minutes: int) -> Grant | None:
    """Grant what is secured to the member, knowing its own row alone; None when it needs more."""
    secured = terms.secured(member, own)
    return Grant("own", secured={member: secured}) if own.used + minutes <= secured else None


def ask(terms: Terms, rows: Mapping[str, Row], member: str, minutes: int) -> Grant:
    """Grant `minutes` to `member`, given all rows of the week (who has none used nothing).

    Raises NotAMember, PoolQuotaUsed, PoolReserved; the latter two tell minutes, of this member only.
    """
    own, share = rows.get(member, Row()), terms.share(member)
    if granted := ask_own(terms, own, member, minutes):
        return granted
    used = own.used + minutes
    borrowing = used > share.quota
    if borrowing and not share.borrow:
        numbers = {"quota": share.quota, "used": own.used, "asked": minutes}
        raise PoolQuotaUsed("the hours of this week are used", extra=numbers)
    others = _others(terms, rows, member)
    if used + _kept(terms, others, borrowing=borrowing) > terms.capacity:
        numbers = {"used": own.used, "asked": minutes, "left": left(terms, rows, member)}
        raise PoolReserved("the rest of this week is kept for others", extra=numbers)
    secured = {other: terms.secured(other, row) for other, row in others.items()}
    held = {o: max(row.used, secured[o], terms.reserve(o, borrowing=borrowing)) for o, row in others.items()}
    if used + sum(held.values()) > terms.capacity:  # others' released time is needed
        secured = {o: min(kept, terms.reserve(o, borrowing=borrowing)) for o, kept in secured.items()}
    secured[member] = terms.secured(member, own)
    return Grant("borrowed" if borrowing else "released", common=True, secured=secured)


def left(terms: Terms, rows: Mapping[str, Row], member: str) -> int:
    """Minutes that `ask` would still grant to the member. Raises NotAMember."""
    own, share = rows.get(member, Row()), terms.share(member)
    others = _others(terms, rows, member)
    secured = terms.secured(member, own) - own.used
    within = min(share.quota, terms.capacity - _kept(terms, others, borrowing=False)) - own.used
    beyond = terms.capacity - _kept(terms, others, borrowing=True) - own.used
    return max(0, secured, within, beyond if share.borrow else 0)


def _others(terms: Terms, rows: Mapping[str, Row], member: str) -> dict[str, Row]:
    return {other: rows.get(other, Row()) for other in {*terms.shares, *rows} if other != member}


def _kept(terms: Terms, others: Mapping[str, Row], *, borrowing: bool) -> int:
    """Minutes of the week that are the others': used, or kept for them."""
    return sum(max(row.used, terms.reserve(o, borrowing=borrowing)) for o, row in others.items())


class WholeWeek(Exception):
    """What is wanted concerns others: it must be decided with everybody's rows."""


@dataclass(frozen=True)
class Taking:
    """Minutes that are wanted, under the terms of their date."""

    minutes: int
    terms: Terms


def settle(
    rows: Mapping[str, Row], member: str, back: int, takings: Sequence[Taking], *, whole: bool = False
) -> tuple[list[Code], dict[str, Row]]:
    """Give `back` minutes and take others in one step: why each taking was granted, and the rows afterwards.

    `rows` need hold the member's own only, unless `whole`. As many minutes as are given back may be taken whatever the terms: a move
    within a week is never refused. Raises what `ask` raises, and WholeWeek when the member's own row does not suffice.
    """
    after = dict(rows)
    own = after.get(member, Row())
    after[member] = Row(own.used - back, own.secured)
    codes: list[Code] = []
    for taking in takings:
        own = after[member]
        if taking.minutes <= back:
            back -= taking.minutes
            granted: Grant | None = Grant("kept")
        elif whole:
            granted = ask(taking.terms, after, member, taking.minutes)
        else:
            granted = ask_own(taking.terms, own, member, taking.minutes)
        if granted is None:
            raise WholeWeek
        codes.append(granted.code)
        for other, secured in granted.secured.items():
            after[other] = Row(after.get(other, Row()).used, secured)
        after[member] = Row(own.used + taking.minutes, after[member].secured)
    return codes, after
