"""What a resident wants to receive."""

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict

from services.notify.contact import ContactPoint, prefer
from services.notify.store import Contacts
from shared.changing import settled
from shared.http.etag import IfMatch, etag, must_be
from shared.http.request import ResidentOf


class PreferencesRequest(BaseModel):
    """What is left out stays as it is."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reminders": False}]})

    line: bool | None = None
    email: bool | None = None
    reminders: bool | None = None


class PreferencesView(BaseModel):
    line: bool
    email: bool
    reminders: bool


def _view(contact: ContactPoint, response: Response) -> PreferencesView:
    response.headers.update(etag(contact.version))
    return PreferencesView.model_validate(contact.preferences, from_attributes=True)


def preference_routes(contacts: Contacts) -> APIRouter:
    router = APIRouter(prefix="/me", tags=["me"])

    async def mine(tenant: str, resident_id: str) -> ContactPoint:
        return await contacts.find(tenant, resident_id) or ContactPoint(resident_id)

    @router.get("/preferences")
    async def get_my_preferences(actor: ResidentOf, response: Response) -> PreferencesView:
        """Everything is welcome until you say otherwise."""
        return _view(await mine(actor.tenant, actor.require_resident()), response)

    @router.put("/preferences")
    async def put_my_preferences(
        body: PreferencesRequest, actor: ResidentOf, response: Response, expected: IfMatch
    ) -> PreferencesView:
        """Choose how you want to hear from us. Answers to what you do on LINE yourself always come."""

        async def attempt() -> ContactPoint:
            contact = await mine(actor.tenant, actor.require_resident())
            must_be(expected, contact.version)
            wanted = prefer(contact, body.line, body.email, body.reminders)
            if wanted.preferences == contact.preferences:
                return contact
            return await contacts.keep_preferences(actor.tenant, wanted)

        return _view(await settled(attempt, expected=expected), response)

    return router
