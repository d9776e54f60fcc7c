"""The smallest service that is built as the real ones are: what the shared mechanism does is seen through it.

`python -m tests.integration.shared.tiny FOLDER` serves it as a process; files in FOLDER tell where it is and let it go on.
"""

import asyncio
import sys
from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Header
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field
from pymongo import InsertOne

from shared import process, runtime
from shared.auth import Actor
from shared.errors import Conflict, StaleVersion
from shared.events.envelope import Event
from shared.events.intake import ResidentRegistered
from shared.http.app import build_app
from shared.http.request import CommandOf, HostTenant, ResidentOf, scope
from shared.inbox import Reaction, Tx
from shared.mongo import CollectionSpec
from shared.outbox import OUTBOX_INDEX
from shared.runtime import Core, Service
from shared.settings import CoreSettings
from shared.streams import DURABLES
from shared.web import Pages
from shared.web.staff import Staff, StaffOf, StaffWith
from shared.web.visiting import page_route

COLLECTIONS = (CollectionSpec("things", (OUTBOX_INDEX,)), CollectionSpec("effects"))
DURABLE = next(durable for durable in DURABLES if durable.name == "matching-residents")

Writer = Annotated[Actor, Depends(scope("residents:write"))]
Reader = Annotated[Actor, Depends(scope("residents:read"))]


class Locked(Conflict):
    slug = "tiny-locked"


class NewThing(BaseModel):
    model_config = ConfigDict(extra="forbid")
    name: str = Field(min_length=2, max_length=20)
    count: int = Field(default=1, ge=1, le=1_000_000)


class Thing(BaseModel):
    id: str
    name: str


class Gate:
    """Files by which a test and the process wait for each other; without a folder everything is open."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    async def pass_through(self, name: str) -> None:
        """Say that `name` is in hand and wait until it is let go."""
        if self.folder is None:
            return
        (self.folder / f"{name}.in-hand").touch()
        while not (self.folder / f"{name}.go").exists():
            await asyncio.sleep(0.01)


def composed(gate: Gate) -> runtime.Compose:
    async def compose(core: Core) -> Service:
        pages = Pages("tiny", Path(__file__).parent)

        async def background(stop: asyncio.Event) -> None:
            await stop.wait()
            await gate.pass_through("background")
            await core.db["things"].insert_one(
                {"_id": "background", "tenant_id": "kyoto", "name": "finished"}
            )

        async def effect(tx: Tx, event: Event, _: ResidentRegistered) -> None:
            if event.subject == "slow":
                await gate.pass_through("effect")
            tx.stage(
                "effects", InsertOne({"_id": event.id, "tenant_id": event.tenantid, "subject": event.subject})
            )

        return Service(
            app=build_app(
                core,
                [things(core, gate)],
                title="Tiny",
                description="For tests.",
                problem_titles={"tiny-locked": {"ja": "かぎがかかっています", "en": "It is locked"}},
                pages=pages,
                page_routers=[open_pages(), staff_pages(pages)],
            ),
            reactions=[Reaction(ResidentRegistered, effect)],
            outboxes=["things"],
            workers=[background] if gate.folder else [],
        )

    return compose


def things(core: Core, gate: Gate) -> APIRouter:
    router = APIRouter()

    @router.post("/things", status_code=201, name="make_thing")
    async def make(body: NewThing, actor: Writer, command: CommandOf) -> Thing:
        if body.name == "slow":
            await gate.pass_through("request")
        thing = Thing(id=command.new_id("thg"), name=body.name)
        event = ResidentRegistered(
            resident_id=thing.id, channel="web", anonymous=True, municipality_code="990019"
        )
        await core.outbox.insert(
            "things", actor.tenant, thing.id, {"name": thing.name}, [event], command=command
        )
        return await get(thing.id, actor)

    @router.get("/things/{thing_id}", name="get_thing")
    async def get(thing_id: str, actor: Reader) -> Thing:
        document = await core.outbox.fetch("things", actor.tenant, thing_id)
        return Thing(id=document["_id"], name=document["name"])

    @router.put("/things/{thing_id}", name="name_thing")
    async def rename(
        thing_id: str, body: NewThing, actor: Writer, if_match: Annotated[str, Header()]
    ) -> Thing:
        document = await core.outbox.fetch("things", actor.tenant, thing_id)
        if document["version"] != int(if_match.strip('"')):
            raise StaleVersion(f"at version {document['version']}")
        await core.outbox.update("things", actor.tenant, thing_id, document["version"], {"name": body.name})
        return Thing(id=thing_id, name=body.name)

    @router.post("/locked", name="locked")
    async def locked(actor: Reader) -> Thing:
        raise Locked("by somebody", extra={"alternatives": ["another"]})

    @router.post("/broken", name="broken")
    async def broken(actor: Reader) -> Thing:
        raise RuntimeError("a bug with personal data: yamada@example.jp")

    @router.get("/me", name="me")
    @router.post("/me", name="change_me")
    async def me(actor: ResidentOf) -> Thing:
        return Thing(id=actor.require_resident(), name=actor.tenant)

    return router


def open_pages() -> APIRouter:
    router = APIRouter()

    @router.get("/page", name="page")
    async def page(tenant: HostTenant) -> HTMLResponse:
        return HTMLResponse(f"<title>{tenant.id}</title>")

    return router


def staff_pages(pages: Pages) -> APIRouter:
    router = APIRouter(prefix="/staff", route_class=page_route(pages, "staff_refused.html"))

    @router.get("", name="staff_page")
    async def page(staff: StaffOf) -> HTMLResponse:
        return HTMLResponse(f"{staff.actor.name} of {staff.actor.tenant} at {staff.tenant.id}")

    @router.get("/readers", name="readers_page")
    @router.post("/readers", name="readers_form")
    async def readers(staff: Annotated[Staff, Depends(StaffWith("residents:write"))]) -> HTMLResponse:
        return HTMLResponse("readers")

    return router


if __name__ == "__main__":
    import uvloop

    # the tiny service takes matching's place at one durable
    runtime.durables_of = lambda service: (DURABLE,)  # type: ignore[attr-defined]
    raise SystemExit(
        uvloop.run(
            process.serve("tiny", CoreSettings(), COLLECTIONS, composed(Gate(Path(sys.argv[1]))), "all")
        )
    )
