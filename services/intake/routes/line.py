"""LINE's webhook: checked, stored, answered with 200 at once; what it means is worked out afterwards."""

from typing import Annotated

from fastapi import APIRouter, Header, Path, Request
from fastapi.responses import JSONResponse

from services.intake.line import raw_events, signature_fits
from services.intake.line_queue import LineQueue
from services.intake.store import LineEvents
from shared.errors import NotFound, Unauthenticated
from shared.runtime import Core
from shared.secrets import MissingSecret


def line_routes(core: Core, events: LineEvents, queue: LineQueue) -> APIRouter:
    router = APIRouter()

    @router.post("/line/{tenant_id}")
    async def receive_line_webhook(
        request: Request,
        tenant_id: Annotated[str, Path(max_length=40)],
        x_line_signature: Annotated[str, Header(max_length=200)] = "",
    ) -> JSONResponse:
        """404 for an unknown municipality, 401 for a signature that its channel secret did not make, else 200 `{}`."""
        tenant = core.registry.tenant(tenant_id)
        if tenant is None:
            raise NotFound("no such municipality")
        body = await request.body()
        try:
            secret = core.secrets.text(tenant.id, "line_channel_secret")
        except MissingSecret as error:
            raise NotFound("no LINE channel") from error
        if not signature_fits(secret, body, x_line_signature):
            raise Unauthenticated("the signature does not fit")
        came = raw_events(body)
        if came:
            queue.nudge(await events.keep(tenant.id, came))
        return JSONResponse({})

    return router
