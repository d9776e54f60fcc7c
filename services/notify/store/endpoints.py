"""Webhook endpoints. Their secrets lie sealed."""

from collections.abc import Sequence
from dataclasses import replace

from pymongo import ASCENDING, IndexModel

from services.notify.endpoint import Endpoint, Secret
from shared.errors import NotFound
from shared.events.envelope import Payload
from shared.http.paging import Page
from shared.idempotency import Command
from shared.inbox import Tx
from shared.listing import newest_first, order_of
from shared.mongo import CollectionSpec, Document
from shared.outbox import OUTBOX_INDEX, Outbox
from shared.sealing import Sealer

ENDPOINTS = CollectionSpec(
    "webhook_endpoints", (IndexModel([("tenant_id", ASCENDING), ("order", ASCENDING)]), OUTBOX_INDEX)
)
SECRET = "webhook_endpoints.secret"  # noqa: S105 (the name of a field)


class Endpoints:
    def __init__(self, outbox: Outbox, sealer: Sealer) -> None:
        self.outbox = outbox
        self.db = outbox.db
        self.sealer = sealer

    def seal(self, tenant: str, secret: str) -> str:
        return self.sealer.seal(tenant, SECRET, secret)

    def open(self, tenant: str, secret: Secret) -> str:
        """The `whsec_` text. Raises CannotOpen."""
        return self.sealer.open(tenant, SECRET, secret.sealed)

    async def add(self, tenant: str, endpoint: Endpoint, command: Command) -> Endpoint:
        """Insert it; a repeated command gives what the first one made."""
        fields = {
            **_fields(endpoint),
            "agency_id": endpoint.agency_id,
            "created_at": endpoint.created_at,
            "order": order_of(endpoint.created_at, endpoint.id),
        }
        if await self.outbox.insert("webhook_endpoints", tenant, endpoint.id, fields, command=command):
            return endpoint
        return await self.get(tenant, endpoint.id)

    async def get(self, tenant: str, endpoint_id: str) -> Endpoint:
        """Raises NotFound, for a deleted one, too."""
        endpoint, _ = await self.with_commands(tenant, endpoint_id)
        return endpoint

    async def with_commands(self, tenant: str, endpoint_id: str) -> tuple[Endpoint, Document]:
        """The endpoint, and its document, which remembers the commands it carries. Raises NotFound."""
        document = await self.outbox.fetch("webhook_endpoints", tenant, endpoint_id)
        if document["deleted"]:
            raise NotFound("the endpoint was deleted")
        return _read(document), document

    async def save(
        self,
        tenant: str,
        endpoint: Endpoint,
        events: Sequence[Payload] = (),
        command: Command | None = None,
    ) -> Endpoint:
        """Write `endpoint` over its version. Raises StaleVersion."""
        version = await self.outbox.update(
            "webhook_endpoints",
            tenant,
            endpoint.id,
            endpoint.version,
            _fields(endpoint),
            events,
            command=command,
        )
        return replace(endpoint, version=version)

    async def wanting(self, tx: Tx, tenant: str, event_type: str, agency_id: str | None) -> list[Endpoint]:
        """The endpoints that an event goes to."""
        found = await tx.find("webhook_endpoints", tenant, {"enabled": True, "deleted": False})
        return [e for e in map(_read, found) if e.wants(event_type, agency_id)]

    async def page(
        self, tenant: str, agency_id: str | None, cursor: str | None, limit: int
    ) -> Page[Endpoint]:
        """Newest first; of one agency only, when given."""
        where: Document = {"deleted": False}
        if agency_id:
            where["agency_id"] = agency_id
        return await newest_first(tenant, self.db["webhook_endpoints"], where, cursor, limit, _read)


def _fields(endpoint: Endpoint) -> Document:
    return {
        "url": endpoint.url,
        "events": list(endpoint.events),
        "secrets": [{"sealed": s.sealed, "valid_until": s.valid_until} for s in endpoint.secrets],
        "enabled": endpoint.enabled,
        "disabled_reason": endpoint.disabled_reason,
        "deleted": endpoint.deleted,
    }


def _read(document: Document) -> Endpoint:
    return Endpoint(
        tenant=document["tenant_id"],
        id=document["_id"],
        url=document["url"],
        events=tuple(document["events"]),
        agency_id=document["agency_id"],
        secrets=tuple(Secret(s["sealed"], s["valid_until"]) for s in document["secrets"]),
        created_at=document["created_at"],
        enabled=document["enabled"],
        disabled_reason=document["disabled_reason"],
        deleted=document["deleted"],
        version=document["version"],
    )
