"""Text for a terminal: widths of Japanese, wrapping with the rules of Japanese line breaking, colours when wanted."""

import os
import re
import sys
import unicodedata
from collections.abc import Mapping
from typing import TextIO

WIDTH = 100
NOT_AT_LINE_START = "、。，．・？！」』）】〕〉》ーぁぃぅぇぉっゃゅょァィゥェォッャュョ々:;,.!?)]}"
CODES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "blue": "34",
    "magenta": "35",
    "cyan": "36",
}
WORD = re.compile(r"[!-~]+|.", re.DOTALL)


def columns(text: str) -> int:
    """Terminal columns that `text` takes: wide and full-width characters take two (Unicode TR 11)."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, width: int) -> str:
    """`text` filled with spaces to `width` columns; never cut."""
    return text + " " * max(0, width - columns(text))


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` columns. Breaks anywhere in Japanese, between words in Latin text; closing marks hang
    onto the line before (JIS X 4051)."""
    lines = []
    for paragraph in text.splitlines() or [""]:
        line = ""
        for piece in WORD.findall(paragraph):
            fits = columns(line) + columns(piece) <= width
            if not fits and line and piece not in NOT_AT_LINE_START + " ":
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
        lines.append(line)
    return lines


class Terminal:
    """Writes lines; colours only on a terminal, never with NO_COLOR (no-color.org)."""

    def __init__(self, out: TextIO | None = None, environment: Mapping[str, str] | None = None) -> None:
        self.out = out or sys.stdout
        env = os.environ if environment is None else environment
        self.colours = self.out.isatty() and not env.get("NO_COLOR") and env.get("TERM") != "dumb"

    def line(self, text: str = "") -> None:
        """One line, seen at once."""
        self.out.write(text.rstrip() + "\n")
        self.out.flush()

    def paint(self, text: str, *styles: str) -> str:
        """`text` in `styles`, or unchanged without colours."""
        if not self.colours or not styles:
            return text
        return f"\x1b[{';'.join(CODES[style] for style in styles)}m{text}\x1b[0m"
