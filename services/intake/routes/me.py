"""What a resident does about themselves: how they can be reached."""

from typing import Annotated

from fastapi import APIRouter, Response
from pydantic import BaseModel, ConfigDict, Field

from services.intake.resident import with_contact
from services.intake.store import Residents
from shared.changing import settled
from shared.events.intake import ContactChanged
from shared.http.etag import IfMatch, etag, must_be
from shared.http.request import CommandOf, ResidentOf

# one @, no spaces, a dot in the domain: whether it is reached is for a delivery to show
Email = Annotated[
    str, Field(max_length=254, pattern=r"^[^@\s<>,;\x00-\x20]+@[^@\s<>,;\x00-\x20]+\.[^@\s<>,;\x00-\x20]+$")
]


class Contact(BaseModel):
    """`email` null or left out means: do not write to me by e-mail."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"email": "resident@mail.example"}]}
    )

    email: Email | None = None


def me_routes(residents: Residents) -> APIRouter:
    router = APIRouter(prefix="/me", tags=["me"])

    @router.get("/contact")
    async def get_my_contact(actor: ResidentOf, response: Response) -> Contact:
        """`ETag` is the version for `If-Match`."""
        found = await residents.get(actor.tenant, actor.require_resident())
        response.headers.update(etag(found.version))
        return Contact(email=found.contacts.get("email"))

    @router.put("/contact")
    async def put_my_contact(
        body: Contact, actor: ResidentOf, command: CommandOf, expected: IfMatch
    ) -> Contact:
        """Say where you can be reached beside LINE. Nobody has to."""
        resident_id = actor.require_resident()

        async def attempt() -> Contact:
            document = await residents.document(actor.tenant, resident_id)
            found = residents.read(actor.tenant, document)
            if command.seen_in(document) or found.contacts.get("email") == body.email:
                return Contact(email=found.contacts.get("email"))
            must_be(expected, found.version)
            changed = with_contact(found, "email", body.email)
            event = ContactChanged(
                resident_id=resident_id,
                contacts=residents.sealed_contacts(actor.tenant, changed),
                language=changed.language,
            )
            await residents.change(actor.tenant, changed, [event], command)
            return body

        return await settled(attempt, expected=expected)

    return router
