"""Who works with a digital employment centre, as booking's events tell."""

from services.matching.store.workers import stage_contract, stage_enrolled
from shared.events.booking import ContractEnded, ContractStarted, WorkerEnrolled
from shared.events.envelope import Event
from shared.inbox import Reaction, Tx


async def _enrolled(tx: Tx, event: Event, data: WorkerEnrolled) -> None:
    stage_enrolled(tx, event.tenantid, data.resident_id, data.centre_id)


async def _started(tx: Tx, event: Event, data: ContractStarted) -> None:
    stage_contract(tx, event.tenantid, data.resident_id, data.centre_id, data.contract_id, ended=False)


async def _ended(tx: Tx, event: Event, data: ContractEnded) -> None:
    stage_contract(tx, event.tenantid, data.resident_id, data.centre_id, data.contract_id, ended=True)


REACTIONS = (
    Reaction(WorkerEnrolled, _enrolled),
    Reaction(ContractStarted, _started),
    Reaction(ContractEnded, _ended),
)
