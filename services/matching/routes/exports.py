"""/matching/v1/exports"""

from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from services.matching.exporting import Format, What, carry_out
from services.matching.store import Store
from shared.auth import Actor
from shared.http.request import scope

MEDIA: dict[Format, str] = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
LIST: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The list, as it can be imported again",
        "content": {
            "text/csv": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "array"}},
        },
    }
}


def list_response(store: Store, tenant: str, what: What, form: Format) -> StreamingResponse:
    """The list as a file to keep."""
    headers = {"Content-Disposition": f'attachment; filename="{what}.{form}"', "Cache-Control": "no-store"}
    return StreamingResponse(carry_out(store, tenant, what, form), media_type=MEDIA[form], headers=headers)


def export_router(store: Store) -> APIRouter:
    router = APIRouter(prefix="/exports", tags=["exports"])

    @router.get("/{what}", responses=LIST, response_class=StreamingResponse)
    async def export(
        what: What, actor: Annotated[Actor, Depends(scope("offers:read"))], format: Format = "csv"
    ) -> StreamingResponse:
        """All companies, workplaces or offers as CSV or JSON. Companies come with their contact address: companies:write is needed, too."""
        if what == "companies":
            actor.require("companies:write")
        return list_response(store, actor.tenant, what, format)

    return router
