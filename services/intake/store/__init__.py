"""Everything intake keeps. Every call takes the tenant first."""

from services.intake.store.consents import CONSENTS, Consents
from services.intake.store.consultations import CONSULTATIONS, Consultations
from services.intake.store.entries import ENTRIES, Entries
from services.intake.store.line_events import LINE_EVENTS, LineEvents
from services.intake.store.programmes import CATALOGUES, PROGRAMMES, Programmes
from services.intake.store.referrals import REFERRALS, Referrals
from services.intake.store.residents import RESIDENTS, Residents
from services.intake.store.timeline import TIMELINE, Timeline

COLLECTIONS = (
    RESIDENTS, ENTRIES, TIMELINE, PROGRAMMES, CATALOGUES, CONSULTATIONS, CONSENTS, REFERRALS, LINE_EVENTS,
)  # fmt: skip
OUTBOXES = ("residents", "programmes", "consultations", "consents", "referrals")

__all__ = [
    "COLLECTIONS",
    "OUTBOXES",
    "Consents",
    "Consultations",
    "Entries",
    "LineEvents",
    "Programmes",
    "Referrals",
    "Residents",
    "Timeline",
]
