"""The checker of the chaos run: on whole data it finds nothing, and each kind of damage it finds."""

import copy
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from services.notify.providers.line import retry_key
from shared.events.envelope import Event
from tests.chaos import proof
from tests.chaos.databases import Databases
from tests.chaos.ledger import Ledger, Promised
from tests.chaos.proof import Outside, findings

RESIDENT, APPOINTMENT, MESSAGE, USER = "res_1", "apt_1", "msg_1", "U1"
KEY = retry_key("sample-a", MESSAGE)


class Tables:
    """Documents by (service, collection), read as the databases are."""

    def __init__(self, tables: dict[tuple[str, str], list[dict[str, Any]]], logged: list[Event]) -> None:
        self.tables = tables
        self.logged = logged

    def rows(self, service: str, collection: str) -> list[dict[str, Any]]:
        return self.tables[service, collection]

    def events(self) -> list[Event]:
        return self.logged


def event(number: int, kind: str, subject: str, **data: str) -> Event:
    return Event(
        id=f"{number:026d}",
        source="/test",
        type=kind,
        subject=subject,
        time=datetime.now(UTC),
        tenantid="sample-a",
        sequence=number,
        correlationid="c",
        data={"resident_id": RESIDENT, **data},
    )


def whole() -> tuple[Ledger, Tables, Outside]:
    """One resident who answered, saw offers, booked and was told so on LINE."""
    logged = [
        event(1, proof.REGISTERED, RESIDENT),
        event(2, proof.COMPLETED, "qst_1"),
        event(3, proof.PROPOSED, "slt_1"),
        event(4, proof.HELD, APPOINTMENT, appointment_id=APPOINTMENT),
        event(5, proof.CONFIRMED, APPOINTMENT, appointment_id=APPOINTMENT),
    ]
    steps = [{"_id": e.id, "resident_id": RESIDENT, "type": e.type} for e in logged]
    message = {
        "_id": MESSAGE,
        "tenant_id": "sample-a",
        "template": "appointment.confirmed",
        "state": "delivered",
    }
    tables = {
        ("intake", "timeline"): steps,
        ("intake", "residents"): [{"_id": RESIDENT}],
        ("matching", "residents"): [{"_id": RESIDENT}],
        ("booking", "appointments"): [{"_id": APPOINTMENT, "state": "confirmed"}],
        ("notify", "messages"): [{**message, "appointment_id": APPOINTMENT}],
    }
    promised = Promised(
        "sample-a", RESIDENT, USER, 1, 1, ["slt_1"], {APPOINTMENT: "confirmed"}, {APPOINTMENT}
    )
    inboxes = {("sample-a", USER): ["予約ができました"]}
    outside = Outside([{"via": "push", "retry_key": KEY}], inboxes, [])
    return Ledger([promised]), Tables(tables, logged), outside


def check(ledger: Ledger, tables: Tables, outside: Outside) -> list[str]:
    return findings(ledger, cast(Databases, tables), outside)


def test_whole_data_have_no_findings() -> None:
    assert check(*whole()) == []


def lose_step(_: Ledger, tables: Tables, __: Outside) -> None:
    tables.tables["intake", "timeline"].pop()


def lose_logged_event(_: Ledger, tables: Tables, __: Outside) -> None:
    tables.logged.pop()


def do_twice(_: Ledger, tables: Tables, __: Outside) -> None:
    again = tables.logged[-1].model_copy(update={"id": "9" * 26})
    tables.logged.append(again)
    tables.tables["intake", "timeline"].append({"_id": again.id, "resident_id": RESIDENT, "type": again.type})


def lose_resident(_: Ledger, tables: Tables, __: Outside) -> None:
    tables.tables["matching", "residents"].clear()


def register_twice(_: Ledger, tables: Tables, __: Outside) -> None:
    tables.tables["intake", "residents"].append({"_id": "res_2"})


def forget_confirmation(_: Ledger, tables: Tables, __: Outside) -> None:
    tables.tables["booking", "appointments"][0]["state"] = "held"


def tell_twice(_: Ledger, __: Tables, outside: Outside) -> None:
    outside.inboxes["sample-a", USER].append("予約ができました")


def push_twice(_: Ledger, __: Tables, outside: Outside) -> None:
    outside.accepted.append(copy.copy(outside.accepted[0]))


def push_without_intent(_: Ledger, __: Tables, outside: Outside) -> None:
    outside.accepted.append({"via": "push", "retry_key": "another"})


def ask_for_no_message(_: Ledger, tables: Tables, __: Outside) -> None:
    tables.tables["notify", "messages"].clear()


def fail_message(_: Ledger, tables: Tables, __: Outside) -> None:
    tables.tables["notify", "messages"][0]["state"] = "technical-failure"


def tell_partner_nothing(ledger: Ledger, _: Tables, __: Outside) -> None:
    ledger.residents[0].referrals.append("ref_1")


@pytest.mark.parametrize(
    "damage",
    [
        lose_step,
        lose_logged_event,
        do_twice,
        lose_resident,
        register_twice,
        forget_confirmation,
        tell_twice,
        push_twice,
        push_without_intent,
        ask_for_no_message,
        fail_message,
        tell_partner_nothing,
    ],
)
def test_damage_is_found(damage: Callable[[Ledger, Tables, Outside], None]) -> None:
    ledger, tables, outside = whole()
    damage(ledger, tables, outside)
    assert check(ledger, tables, outside) != []
