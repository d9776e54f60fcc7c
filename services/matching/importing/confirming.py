"""Somebody has looked: what a whole list lacks is no longer offered, however much it is."""

from collections.abc import Callable
from datetime import datetime

from services.matching.import_run import AlreadyRunning, ImportRun, Outdated, confirm
from services.matching.store import Store
from services.matching.store.imports import Overtaken


async def confirm_import(
    store: Store, tenant: str, run_id: str, by: str, now: datetime, nudge: Callable[[], None]
) -> ImportRun:
    """The import goes on in the background, and ends what its list lacks.

    Raises NotFound, NothingWithheld, Outdated once a later import of its source has begun, AlreadyRunning.
    """
    run = confirm(await store.imports.get(tenant, run_id), by, now)
    if await store.imports.followed(tenant, run):
        raise Outdated("a later import says what is offered now")
    try:
        going = await store.imports.put(tenant, run)
    except Overtaken as error:
        raise AlreadyRunning("somebody has confirmed it at the same time") from error
    nudge()
    return going
