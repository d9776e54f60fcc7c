"""Companies that offer work. Registration is free. Whether a company is let in is `registration`'s affair."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from services.matching import registration as rules
from services.matching.registration import DeclineReason, NotNow, PauseReason, Registration
from shared.events.envelope import Payload
from shared.events.matching.catalogue import (
    CompanyApproved,
    CompanyChanged,
    CompanyDeclined,
    CompanyPaused,
    CompanyRegistered,
    CompanyResumed,
)


@dataclass(frozen=True)
class Company:
    """`contact_email`, `contact_name` and `contact_phone` are stored sealed. `about`: what it does, in its own words. `renamed`: not all of
    its offers bear its name yet. `session_epoch`: sessions and links that were made under an earlier number are over."""

    id: str
    name: str
    municipality_code: str
    contact_email: str | None
    created_at: datetime
    about: str = ""
    registration: Registration = field(default_factory=Registration)
    renamed: bool = False
    contact_name: str = ""
    contact_phone: str = ""
    session_epoch: int = 0
    version: int = 1

    @property
    def may_publish(self) -> bool:
        return self.registration.may_publish


def folded(email: str | None) -> str:
    """An address as it is compared."""
    return (email or "").strip().casefold()


Change = tuple[Company, list[Payload]]
Seal = Callable[[Company], str | None]
"""The company's contact as an event may carry it: sealed; None without one."""


def register(
    company_id: str,
    name: str,
    municipality_code: str,
    contact_email: str | None,
    now: datetime,
    about: str = "",
) -> Change:
    """A company that the municipality registers: let in at once."""
    let_in = Registration("approved", now, now)
    company = Company(company_id, name, municipality_code, contact_email, now, about, let_in)
    return company, [CompanyRegistered(company_id=company_id)]


def register_itself(
    company_id: str,
    name: str,
    municipality_code: str,
    contact_email: str | None,
    now: datetime,
    about: str = "",
) -> Change:
    """A company that registers by itself: it waits to be let in."""
    company = Company(company_id, name, municipality_code, contact_email, now, about, rules.apply(now))
    return company, [CompanyRegistered(company_id=company_id)]


def describe(
    company: Company, name: str, municipality_code: str, contact_email: str | None, about: str
) -> Change:
    """What is held of it, anew. Another name reaches its offers in the background (`renaming`); with another address its sessions end."""
    moved = folded(contact_email) != folded(company.contact_email)
    changed = replace(
        company,
        name=name,
        municipality_code=municipality_code,
        contact_email=contact_email,
        about=about,
        renamed=company.renamed or name != company.name,
        session_epoch=company.session_epoch + moved,
    )
    return changed, [] if changed == company else [CompanyChanged(company_id=company.id)]


def correct(company: Company, name: str, municipality_code: str, about: str, now: datetime) -> Change:
    """The company puts right what it registered with, and asks again if it was declined. Raises NotNow once it was let in."""
    asking = replace(company, registration=rules.correct(company.registration, now))
    changed, _ = describe(asking, name, municipality_code, company.contact_email, about)
    return changed, [] if changed == company else [CompanyChanged(company_id=company.id)]


def name_contact(company: Company, name: str, phone: str) -> Change:
    """Whom to ask for, and where to call; either may be empty."""
    changed = replace(company, contact_name=name, contact_phone=phone)
    return changed, [] if changed == company else [CompanyChanged(company_id=company.id)]


def move_contact(company: Company, address: str, epoch: int, seal: Seal) -> Change:
    """Its mail goes to `address` from now on; the address before is told, and its sessions end.

    Raises NotNow when the sessions of the `epoch` in which this was asked for are over.
    """
    if epoch != company.session_epoch:
        raise NotNow("what was asked for in a session that has been ended takes no effect")
    moved = replace(end_sessions(company)[0], contact_email=address)
    return moved, [CompanyChanged(company_id=company.id, former_contact=seal(company))]


def end_sessions(company: Company) -> Change:
    """Whoever is signed in for it has to come in anew; links that wait lead nowhere."""
    return replace(company, session_epoch=company.session_epoch + 1), []


def approve(company: Company, by: str, now: datetime, seal: Seal) -> Change:
    """Raises NotNow unless it waits."""
    decided = replace(company, registration=rules.approve(company.registration, by, now))
    return decided, [CompanyApproved(company_id=company.id, contact=seal(company))]


def decline(company: Company, reason: DeclineReason, by: str, now: datetime, seal: Seal) -> Change:
    """Its sessions end. Raises NotNow unless it waits, Invalid for a reason that is none."""
    decided = replace(
        end_sessions(company)[0], registration=rules.decline(company.registration, reason, by, now)
    )
    return decided, [CompanyDeclined(company_id=company.id, reason=reason, contact=seal(company))]


def pause(company: Company, reason: PauseReason, by: str, now: datetime) -> Change:
    """Its offers rest, and its sessions end. Raises NotNow unless it is approved, Invalid for a reason that is none."""
    registration = rules.pause(company.registration, reason, by, now)
    paused = replace(end_sessions(company)[0], registration=registration)
    return paused, [CompanyPaused(company_id=company.id, reason=reason)]


def resume(company: Company, by: str, now: datetime) -> Change:
    """Raises NotNow unless it is paused."""
    resumed = replace(company, registration=rules.resume(company.registration, by, now))
    return resumed, [CompanyResumed(company_id=company.id)]


def apply_again(company: Company, now: datetime) -> Change:
    """Raises NotNow unless it was declined."""
    waiting = replace(company, registration=rules.apply_again(company.registration, now))
    return waiting, [CompanyChanged(company_id=company.id)]
