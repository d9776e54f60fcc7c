"""A frozen dataclass as a document and back: dates and instants as ISO text, nested ones as they are.

What an index or a range needs stands beside it in fields of its own.
"""

from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter

from shared.mongo import Document

T = TypeVar("T")


class Shape(Generic[T]):
    def __init__(self, kind: type[T]) -> None:
        self.adapter: TypeAdapter[T] = TypeAdapter(kind)

    def fields(self, thing: T) -> dict[str, Any]:
        """Everything but `id` and `version`, which the outbox keeps."""
        written = self.adapter.dump_python(thing, mode="json")
        return {name: value for name, value in written.items() if name not in ("id", "version")}

    def read(self, document: Document) -> T:
        return self.adapter.validate_python({**document, "id": document["_id"]})
