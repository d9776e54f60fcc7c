"""What notify reacts to."""

from services.notify.reactions.answers import AnswerReactions
from services.notify.reactions.appointments import AppointmentReactions
from services.notify.reactions.asking import AskingReactions
from services.notify.reactions.centre import CentreReactions
from services.notify.reactions.companies import CompanyReactions
from services.notify.reactions.outgoing import Outgoing
from services.notify.reactions.recommending import RecommendingReactions
from services.notify.reactions.residents import ResidentReactions
from services.notify.reactions.stays import StayReactions
from services.notify.reactions.waiting import WaitingReactions
from services.notify.store import Appointments, Contacts, Stopped
from shared.inbox import Reaction
from shared.runtime import Core


def reactions(core: Core, outgoing: Outgoing, contacts: Contacts) -> tuple[Reaction, ...]:
    """Every event type with its handler."""
    appointments = Appointments()
    return (
        *ResidentReactions(outgoing, contacts, appointments, core.sealer, core.clock).reactions(),
        *AppointmentReactions(outgoing, appointments, core.clock).reactions(),
        *AnswerReactions(outgoing, appointments, core.clock).reactions(),
        *WaitingReactions(outgoing, core.clock).reactions(),
        *CentreReactions(outgoing, core.clock).reactions(),
        *StayReactions(outgoing, core.clock).reactions(),
        *AskingReactions(outgoing, core.clock).reactions(),
        *CompanyReactions(outgoing, core.sealer, core.clock).reactions(),
        *RecommendingReactions(outgoing, Stopped(), core.sealer, core.clock).reactions(),
    )
