"""Several documents written at once, or none of them."""

from collections.abc import Awaitable, Callable

from shared.mongo import Session
from shared.outbox import Changes, Outbox


# tenant: whose documents they are, the work says
async def together(outbox: Outbox, work: Callable[[Changes], Awaitable[None]]) -> None:
    """`work` may be run again from its start. Raises what it raises."""

    async def within(session: Session) -> Changes:
        changes = Changes(session)
        await work(changes)
        return changes

    outbox.commit(await outbox.db.in_transaction(within))
