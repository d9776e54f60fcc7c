"""The kinds of tasks that a municipality has declared."""

from dataclasses import replace

from services.matching.orders.task_type import TaskType
from services.matching.store.changing import must_be
from shared.changing import settled
from shared.errors import NotFound
from shared.ids import derived_id
from shared.mongo import Document, reachable
from shared.outbox import Outbox
from shared.shape import Shape

MOST = 500
_SHAPE = Shape(TaskType)


class TaskTypes:
    def __init__(self, outbox: Outbox) -> None:
        self.outbox = outbox

    async def put(self, tenant: str, wanted: TaskType, expected: int | None) -> TaskType:
        """Declare it, or say it anew. Raises StaleVersion when it is not at the version `expected`."""

        async def attempt() -> TaskType:
            found = await self.find(tenant, wanted.code)
            must_be(expected, found.version if found else 0)
            fields = _SHAPE.fields(wanted)
            if found is None:
                await self.outbox.insert("task_types", tenant, _id(tenant, wanted.code), fields)
                return replace(wanted, version=1)
            if replace(wanted, version=found.version) == found:
                return found
            version = await self.outbox.update(
                "task_types", tenant, _id(tenant, wanted.code), found.version, fields
            )
            return replace(wanted, version=version)

        return await settled(attempt, expected=expected)

    async def find(self, tenant: str, code: str) -> TaskType | None:
        try:
            document = await self.outbox.fetch("task_types", tenant, _id(tenant, code))
        except NotFound:
            return None
        return _SHAPE.read(document)

    async def get(self, tenant: str, code: str) -> TaskType:
        """Raises NotFound."""
        found = await self.find(tenant, code)
        if found is None:
            raise NotFound(f"no task type {code}")
        return found

    async def every(self, tenant: str) -> list[TaskType]:
        """By code."""
        where: Document = {"tenant_id": tenant, "code": {"$gt": "", "$lt": "~"}}
        async with reachable():
            found = await self.outbox.db["task_types"].find(where).sort("code").limit(MOST).to_list(MOST)
        return [_SHAPE.read(document) for document in found]


def _id(tenant: str, code: str) -> str:
    return derived_id("tty", tenant, code)
