"""Everything about imports that a process of the service is composed of."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import structlog

from services.matching.area import Areas, read_areas
from services.matching.expiring import Expiring
from services.matching.fetching import Fetching
from services.matching.importing.fetches import Fetches
from services.matching.importing.uploading import Uploading
from services.matching.importing.worker import Worker
from services.matching.renaming import Renaming
from services.matching.settings import Settings
from services.matching.spreading import Spreading
from services.matching.store import Store
from shared.runtime import Background, Core

log = structlog.get_logger()


@dataclass(frozen=True)
class Importing:
    """`areas`: the list of municipalities, empty where none is set up. `largest`: bytes of a file of advertisements."""

    areas: Areas
    largest: int
    fetching: Fetching
    fetches: Fetches
    uploading: Uploading
    spreading: Spreading
    worker: Worker
    workers: Sequence[Background]


def importing_of(core: Core, store: Store, settings: Settings) -> Importing:
    """Raises OSError, Invalid when the list of municipalities is named and cannot be read."""
    areas = known_areas(settings.municipalities)
    parts = core.db, core.registry, core.outbox, store
    fetching = Fetching(settings.hellowork_url, core.secrets, core.clock, settings.hellowork_pause)
    worker = Worker(*parts, areas, fetching, core.clock, settings.importing_every)
    fetches = Fetches(
        core.db,
        core.registry,
        store,
        fetching,
        areas,
        core.clock,
        worker.nudge,
        settings.fetching_every,
    )
    expiring = Expiring(*parts, core.clock, settings.expiring_every)
    spreading = Spreading(*parts, core.clock, settings.spreading_every)
    renaming = Renaming(*parts, settings.spreading_every)
    return Importing(
        areas=areas,
        largest=settings.largest_import,
        fetching=fetching,
        fetches=fetches,
        uploading=Uploading(store, areas, core.clock, worker.nudge),
        spreading=spreading,
        worker=worker,
        workers=(worker.run, fetches.run, expiring.run, spreading.run, renaming.run),
    )


def known_areas(path: Path | None) -> Areas:
    """The municipalities of the file; none without one."""
    if path is None:
        return Areas()
    areas, faults = read_areas(path.read_text("utf-8"))
    log.info("municipalities_read", count=len(areas.by_code), faults=len(faults))
    return areas
