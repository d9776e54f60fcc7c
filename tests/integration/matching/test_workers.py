"""Who works with a digital employment centre, learned from booking's events in whatever order they arrive."""

from datetime import date

from services.matching.store.workers import Worker, Workers
from shared.clock import system_now
from shared.events.booking import ContractEnded, ContractStarted, WorkerEnrolled
from shared.events.envelope import Event, Payload, envelop
from tests.harness import eventually
from tests.integration.matching.conftest import Town

CENTRE, ENDS = "cen_" + "a" * 26, date(2027, 3, 31)


def told(town: Town, resident_id: str, *payloads: Payload) -> list[Event]:
    return envelop(
        payloads, source="/booking", tenant=town.tenant, subject=resident_id, sequence=1, now=system_now()
    )


def contract(resident_id: str, contract_id: str) -> dict[str, object]:
    return {"resident_id": resident_id, "contract_id": contract_id, "centre_id": CENTRE, "ends_on": ENDS}


async def test_workers_are_learned_from_booking_whatever_comes_first(towns: tuple[Town, Town]) -> None:
    town, other = towns
    workers = Workers(town.harness.of("matching").core.db)
    new, early, gone, back = (town.resident_id(name) for name in ("new", "early", "gone", "back"))
    ended = ContractEnded.model_validate(contract(gone, "ctr_one"))
    started = ContractStarted.model_validate({**contract(gone, "ctr_one"), "starts_on": ENDS})
    await town.harness.publish(
        *told(town, new, WorkerEnrolled(resident_id=new, centre_id=CENTRE)),
        *told(town, early, ContractStarted.model_validate({**contract(early, "ctr_two"), "starts_on": ENDS})),
        *told(town, gone, ended, started, WorkerEnrolled(resident_id=gone, centre_id=CENTRE)),
        *told(town, back, ContractEnded.model_validate(contract(back, "ctr_three"))),
        *told(town, back, ContractStarted.model_validate({**contract(back, "ctr_four"), "starts_on": ENDS})),
    )

    async def known() -> list[Worker]:
        return await workers.of_tenant(town.tenant)

    settled = await eventually(
        known, until=lambda them: any(w.resident_id == back and w.active for w in them)
    )
    found = {w.resident_id: w.active for w in settled}
    assert found == {new: True, early: True, gone: False, back: True}
    assert await workers.of_tenant(town.tenant, "cen_" + "b" * 26) == []
    assert await workers.of_tenant(other.tenant) == []
    assert await workers.find(other.tenant, new) is None
