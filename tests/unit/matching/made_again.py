"""`python -m tests.unit.matching.made_again FOLDER`: make a slate again, in a process of its own, from the bytes that were kept of it."""

import sys
from pathlib import Path

import bson

from services.matching.engine.model import read
from services.matching.replay import replay
from services.matching.slate import Slate
from services.matching.snapshot import PARTS, read_part
from services.matching.store.slates import _slate_document, _slate_of
from shared.mongo import Document


def as_stored(slate: Slate) -> bytes:
    document: Document = {"_id": slate.id, **_slate_document(slate)}
    return bson.encode(document)


def as_read(data: bytes) -> Slate:
    return _slate_of(bson.decode(data, bson.CodecOptions(tz_aware=True)))


def main(folder: Path) -> None:
    slate = as_read((folder / "slate").read_bytes())
    offers = [o for number in range(PARTS) for o in read_part((folder / f"part{number}").read_bytes())]
    print(replay(slate, offers, read((folder / "model").read_bytes())))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
