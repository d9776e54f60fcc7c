"""/matching/v1/occupations"""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel

from services.matching.spreading import Spreading
from services.matching.store import Store
from services.matching.store.occupations import Origin
from services.matching.values import Calling, Scale
from shared.auth import Actor
from shared.errors import NotFound
from shared.http.request import scope

SHOWN = 1000
CSV: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {
                "schema": {"type": "string"},
                "example": "職業名,厚生労働省職業分類,現実的,達成感\nパンの仕込み（見本）,072-01,3.4,3.1\n",
            }
        },
    }
}
OccupationCode = Annotated[str, Path(pattern=r"^[0-9]{3}-[0-9]{2}$", examples=["072-01"])]


class OriginView(BaseModel):
    """`attribution` is to be shown wherever a profile is. `spread_at`: when all offers had the profiles."""

    count: int
    downloaded_on: date | None
    version: str
    uploaded_at: datetime
    spread_at: datetime | None
    attribution: str


class CellFault(BaseModel):
    row: int
    column: str


class TakenView(OriginView):
    """`faults`: the first thousand cells that could not be read."""

    faults: list[CellFault]


class OccupationView(BaseModel):
    """0 to 1; what is not known is left out. `merged`: how many of the file's occupations it is the mean of."""

    code: str
    title: str
    values: dict[Scale, float]
    interests: dict[Calling, float]
    merged: int
    attribution: str


def _view(origin: Origin) -> dict[str, Any]:
    return {name: getattr(origin, name) for name in OriginView.model_fields}


def occupation_router(store: Store, spreading: Spreading) -> APIRouter:
    router = APIRouter(prefix="/occupations", tags=["occupations"])

    @router.put("", openapi_extra=CSV)
    async def put_occupations(
        request: Request,
        actor: Annotated[Actor, Depends(scope("offers:write"))],
        downloaded_on: Annotated[
            date | None, Query(description="When the file was taken from job tag")
        ] = None,
        version: Annotated[str, Query(max_length=40, examples=["ver.7.00"])] = "",
    ) -> TakenView:
        """The numeric file of job tag (CP932 or UTF-8) instead of the profiles held so far. Offers get theirs in the background."""
        origin, faults = await spreading.take(actor.tenant, await request.body(), downloaded_on, version)
        shown = [CellFault(row=fault.row, column=fault.column) for fault in faults[:SHOWN]]
        return TakenView(**_view(origin), faults=shown)

    @router.get("")
    async def get_occupations(actor: Annotated[Actor, Depends(scope("offers:read"))]) -> OriginView:
        """Where the profiles are from. 404 while there are none."""
        origin = await store.occupations.origin(actor.tenant)
        if origin is None:
            raise NotFound("no profiles of occupations yet")
        return OriginView(**_view(origin))

    @router.get("/{code}")
    async def get_occupation(
        code: OccupationCode, actor: Annotated[Actor, Depends(scope("offers:read"))]
    ) -> OccupationView:
        """The profile of one occupation (厚生労働省編職業分類)."""
        origin = await store.occupations.origin(actor.tenant)
        found = await store.occupations.profile(actor.tenant, code)
        if origin is None or found is None:
            raise NotFound(f"no profile of {code}")
        return OccupationView(**vars(found), attribution=origin.attribution)

    return router
