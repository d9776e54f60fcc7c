"""A company's contact moves by a link to the new address, and its sessions end when somebody else may read its mail or it may rest."""

import pytest

from services.matching.company import (
    Company,
    Seal,
    decline,
    describe,
    end_sessions,
    move_contact,
    name_contact,
    pause,
    register,
    register_itself,
    resume,
)
from services.matching.entry_link import LINK_FOR, make_link
from services.matching.registration import NotNow
from shared.events.matching.catalogue import CompanyChanged
from tests.unit.matching.builders import HOME, NOW

OLD, NEW = "old@sample.example", "new@sample.example"


def sealed(company: Company) -> str:
    return f"sealed {company.contact_email}"


SEAL: Seal = sealed


def a_company() -> Company:
    return register("com_1", "見本工房", HOME, OLD, NOW)[0]


def test_a_contact_moves_once_tells_the_address_before_and_ends_the_sessions() -> None:
    before = a_company()
    moved, events = move_contact(before, NEW, before.session_epoch, SEAL)
    assert moved.contact_email == NEW
    assert events == [CompanyChanged(company_id="com_1", former_contact="sealed old@sample.example")]
    assert moved.session_epoch == before.session_epoch + 1
    with pytest.raises(NotNow):
        move_contact(moved, "third@sample.example", before.session_epoch, SEAL)


def test_what_was_asked_for_in_a_session_that_was_ended_takes_no_effect() -> None:
    ended, events = end_sessions(a_company())
    assert events == []
    with pytest.raises(NotNow):
        move_contact(ended, NEW, a_company().session_epoch, SEAL)


def test_sessions_end_when_staff_rest_or_decline_a_company_and_not_when_it_comes_back() -> None:
    resting, _ = pause(a_company(), "own_wish", "stf_1", NOW)
    assert resting.session_epoch == 1
    assert resume(resting, "stf_1", NOW)[0].session_epoch == 1
    waiting, _ = register_itself("com_2", "見本", HOME, OLD, NOW)
    assert decline(waiting, "duplicate", "stf_1", NOW, SEAL)[0].session_epoch == 1


@pytest.mark.parametrize(
    ("email", "ends"), [(OLD, False), (f" {OLD.upper()} ", False), (NEW, True), (None, True)]
)
def test_sessions_end_with_the_address_whoever_changes_it(email: str | None, ends: bool) -> None:
    changed, _ = describe(a_company(), "新しい名前", HOME, email, "")
    assert changed.session_epoch == int(ends)


def test_whom_to_ask_for_changes_without_ending_anything() -> None:
    named, events = name_contact(a_company(), "見本 担当", "03-0000-0000")
    assert (named.contact_name, named.contact_phone) == ("見本 担当", "03-0000-0000")
    assert (named.session_epoch, events) == (0, [CompanyChanged(company_id="com_1")])
    assert name_contact(named, "見本 担当", "03-0000-0000") == (named, [])


def test_a_link_that_proves_an_address_opens_as_long_as_any_other() -> None:
    link = make_link("kyoto", "token", "com_1", NOW, epoch=2, address=NEW)
    assert (link.opens(NOW), link.opens(NOW + LINK_FOR), link.epoch) == (True, False, 2)
