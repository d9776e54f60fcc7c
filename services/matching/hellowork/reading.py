"""Reading the XML of 求人情報提供 as a stream: `root/kyujin/data`, one `data` element per offer, one child element per tag.

Only the record being read is kept, so memory does not grow with the file. A document type declaration is refused as a whole: without one
there is no entity to expand and nothing outside to fetch (CWE-776, CWE-611). The format has none.
Tags are not checked here: those nobody knows are kept like the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import ClassVar
from xml.parsers import expat

from shared.errors import Invalid

PATH = ("root", "kyujin", "data")
PAGE = 1000
"""Records in a page at most. Source: 求人情報提供 API 2.0."""
PIECE = 64 * 1024
LONGEST_RECORD = 200_000
"""Characters in one record at most; the longest real ones have a few thousand."""
DEEPEST = 12


class Unreadable(Invalid):
    """What is read is not, or no longer, the XML expected. Records before that place are good."""

    slug: ClassVar[str] = "unreadable-xml"

    def __init__(self, detail: str, line: int = 0) -> None:
        super().__init__("body", detail, line=line)
        self.line = line


@dataclass(frozen=True)
class Record:
    """`number` counts from 1 over all that is read. `tags`: what each tag says, without the empty ones; one that is repeated has a line each.

    A tag inside another one is named `outer/inner`. `too_long`: the rest was not kept.
    """

    number: int
    tags: Mapping[str, str]
    too_long: bool = False


class Reader:
    """Feed it bytes as they come; it gives back the records that are complete by then. `close` says whether the document was whole."""

    def __init__(self) -> None:
        self.count = 0
        self._done: list[Record] = []
        self._path: list[str] = []
        self._tags: dict[str, list[str]] = {}
        self._text: list[str] = []
        self._size = 0
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = refuse_doctype
        self._parser = parser

    def feed(self, chunk: bytes) -> list[Record]:
        """Raises Unreadable."""
        return self._parse(chunk, final=False)

    def close(self) -> None:
        """Raises Unreadable when the document is cut off."""
        self._parse(b"", final=True)

    def left(self) -> list[Record]:
        """After Unreadable: what was complete before that place and has not been given back."""
        done, self._done = self._done, []
        return done

    def _parse(self, chunk: bytes, *, final: bool) -> list[Record]:
        try:
            self._parser.Parse(chunk, final)
        except expat.ExpatError as error:
            raise Unreadable(f"not well-formed XML: {expat.ErrorString(error.code)}", error.lineno) from error
        except (ValueError, LookupError) as error:
            raise Unreadable("not XML in an encoding that is known") from error
        done, self._done = self._done, []
        return done

    def _start(self, name: str, _: dict[str, str]) -> None:
        self._path.append(name)
        self._text = []
        depth = len(self._path)
        if depth > DEEPEST:
            raise Unreadable("elements are nested too deeply", self._parser.CurrentLineNumber)
        if depth == 1 and name != PATH[0]:
            raise Unreadable(f"the first element is not {PATH[0]}", self._parser.CurrentLineNumber)

    def _characters(self, text: str) -> None:
        if self._in_record:
            self._size += len(text)
            if self._size <= LONGEST_RECORD:
                self._text.append(text)

    def _end(self, _: str) -> None:
        if tuple(self._path) == PATH:
            self._finish()
        elif self._in_record:
            self._keep()
        self._path.pop()

    @property
    def _in_record(self) -> bool:
        return len(self._path) > len(PATH) and tuple(self._path[: len(PATH)]) == PATH

    def _keep(self) -> None:
        text = "".join(self._text).strip()
        self._text = []
        if text:
            self._tags.setdefault("/".join(self._path[len(PATH) :]), []).append(text)

    def _finish(self) -> None:
        self.count += 1
        tags = {tag: "\n".join(texts) for tag, texts in self._tags.items()}
        self._done.append(Record(self.count, tags, too_long=self._size > LONGEST_RECORD))
        self._tags, self._size = {}, 0


def refuse_doctype(*_: object) -> None:
    """A handler for the parser: raises Unreadable."""
    raise Unreadable("a document type declaration is not accepted")


def records(chunks: Iterable[bytes]) -> Iterator[Record]:
    """Every record of a document. Raises Unreadable at the place where it is cut off or broken, after the records before it."""
    reader = Reader()
    for chunk in chunks:
        for start in range(0, len(chunk), PIECE):
            yield from reader.feed(chunk[start : start + PIECE])
    reader.close()


def in_pages(found: Iterable[Record], size: int = PAGE) -> Iterator[list[Record]]:
    """The same records, at most `size` at a time."""
    walking = iter(found)
    while page := list(islice(walking, size)):
        yield page
