"""/booking/v1/contracts, /places and /experiences: what is agreed with whom."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from services.booking.centre.contract import Contract
from services.booking.centre.experience import Experience
from services.booking.centre.place import Place
from services.booking.routes.agreement_shapes import (
    ContractBody,
    ContractOut,
    EndBody,
    ExperienceBody,
    ExperienceOut,
    PartyBody,
    PlaceBody,
    PlaceOut,
)
from services.booking.routes.centre_shapes import ContractPath, ExperiencePath, PlacePath
from services.booking.routes.centres import Reader, Writer
from services.booking.working.parts import Working
from shared.http.etag import IfMatch, etag
from shared.http.paging import Cursor, Limit, Page
from shared.http.request import CommandOf, TenantOf
from shared.ids import id_pattern

ResidentQuery = Annotated[str | None, Query(pattern=id_pattern("res"))]


def contract_routes(working: Working) -> APIRouter:
    router = APIRouter(prefix="/contracts", tags=["contracts"])
    contracting = working.contracting

    @router.post("", status_code=201)
    async def propose_contract(
        body: ContractBody, actor: Writer, tenant: TenantOf, command: CommandOf, response: Response
    ) -> ContractOut:
        """Propose six months to a worker. It runs once the worker has agreed, too."""
        made = await contracting.propose(tenant, body.resident_id, body.starts_on, actor.name, command)
        return contract_shown(made, response)

    @router.get("")
    async def list_contracts(
        actor: Reader, resident_id: ResidentQuery = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[ContractOut]:
        """Contracts in order of proposal."""
        page = await contracting.contracts.page(actor.tenant, cursor, limit, resident_id)
        return Page(data=[ContractOut.of(found) for found in page.data], next=page.next)

    @router.get("/{contract_id}")
    async def get_contract(
        contract_id: ContractPath, actor: Reader, tenant: TenantOf, response: Response
    ) -> ContractOut:
        """One contract with its whole history."""
        return contract_shown(await contracting.get(tenant, contract_id), response)

    @router.post("/{contract_id}/agree")
    async def agree_to_renewal(
        contract_id: ContractPath, actor: Writer, tenant: TenantOf, command: CommandOf, response: Response
    ) -> ContractOut:
        """The centre agrees to what is due: the renewal, while the contract runs."""
        agreed = await contracting.agree(tenant, contract_id, "centre", actor.name, command)
        return contract_shown(agreed, response)

    @router.post("/{contract_id}/end")
    async def end_contract(
        contract_id: ContractPath,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
        body: EndBody | None = None,
    ) -> ContractOut:
        """Do not renew it: it ends with its term, or on the day `on`."""
        on = body.on if body else None
        ended = await contracting.end(tenant, contract_id, "centre", actor.name, on, command)
        return contract_shown(ended, response)

    return router


def place_routes(working: Working) -> APIRouter:
    router = APIRouter(prefix="/places", tags=["places"])
    staying = working.staying

    @router.post("", status_code=201)
    async def add_place(body: PlaceBody, actor: Writer, command: CommandOf, response: Response) -> PlaceOut:
        """Add a place of work experience or a supported short job at a cooperating workplace."""
        made = await staying.add_place(actor.tenant, body.place(command.new_id("plc")), command)
        return _place_shown(made, response)

    @router.get("")
    async def list_places(actor: Reader, cursor: Cursor = None, limit: Limit = 50) -> Page[PlaceOut]:
        """Places in order of creation."""
        page = await staying.places.page(actor.tenant, cursor, limit)
        return Page(data=[PlaceOut.of(found) for found in page.data], next=page.next)

    @router.get("/{place_id}")
    async def get_place(place_id: PlacePath, actor: Reader, response: Response) -> PlaceOut:
        """One place; `ETag` is the version for `If-Match`."""
        return _place_shown(await staying.places.get(actor.tenant, place_id), response)

    @router.put("/{place_id}")
    async def change_place(
        place_id: PlacePath, body: PlaceBody, actor: Writer, response: Response, expected: IfMatch
    ) -> PlaceOut:
        """Replace what is known of a place. Stays that exist already stay as they are."""
        changed = await staying.change_place(actor.tenant, body.place(place_id), expected)
        return _place_shown(changed, response)

    return router


def experience_routes(working: Working) -> APIRouter:
    router = APIRouter(prefix="/experiences", tags=["experiences"])
    staying = working.staying

    @router.post("", status_code=201)
    async def request_experience(
        body: ExperienceBody, actor: Writer, tenant: TenantOf, command: CommandOf, response: Response
    ) -> ExperienceOut:
        """Hold a seat and the resident's time for all sessions at once, until all three parties have agreed. 409 `place-full`, `time-taken`,
        and `prerequisites-missing` with the codes under `missing`."""
        made = await staying.request(
            tenant,
            body.resident_id,
            body.place_id,
            body.from_date,
            body.to_date,
            body.weekdays,
            body.met,
            command,
        )
        return experience_shown(made, response)

    @router.get("")
    async def list_experiences(
        actor: Reader, resident_id: ResidentQuery = None, cursor: Cursor = None, limit: Limit = 50
    ) -> Page[ExperienceOut]:
        """Stays in order of request."""
        page = await staying.experiences.page(actor.tenant, cursor, limit, resident_id)
        return Page(data=[ExperienceOut.of(found) for found in page.data], next=page.next)

    @router.get("/{experience_id}")
    async def get_experience(
        experience_id: ExperiencePath, actor: Reader, tenant: TenantOf, response: Response
    ) -> ExperienceOut:
        """One stay."""
        return experience_shown(await staying.get(tenant, experience_id), response)

    @router.post("/{experience_id}/agree")
    async def record_agreement(
        experience_id: ExperiencePath,
        body: PartyBody,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
    ) -> ExperienceOut:
        """Write down that a party has agreed (the resident may also do it themselves); who wrote it is kept."""
        agreed = await staying.agree(tenant, experience_id, body.party, actor.name, command)
        return experience_shown(agreed, response)

    @router.post("/{experience_id}/withdraw")
    async def record_withdrawal(
        experience_id: ExperiencePath,
        body: PartyBody,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
    ) -> ExperienceOut:
        """A party steps back; seat and time are free again at once."""
        gone = await staying.withdraw(tenant, experience_id, body.party, command)
        return experience_shown(gone, response)

    @router.post("/{experience_id}/complete")
    async def complete_experience(
        experience_id: ExperiencePath,
        actor: Writer,
        tenant: TenantOf,
        command: CommandOf,
        response: Response,
    ) -> ExperienceOut:
        """The stay is over. 409 `experience-not-over` before its last session has begun."""
        return experience_shown(await staying.complete(tenant, experience_id, command), response)

    return router


def contract_shown(contract: Contract, response: Response, *, callers: bool = True) -> ContractOut:
    response.headers.update(etag(contract.version))
    return ContractOut.of(contract, callers=callers)


def experience_shown(stay: Experience, response: Response) -> ExperienceOut:
    response.headers.update(etag(stay.version))
    return ExperienceOut.of(stay)


def _place_shown(place: Place, response: Response) -> PlaceOut:
    response.headers.update(etag(place.version))
    return PlaceOut.of(place)
