"""Whose counsellors the pages of hours and leave are about: the municipality's own, or those of the pool whose person has signed in."""

from collections.abc import Awaitable, Callable

from services.booking.pages.staff_route import require_own
from shared.errors import Forbidden
from shared.pools import Pool
from shared.registry import Registry
from shared.tenancy import Tenant
from shared.web.staff import HOME, Staff, StaffOf, StaffWith

Admits = Callable[..., Awaitable[Staff]]


class StaffHome:
    """`path` is where its pages lie below the staff's. A pool's people see when, and nothing of whose appointment it is."""

    def __init__(self, registry: Registry, *, of_pool: bool = False) -> None:
        self.registry = registry
        self.of_pool = of_pool
        self.path = "/pool/counsellors" if of_pool else "/counsellors"
        self.where = HOME + self.path

    def admits(self, scope: str) -> Admits:
        """The dependency of a page: a municipality's person with the scope; or anybody of a pool with a scope of its people."""
        return pool_person if self.of_pool else StaffWith(scope)

    def of(self, staff: Staff) -> Tenant | Pool:
        """Whose counsellors and calendars these are. Raises Forbidden."""
        if self.of_pool != staff.actor.of_pool:
            raise Forbidden("these are the pages of other people")
        return self.registry.pools[staff.actor.tenant] if self.of_pool else staff.tenant

    def require_own(self, staff: Staff, counsellor_id: str) -> None:
        """Counsellors see to their own hours and leave; anybody else's take the right to write. Raises Forbidden."""
        if not self.of_pool:
            require_own(staff, counsellor_id)
        elif staff.counsellor_id != counsellor_id:
            staff.actor.require("pool:write")

    def may_write(self, staff: Staff) -> bool:
        """May this person change every counsellor, and add some?"""
        return staff.may("pool:write" if self.of_pool else "counsellors:write")

    def require_write(self, staff: Staff) -> None:
        """Raises Forbidden."""
        staff.actor.require("pool:write" if self.of_pool else "counsellors:write")

    def may_give(self, staff: Staff) -> bool:
        """May this person give appointments to somebody else?"""
        return staff.may("pool:write" if self.of_pool else "appointments:write")

    def require_give(self, staff: Staff) -> None:
        """Raises Forbidden."""
        staff.actor.require("pool:write" if self.of_pool else "appointments:write")


async def pool_person(staff: StaffOf) -> Staff:
    """Somebody of a pool: its operator, or a counsellor. Raises Forbidden."""
    if not staff.actor.of_pool:
        raise Forbidden("only for the people of a pool")
    if not staff.may("pool:read"):
        staff.actor.require("pool:sessions")
    return staff
