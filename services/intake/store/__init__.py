"""Everything intake keeps. Every call takes the tenant first."""

from services.intake.store.entries import ENTRIES, Entries
from services.intake.store.residents import RESIDENTS, Residents
from services.intake.store.timeline import TIMELINE, Timeline

COLLECTIONS = (RESIDENTS, ENTRIES, TIMELINE)
OUTBOXES = ("residents",)

__all__ = ["COLLECTIONS", "OUTBOXES", "Entries", "Residents", "Timeline"]
